import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createSecretBox } from "@sayso/core";
import { must } from "@sayso/must";
import { createDatabase, createFolder, type TestDatabase } from "./cluster.ts";
import { HANG_MS } from "./hang.ts";

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** The path of the built server. */
export const bundle = fromHere("../../../apps/server/dist/sayso.js");
/** The module that is loaded into every server before its own code. */
export const preload = new URL("./preload.ts", import.meta.url).href;

/** The line that a server prints when it serves. Without it, another server may be answering on the same port. */
const WELCOME = /^Sayso(?: is ready at|'s worker is running for) /m;

export interface StartOptions {
  /** The environment of the server process, which replaces the defaults. `undefined` removes a default. */
  env?: Record<string, string | undefined>;
  /** The number of processes on one database, with one secret; default 1. */
  replicas?: number;
  /** Default: a fresh one, which is dropped when the server is stopped. A given one stays. */
  database?: TestDatabase;
  /** The offset of the first process's wall clock, in milliseconds; default 0. */
  clockOffsetMs?: number;
  /** The name that reaches the server. Default 127.0.0.1, where browsers offer no passkeys. */
  hostname?: "127.0.0.1" | "localhost";
  /** The program. Default: this checkout's. Another one comes from `createNextRelease`. */
  bundle?: string;
}

/** One real server process: `node apps/server/dist/sayso.js serve`. */
export interface ServerProcess {
  /** The server's address, without a trailing slash. */
  readonly url: string;
  readonly pid: number;
  /** Standard output and error so far. */
  logs: () => string;
  /** Sets the offset of its wall clock from the real one. The offset holds from the moment at which this resolves. */
  shiftClock: (offsetMs: number) => Promise<void>;
  /** Resolves with the exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Sends SIGTERM, and SIGKILL when the process hangs. Resolves with the exit code. */
  stop: () => Promise<number | null>;
  /** Sends SIGKILL, so the process can do nothing more. */
  kill9: () => Promise<void>;
}

/** The servers of one database. As a {@link ServerProcess} it is the first replica, but `stop` stops all. */
export interface TestServer extends ServerProcess {
  /** Connection URL of the superuser. */
  readonly databaseUrl: string;
  readonly database: TestDatabase;
  /** The SAYSO_SECRET of all replicas. */
  readonly secret: string;
  readonly replicas: readonly ServerProcess[];
}

/**
 * The SAYSO_SECRET of every test server, so that a server that starts later on the same database can read its secrets.
 */
export const testSecret = "a-secret-of-the-tests-that-is-long-enough-for-anyone";

/**
 * Starts the real server on a real database and resolves when it is ready. NODE_ENV is `test`, so that every answer is
 * checked against its declared schema. Callbacks to 127.0.0.0/8 are allowed, and the log is complete.
 */
export async function startServer(options: StartOptions = {}): Promise<TestServer> {
  const database = options.database ?? (await createDatabase());
  const started = await Promise.allSettled(
    Array.from({ length: options.replicas ?? 1 }, () =>
      startProcess(
        { DATABASE_URL: database.url, SAYSO_SECRET: testSecret, ...options.env },
        options.clockOffsetMs,
        options.hostname,
        options.bundle,
      ),
    ),
  );
  const replicas = started.filter((s) => s.status === "fulfilled").map((s) => s.value);
  const stop = async () => {
    const codes = await Promise.all(replicas.map((replica) => replica.stop()));
    if (options.database === undefined) await database.drop();
    return codes[0] ?? null;
  };
  const failed = started.find((s) => s.status === "rejected");
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    ...must(replicas[0]),
    stop,
    database,
    databaseUrl: database.url,
    secret: testSecret,
    replicas,
  };
}

/** A server with an embedded PostgreSQL of its own. */
export interface EmbeddedServer extends ServerProcess {
  readonly dataDirectory: string;
  /** Returns the URL of the superuser to its PostgreSQL, whose port can change when it is started again. */
  databaseUrl: () => Promise<string>;
  /** Returns the process id of its PostgreSQL, which survives `kill9` of the server. */
  postgresPid: () => Promise<number>;
}

/**
 * Starts the server with its embedded PostgreSQL in a data directory, which the caller makes and deletes ({@link
 * createFolder}). A `kill9` leaves PostgreSQL running: start the server there again, and `stop` it.
 *
 * @param options.env replaces the defaults; SAYSO_SECRET undefined: the server makes one of its own
 */
export async function startEmbedded(options: {
  dataDirectory: string;
  env?: Record<string, string | undefined>;
  clockOffsetMs?: number;
}): Promise<EmbeddedServer> {
  const { dataDirectory } = options;
  const env = {
    SAYSO_SECRET: testSecret,
    ...options.env,
    SAYSO_DATA_DIR: dataDirectory,
    DATABASE_URL: undefined,
  };
  const server = await startProcess(env, options.clockOffsetMs);
  const postmaster = async () =>
    (await readFile(join(dataDirectory, "postgres", "postmaster.pid"), "utf8")).split("\n");
  return {
    ...server,
    dataDirectory,
    async databaseUrl() {
      const secret =
        env.SAYSO_SECRET ?? (await readFile(join(dataDirectory, "secret"), "utf8")).trim();
      // Derived as in apps/server/src/open-database.ts.
      const password = createSecretBox(secret).deriveKey("embedded PostgreSQL").toString("hex");
      return `postgres://sayso:${password}@127.0.0.1:${(await postmaster())[3]}/sayso`;
    },
    postgresPid: async () => Number((await postmaster())[0]),
  };
}

/** Returns a port of 127.0.0.1 on which nobody listens at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** Starts one process. If its port was taken in the meantime, tries another one. */
async function startProcess(
  env: Record<string, string | undefined>,
  clockOffsetMs = 0,
  hostname = "127.0.0.1",
  program = bundle,
): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    const server = await spawnServer(env, clockOffsetMs, hostname, program);
    try {
      await untilReady(server);
      return server;
    } catch (error) {
      await server.kill9();
      if (attempt >= 3 || !server.logs().includes("EADDRINUSE")) throw error;
    }
  }
}

async function spawnServer(
  env: Record<string, string | undefined>,
  clockOffsetMs: number,
  hostname: string,
  program: string,
): Promise<ServerProcess> {
  if (!existsSync(program)) throw new Error(`${program} is missing: run node apps/server/build.ts`);
  const folder = await createFolder();
  const clockFile = join(folder.path, "clock");
  await writeFile(clockFile, String(clockOffsetMs));
  const port = await freePort();
  const url = `http://${hostname}:${port}`;
  const child = spawn(process.execPath, ["--import", preload, program, "serve"], {
    env: definedOnly({
      PATH: process.env.PATH,
      TMPDIR: process.env.TMPDIR,
      NODE_ENV: "test",
      PORT: String(port),
      SAYSO_URL: url,
      SAYSO_DATA_DIR: join(folder.path, "data"),
      SAYSO_ALLOWED_CALLBACK_CIDRS: "127.0.0.0/8",
      LOG_LEVEL: "debug",
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      SAYSO_TEST_CLOCK_FILE: clockFile,
      ...env,
    }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const exited = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      running.delete(child);
      resolve(folder.remove().then(() => code));
    });
  });
  return {
    url,
    pid: must(child.pid),
    logs: () => output,
    exited,
    async shiftClock(offsetMs) {
      await writeFile(clockFile, String(offsetMs));
      child.kill("SIGUSR2");
      while ((await readFile(`${clockFile}.seen`, "utf8").catch(() => "")) !== String(offsetMs))
        await sleep(5);
    },
    async stop() {
      child.kill("SIGTERM");
      const impatient = setTimeout(() => child.kill("SIGKILL"), HANG_MS);
      return exited.finally(() => clearTimeout(impatient));
    },
    async kill9() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function untilReady(server: ServerProcess): Promise<void> {
  let hasEnded = false;
  void server.exited.then(() => (hasEnded = true));
  const deadline = performance.now() + HANG_MS;
  for (;;) {
    if (WELCOME.test(server.logs())) {
      const ready = await fetch(`${server.url}/readyz`).then(
        (response) => response.ok,
        () => false,
      );
      if (ready && !hasEnded) return;
    }
    if (hasEnded || performance.now() > deadline) {
      throw new Error(
        `The server ${hasEnded ? "ended" : "did not become ready"}:\n${server.logs()}`,
      );
    }
    await sleep(25);
  }
}

const definedOnly = (env: Record<string, string | undefined>): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));

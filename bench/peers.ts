import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { must } from "@sayso/must";
import { createDatabase, freePort } from "@sayso/testkit";
import type { Contender } from "./full-cycles.ts";
import { createHttpClient } from "./http-client.ts";
import { cpuOf, memoryOf } from "./processes.ts";
import { recordPeerVersion } from "./report.ts";

const run = promisify(execFile);

/** The alternatives to Sayso, as npm has them. Each has a host in `peers/`. */
export const peers = {
  mastra: {
    name: "Mastra suspend/resume",
    packages: { "@mastra/core": "1.71.0", "@mastra/pg": "1.27.1", zod: "4.6.7" },
  },
  restate: {
    name: "Restate awakeable",
    packages: {
      "@restatedev/restate-server": "1.7.12",
      "@restatedev/restate-sdk": "1.17.2",
      "@restatedev/restate-sdk-clients": "1.17.2",
    },
  },
  dbos: { name: "DBOS recv/send", packages: { "@dbos-inc/dbos-sdk": "5.3.0" } },
  langgraph: {
    name: "LangGraph interrupt",
    packages: {
      "@langchain/langgraph": "1.7.3",
      "@langchain/langgraph-checkpoint-postgres": "1.0.5",
      "@langchain/core": "1.4.0",
    },
  },
} satisfies Record<string, { name: string; packages: Record<string, string> }>;

export type PeerName = keyof typeof peers;

/** The folder in which peers are installed, once for each set of versions. It can be deleted at any time. */
export const peersFolder = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"),
  "sayso-bench",
);

const READY_PATIENCE_MS = 120_000;

const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGTERM")));

/** Installs a peer if it is missing, and starts it on a database of its own. */
export async function startPeer(peer: PeerName): Promise<Contender> {
  const folder = await install(peer);
  const database = await createDatabase({ migrated: false });
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["host.mjs"], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: process.env.TMPDIR,
      NODE_ENV: "production",
      PORT: String(port),
      DATABASE_URL: database.url,
      MASTRA_TELEMETRY_DISABLED: "1",
      DO_NOT_TRACK: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream
      .setEncoding("utf8")
      .on("data", (text: string) => (output = (output + text).slice(-8000)));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  void ended.then(() => running.delete(child));
  const stop = async () => {
    child.kill("SIGTERM");
    const impatient = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(impatient);
    await database.drop();
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(url, child, () => output);
  } catch (error) {
    await stop();
    throw error;
  }
  const startMs = performance.now() - startedAt;
  const client = createHttpClient(url, 32);
  return {
    name: peers[peer].name,
    startMs,
    ask: (callbackUrl) => client.call("POST", "/requests", "", { callback_url: callbackUrl }),
    answer: async (handle) => void (await client.call("POST", "/decisions", "", { handle })),
    cpuUs: () => cpuOf(must(child.pid)),
    memoryMb: () => memoryOf(must(child.pid)),
    async stop() {
      client.close();
      await stop();
    },
  };
}

async function untilReady(url: string, child: ChildProcess, logs: () => string): Promise<void> {
  const deadline = performance.now() + READY_PATIENCE_MS;
  for (;;) {
    const isReady = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`It did not become ready:\n${logs()}`);
    await sleep(10);
  }
}

async function install(peer: PeerName): Promise<string> {
  const { packages, name } = peers[peer];
  const manifest = JSON.stringify({ private: true, type: "module", dependencies: packages });
  const stamp = createHash("sha256").update(manifest).digest("hex").slice(0, 12);
  const folder = join(peersFolder, `${peer}-${stamp}`);
  for (const [of, version] of Object.entries(packages)) recordPeerVersion(of, version);
  if (!existsSync(join(folder, "installed"))) {
    console.error(`Installing ${name} …`);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), manifest);
    // Install scripts would fetch files from outside npm.
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", ...flags], {
      cwd: folder,
      shell: process.platform === "win32",
      maxBuffer: 64 * 1024 * 1024,
    });
    await writeFile(join(folder, "installed"), "");
  }
  const source = (file: string) => fileURLToPath(new URL(`peers/${file}`, import.meta.url));
  await copyFile(source(`${peer}.mjs`), join(folder, "host.mjs"));
  await copyFile(source("serve.mjs"), join(folder, "serve.mjs"));
  return folder;
}

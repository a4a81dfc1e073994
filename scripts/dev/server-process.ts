import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const fromHere = (file: string) => fileURLToPath(new URL(file, import.meta.url));
/** The server's entry point. Its sources run as they are, without a bundle. */
const main = fromHere("../../apps/server/src/main.ts");
const compiled = fromHere("../../.dev/compiled");

/** A server that answers requests. */
export interface ServerProcess {
  port: number;
  pid: number;
  /** The path of the first admin's one-time link; null when it has been used. */
  welcomePath: string | null;
  /** Resolves when the server has ended. */
  exited: Promise<void>;
  /** Ends the server at once. Committed work stays; clients must repeat the rest. */
  kill(): Promise<void>;
}

/** The server ended before it was ready. The message is the end of its log. */
class StartFailed extends Error {
  override readonly name = "StartFailed";
}

/**
 * Starts the server and resolves when it is ready.
 *
 * @param options.env added to this process's own environment, without that environment's settings of Sayso
 * @param options.print receives each line of its log from then on
 * @throws StartFailed
 */
export async function startServerProcess(options: {
  env: () => Record<string, string>;
  print: (line: string) => void;
}): Promise<ServerProcess> {
  const port = await freePort();
  const preload = new URL("with-parent.mjs", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", preload, main, "serve"], {
    env: {
      ...foreignEnvironment(),
      ...options.env(),
      PORT: String(port),
      NODE_COMPILE_CACHE: compiled,
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let hasEnded = false;
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  void exited.then(() => (hasEnded = true));
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  const log: string[] = [];
  let report = (line: string): void => void log.push(line);
  let welcomePath: string | null = null;
  eachLine(child.stderr, (line) => report(line));
  eachLine(child.stdout, (line) => {
    // Beside its log the server prints its welcome, which nobody reads here.
    welcomePath ??= /\/welcome\/\S+/.exec(line)?.[0] ?? null;
    if (line.startsWith("{")) report(readable(line));
  });
  while (!(await answers(port))) {
    if (hasEnded) throw new StartFailed(["The server does not start:", ...log].join("\n"));
    await sleep(20);
  }
  child.send("flush");
  report = options.print;
  log.forEach(options.print);
  return { port, pid: child.pid ?? 0, welcomePath, exited, kill };
}

/**
 * Returns this process's environment without a person's settings of their own Sayso, so that no mail is sent and no
 * other database is touched.
 */
const foreignEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SAYSO_|DATABASE_URL)/.test(name)),
  );

/** Formats a line of the log for people. */
function readable(line: string): string {
  try {
    const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>;
    const fields = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : "";
    const { stack, message } = (err ?? {}) as { stack?: string; message?: string };
    const error = err ? `\n${stack ?? message ?? JSON.stringify(err)}` : "";
    return `server: ${String(time).slice(11, 19)} ${String(level)} ${String(msg)}${fields}${error}`;
  } catch {
    return line;
  }
}

function eachLine(stream: ChildProcess["stdout"], report: (line: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") report(line);
  });
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    (response) => response.ok,
    () => false,
  );

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

/** `sayso <args>` as a process of its own, for tests. It runs from the bundle that the test run has built. */
export interface SaysoProcess {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code when the process has ended and its output is complete. */
  ended: Promise<number | null>;
}

const bundle = fileURLToPath(new URL("../../dist/sayso.js", import.meta.url));

export function runSayso(args: readonly string[], env: Record<string, string>): SaysoProcess {
  const child = spawn(process.execPath, [bundle, ...args], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
}

import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const bundle = fileURLToPath(new URL("../../apps/server/dist/sayso.js", import.meta.url));

/** A running `sayso` command with an environment of its own. */
export interface SaysoProcess {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  /** The exit code; null when a signal ended it. */
  ended: Promise<number | null>;
}

export function runSayso(
  args: readonly string[],
  env: Record<string, string>,
  program = bundle,
): SaysoProcess {
  const child = spawn(process.execPath, [program, ...args], {
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

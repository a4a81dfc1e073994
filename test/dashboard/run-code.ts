import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Runs copied code as a user would. @returns its output; null if this machine lacks the program for it */
export async function runCode(
  language: "curl" | "typescript" | "python",
  code: string,
): Promise<string | null> {
  switch (language) {
    case "curl":
      return run("sh", ["-c", `${code} --fail --silent --show-error`]);
    case "typescript":
      return run(process.execPath, ["--input-type=module-typescript", "-e", code]);
    case "python":
      return run("python3", ["-c", code]);
  }
}

function run(command: string, parameters: string[]): Promise<string | null> {
  return new Promise((resolve, reject) => {
    execFile(command, parameters, { cwd: here, timeout: 30_000 }, (error, stdout, stderr) => {
      // Exit code 127: the shell has no such program.
      if (error?.code === "ENOENT" || error?.code === 127) resolve(null);
      else if (error) reject(new Error(`${command}: ${stderr}`, { cause: error }));
      else resolve(stdout);
    });
  });
}

// `node clean-up.ts FOLDER` waits until its standard input ends, which happens when the test run ends in any way, also by
// SIGKILL. Then it ends the processes that work in the run's folder, and deletes the folder.
import { readdir, readFile, rm } from "node:fs/promises";
import { isAbsolute, join } from "node:path";

const [, , folder = ""] = process.argv;
// Every process would match an empty name.
if (!isAbsolute(folder)) throw new Error("Usage: node clean-up.ts FOLDER, an absolute path");

/** The processes whose command line or environment names the folder: PostgreSQL, servers and commands of the tests. */
async function findProcesses(): Promise<number[]> {
  const ids = (await readdir("/proc").catch(() => [])).map(Number).filter((id) => id > 0);
  const found = await Promise.all(
    ids.map(async (id) => {
      const texts = ["cmdline", "environ"].map((name) =>
        readFile(join("/proc", String(id), name), "utf8").catch(() => ""),
      );
      return (await Promise.all(texts)).some((text) => text.includes(folder)) ? [id] : [];
    }),
  );
  return found.flat().filter((id) => id !== process.pid);
}

process.stdin.resume();
process.stdin.once("close", () => {
  void (async () => {
    for (let ids = await findProcesses(); ids.length > 0; ids = await findProcesses()) {
      for (const id of ids) {
        try {
          process.kill(id, "SIGKILL");
        } catch {
          // It has just ended by itself.
        }
      }
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
  })();
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

// npm run bench start: the time from the start of the process until it is ready.
import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { must } from "@sayso/must";
import { createDatabase, freePort } from "@sayso/testkit";
import { interleave, medianOf } from "./measure.ts";
import { options } from "./options.ts";
import { cpuOf } from "./processes.ts";
import { printTable } from "./report.ts";
import { runOnCluster } from "./sayso.ts";

const bundle = fileURLToPath(new URL("../apps/server/dist/sayso.js", import.meta.url));

/** Starts the server with nothing loaded in advance, waits until it is ready, and ends it. */
async function start(dataDirectory: string, databaseUrl?: string) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [bundle, "serve"], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      LOG_LEVEL: "warn",
      PORT: String(port),
      SAYSO_DATA_DIR: dataDirectory,
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const onExit = () => child.kill("SIGKILL");
  process.once("exit", onExit);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}`);
    await sleep(5);
  }
  const ms = performance.now() - startedAt;
  const cpuMs = cpuOf(must(child.pid)) / 1000;
  const stoppedAt = performance.now();
  child.kill("SIGTERM");
  await ended;
  process.off("exit", onExit);
  return { ms, cpuMs, stopMs: performance.now() - stoppedAt };
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );

await runOnCluster(async () => {
  const folder = await mkdtemp(join(tmpdir(), "sayso-bench-start-"));
  // Under root, PostgreSQL runs as another user, who needs access through this folder.
  await chmod(folder, 0o711);
  const database = await createDatabase();
  try {
    const initialised = join(folder, "initialised");
    await start(initialised);
    let fresh = 0;
    const figures = await interleave(options.rounds, {
      "embedded database, initialised": () => start(initialised),
      "embedded database, first start": () => start(join(folder, `fresh${fresh++}`)),
      "an external database": () => start(join(folder, "own"), database.url),
    });
    printTable(
      ["start of the process → ready", "ms", "CPU ms", "SIGTERM → ended ms"],
      Object.entries(figures).map(([name, of]) => [
        name,
        ...["ms", "cpuMs", "stopMs"].map((what) => medianOf(of, what)),
      ]),
    );
  } finally {
    await database.drop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
});

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openTestCluster } from "./cluster.ts";
import { bundle, preload } from "./server.ts";

const execute = promisify(execFile);

/** State of the whole process, because vitest loads this file anew for each project. */
const run = globalThis as { isSaysoTestRunSetUp?: boolean };

/**
 * Sets up a test run, for vitest's `globalSetup` in as many projects as need it: one PostgreSQL and one build of the
 * server for the whole run. The returned function removes both again.
 */
export default async function setUpTestRun(): Promise<() => Promise<void>> {
  if (run.isSaysoTestRunSetUp) return () => Promise.resolve();
  run.isSaysoTestRunSetUp = true;
  const [cluster] = await Promise.all([openTestCluster(), buildServer()]);
  await compileServer();
  return async () => {
    run.isSaysoTestRunSetUp = false;
    await cluster.close();
  };
}

/** Bundles the server that the tests start (apps/server/dist/sayso.js). */
export async function buildServer(): Promise<void> {
  const build = fileURLToPath(new URL("../../../apps/server/build.ts", import.meta.url));
  await execute(process.execPath, [build]);
}

/**
 * Compiles the bundle once for all servers and commands of the run, because compiling is a third of the cost of starting
 * a server, and half of the cost of a command.
 */
async function compileServer(): Promise<void> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  await execute(process.execPath, ["--import", preload, bundle, "--help"], {
    env: { PATH, NODE_COMPILE_CACHE },
  });
}

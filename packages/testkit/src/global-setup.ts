import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compiledFolder, openTestCluster } from "./cluster.ts";
import { bundle, preload } from "./server.ts";

const execute = promisify(execFile);

/** Of the whole process: vitest loads this file anew for each project. */
const run = globalThis as { isSaysoTestRunSetUp?: boolean };

/**
 * For vitest's `globalSetup`, in as many projects as need it: one PostgreSQL and one build of the server for the whole
 * run. The returned function takes both down again.
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

/** Compiles it once for all servers of the run: otherwise that is a third of what it costs to start one. */
async function compileServer(): Promise<void> {
  await execute(process.execPath, ["--import", preload, bundle, "--help"], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compiledFolder() },
  });
}

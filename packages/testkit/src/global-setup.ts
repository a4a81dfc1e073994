import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openTestCluster } from "./cluster.ts";

/**
 * For vitest's `globalSetup`: one PostgreSQL and one build of the server for the whole run. The returned function
 * takes both down again.
 */
export default async function setUpTestRun(): Promise<() => Promise<void>> {
  const [cluster] = await Promise.all([openTestCluster(), buildServer()]);
  return () => cluster.close();
}

/** Bundles the server that the tests start (apps/server/dist/sayso.js). */
export async function buildServer(): Promise<void> {
  const build = fileURLToPath(new URL("../../../apps/server/build.ts", import.meta.url));
  await promisify(execFile)(process.execPath, [build]);
}

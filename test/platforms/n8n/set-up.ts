import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { installN8n, packNode } from "./n8n-host.ts";
import { startSharedN8n, type SharedN8n } from "./shared-n8n.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The path of the packed node package. */
    tarball: string;
    n8n: SharedN8n;
  }
}

/** The `globalSetup` of vitest: packs the node package and starts an n8n with it. */
export default async function setUpN8n(project: TestProject): Promise<() => Promise<void>> {
  await installN8n();
  const folder = await mkdtemp(path.join(tmpdir(), "sayso-n8n-package-"));
  const tarball = await timed("Packed the node package", () => packNode(folder));
  project.provide("tarball", tarball);
  const n8n = await timed("Started n8n with it", () => startSharedN8n(tarball));
  project.provide("n8n", n8n.shared);
  return async () => {
    await n8n.close();
    await rm(folder, { recursive: true, force: true });
  };
}

async function timed<Of>(what: string, task: () => Promise<Of>): Promise<Of> {
  const started = Date.now();
  const done = await task();
  console.error(`${what} in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  return done;
}

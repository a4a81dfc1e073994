import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { installN8n, packNode } from "./n8n-host.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The packed node package. */
    tarball: string;
  }
}

/** For vitest's `globalSetup`: n8n is there, and the node package is packed. */
export default async function setUpN8n(project: TestProject): Promise<() => Promise<void>> {
  await installN8n();
  const folder = await mkdtemp(path.join(tmpdir(), "sayso-n8n-package-"));
  const started = Date.now();
  project.provide("tarball", await packNode(folder));
  console.error(`Packed the node package in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  return () => rm(folder, { recursive: true, force: true });
}

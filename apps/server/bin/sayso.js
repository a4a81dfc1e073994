#!/usr/bin/env node
// Starts dist/sayso.js on Node 24. Builds it first if a checkout has not been built yet.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findNode24, runToEnd, stopWithNpm } from "./node24.js";

const here = fileURLToPath(import.meta.url);
const bundle = new URL("../dist/sayso.js", import.meta.url);

if (Number.parseInt(process.versions.node, 10) < 24) {
  const node = findNode24();
  if (!node) {
    console.error(`sayso needs Node 24 or newer; this is Node ${process.versions.node}.`);
    process.exit(1);
  }
  process.exitCode = await runToEnd(node, [here, ...process.argv.slice(2)], {
    ownGroup: true,
  });
} else {
  stopWithNpm(() => process.kill(process.pid, "SIGTERM"));
  if (!existsSync(bundle)) await import(new URL("../build.ts", import.meta.url));
  await import(bundle);
}

// `npm run release`: turns the change notes in .changeset/ into versions and change logs, then builds each published
// package into release/. `npm run release -- packages` only builds them. Publishes nothing.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** The published packages: the script that builds each, and the folder below it that npm packs. */
const published = [
  { folder: "packages/cli", build: "build.ts", packed: "dist" },
  { folder: "packages/client", build: "build.ts", packed: "dist" },
  { folder: "packages/n8n-nodes-sayso", build: "build.mjs", packed: "." },
];

interface Manifest {
  name: string;
  version: string;
}

const [what = "all"] = process.argv.slice(2);
if (!["all", "packages"].includes(what)) {
  console.error("Usage: npm run release, or npm run release -- packages");
  process.exit(2);
}
if (what === "all") setVersions();
rmSync("release", { recursive: true, force: true });
mkdirSync("release");
for (const { folder, build, packed } of published) {
  run(path.join(folder, build));
  execFileSync("npm", ["pack", path.resolve(folder, packed), "--pack-destination", "release"], {
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  const { name, version } = readManifest(folder);
  console.log(`${name} ${version}`);
}
console.log(`Built into release/: ${readdirSync("release").sort().join(", ")}`);

function setVersions(): void {
  run(createRequire(import.meta.url).resolve("@changesets/cli/bin.js"), "version");
  // The repository has the version of the server, because people run the server.
  const root = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
  root.version = readManifest("apps/server").version;
  writeFileSync("package.json", `${JSON.stringify(root, null, 2)}\n`);
  // The API's document contains the version.
  run("scripts/generate.ts");
  const prettier = createRequire(import.meta.url).resolve("prettier/bin/prettier.cjs");
  run(prettier, "--write", "--log-level=warn", "{apps,packages}/*/{CHANGELOG.md,package.json}");
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest;
}

function run(script: string, ...args: string[]): void {
  execFileSync(process.execPath, [script, ...args], { stdio: "inherit" });
}

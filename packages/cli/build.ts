// Builds the published package, by default into dist/: `node packages/cli/build.ts [folder]`.
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const to = resolve(process.argv[2] ?? at("dist"));

rmSync(to, { recursive: true, force: true });
await build({
  entryPoints: [at("src/main.ts")],
  outfile: join(to, "sayso.js"),
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  legalComments: "inline",
  logLevel: "warning",
  // commander, inside an ES module, calls `require`.
  banner: {
    js: '#!/usr/bin/env node\nimport { createRequire as sayso_createRequire } from "node:module"; const require = sayso_createRequire(import.meta.url);',
  },
});
chmodSync(join(to, "sayso.js"), 0o755);

const { name, version, license, description, homepage, repository } = JSON.parse(
  readFileSync(at("package.json"), "utf8"),
) as Record<string, unknown>;
const manifest = {
  name,
  version,
  description,
  license,
  homepage,
  // npm compares it with the provenance statement.
  repository,
  type: "module",
  engines: { node: ">=20" },
  bin: { sayso: "./sayso.js" },
};
writeFileSync(join(to, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
copyFileSync(at("README.md"), join(to, "README.md"));
copyFileSync(at("../../LICENSE"), join(to, "LICENSE"));

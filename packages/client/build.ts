// Builds the published package, by default into dist/: `node packages/client/build.ts [folder]`.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const to = resolve(process.argv[2] ?? at("dist"));

rmSync(to, { recursive: true, force: true });
for (const format of ["esm", "cjs"] as const) {
  await build({
    entryPoints: [at("src/index.ts")],
    outfile: join(to, format, "index.js"),
    bundle: true,
    format,
    platform: "neutral",
    target: "es2022",
    sourcemap: true,
    legalComments: "none",
    logLevel: "warning",
  });
}

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
execFileSync(
  process.execPath,
  [tsc, "-p", at("tsconfig.build.json"), "--outDir", join(to, "esm")],
  { stdio: "inherit" },
);
for (const name of readdirSync(join(to, "esm")).filter((file) => file.endsWith(".d.ts"))) {
  const file = join(to, "esm", name);
  // In declarations, the compiler keeps the extensions of the sources.
  const text = readFileSync(file, "utf8").replaceAll(/(from "\.\/[^"]+)\.ts"/g, '$1.js"');
  writeFileSync(file, text);
  cpSync(file, join(to, "cjs", name));
}

const { name, version, license, description, homepage, repository } = JSON.parse(
  readFileSync(at("package.json"), "utf8"),
) as Record<string, unknown>;
const conditions = (format: string) => ({
  types: `./${format}/index.d.ts`,
  default: `./${format}/index.js`,
});
writeJson("package.json", {
  name,
  version,
  description,
  license,
  homepage,
  // npm compares it with the provenance statement.
  repository,
  type: "module",
  sideEffects: false,
  engines: { node: ">=20" },
  main: "./cjs/index.js",
  types: "./cjs/index.d.ts",
  exports: { ".": { import: conditions("esm"), require: conditions("cjs") } },
});
writeJson("cjs/package.json", { type: "commonjs" });
copyFileSync(at("README.md"), join(to, "README.md"));
copyFileSync(at("../../LICENSE"), join(to, "LICENSE"));

function writeJson(path: string, value: object): void {
  writeFileSync(join(to, path), `${JSON.stringify(value, null, 2)}\n`);
}

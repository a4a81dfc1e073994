// Bundles each node and credential into dist/ as CommonJS. packages/triggers is bundled, n8n-workflow is not.
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const root = import.meta.dirname;
const dist = path.join(root, "dist");

const entryPoints = (await readdir(root, { recursive: true })).filter(
  (file) => /^(nodes|credentials)\//.test(file) && /\.(node|credentials)\.ts$/.test(file),
);

await rm(dist, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints,
  outdir: "dist",
  outbase: ".",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["n8n-workflow"],
  // Reviewers read the published code.
  minify: false,
  logLevel: "warning",
});
// The sources are ES modules, but n8n requires CommonJS.
await writeFile(path.join(dist, "package.json"), '{ "type": "commonjs" }\n');
for (const file of await readdir(root, { recursive: true })) {
  if (!/^(nodes|credentials|icons)\//.test(file) || !/(\.svg|\.node\.json)$/.test(file)) continue;
  await mkdir(path.dirname(path.join(dist, file)), { recursive: true });
  await cp(path.join(root, file), path.join(dist, file));
}

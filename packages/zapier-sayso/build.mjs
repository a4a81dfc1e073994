// Bundles the app into dist/, as the Zapier command line uploads it: one CommonJS file, with packages/client and
// packages/triggers inside and nothing beside it but Zapier's own runtime.
import { mkdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const root = import.meta.dirname;
const dist = path.resolve(root, process.argv[2] ?? "dist");
const { name, version, description, license, dependencies } = JSON.parse(
  await readFile(path.join(root, "package.json"), "utf8"),
);

// What else is there is the command line's, such as which app of which account this is.
const made = ["index.js", "package.json", "node_modules", ".gitignore"];
for (const name of made) await rm(path.join(dist, name), { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: ["src/index.ts"],
  outfile: path.join(dist, "index.js"),
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node22",
  external: Object.keys(dependencies),
  // Zapier takes the app itself, not a module that has one.
  footer: { js: "module.exports = module.exports.default;" },
  // Zapier's reviewers read it.
  minify: false,
  logLevel: "warning",
});
const manifest = { name, version, private: true, description, license, main: "index.js" };
await writeFile(
  path.join(dist, "package.json"),
  `${JSON.stringify({ ...manifest, dependencies }, null, 2)}\n`,
);
// Where the command line packs what is installed instead of installing it, it looks for the runtime beside the app.
await mkdir(path.join(dist, "node_modules"));
for (const dependency of Object.keys(dependencies)) {
  const installed = await realpath(path.join(root, "node_modules", dependency));
  await symlink(installed, path.join(dist, "node_modules", dependency));
}
await writeFile(path.join(dist, ".gitignore"), "build\nnode_modules\n");

// Bundles the app into dist/ in the form that the Zapier command line uploads: one CommonJS file that contains
// packages/client and packages/triggers, with only Zapier's runtime beside it.
import { mkdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const root = import.meta.dirname;
const dist = path.resolve(root, process.argv[2] ?? "dist");
const { name, version, description, license, dependencies } = JSON.parse(
  await readFile(path.join(root, "package.json"), "utf8"),
);

// Other files in dist belong to the command line, such as the one that names the app and its account.
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
  // Zapier takes the app itself, not a module that exports it.
  footer: { js: "module.exports = module.exports.default;" },
  // Zapier's reviewers read the code.
  minify: false,
  logLevel: "warning",
});
const manifest = { name, version, private: true, description, license, main: "index.js" };
await writeFile(
  path.join(dist, "package.json"),
  `${JSON.stringify({ ...manifest, dependencies }, null, 2)}\n`,
);
// Where the command line packs installed packages instead of installing them, it looks for the runtime beside the app.
await mkdir(path.join(dist, "node_modules"));
for (const dependency of Object.keys(dependencies)) {
  const installed = await realpath(path.join(root, "node_modules", dependency));
  await symlink(installed, path.join(dist, "node_modules", dependency));
}
await writeFile(path.join(dist, ".gitignore"), "build\nnode_modules\n");

// Bundles the server into dist/: `node apps/server/build.ts`.
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const options: BuildOptions = {
  entryPoints: [at("src/main.ts")],
  outfile: at("dist/sayso.js"),
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  sourcemap: true,
  legalComments: "none",
  logLevel: "warning",
  // pino starts worker threads from its own files; pg-native is optional and not installed. PostgreSQL's binaries are
  // not imported: packages/database looks for them on the disk.
  external: ["pino", "pino-pretty", "pg-native"],
  // CommonJS packages inside an ES module bundle (express, pg) call `require`.
  banner: {
    js: 'import { createRequire as sayso_createRequire } from "node:module"; const require = sayso_createRequire(import.meta.url);',
  },
};
// esbuild has printed the errors by itself.
await build(options).catch(() => process.exit(1));

mirror(at("../../packages/database/sql"), at("dist/sql"), (name) => name.endsWith(".sql"));
mirror(at("src/site/assets"), at("dist/assets"));
// Bundles the dashboard if its sources have changed.
await import(at("../dashboard/build.ts"));
mirror(at("../dashboard/dist"), at("dist/dashboard"));

/** Makes `to` hold the files of `from` and no others. A server that runs from dist never misses a file. */
function mirror(from: string, to: string, wanted: (name: string) => boolean = () => true): void {
  const files = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const names = existsSync(from) ? files(from).filter(wanted) : [];
  for (const name of names) cpSync(join(from, name), join(to, name));
  const stale = existsSync(to) ? files(to).filter((name) => !names.includes(name)) : [];
  for (const name of stale) rmSync(join(to, name));
}

// Bundles the server into dist/: `node apps/server/build.ts`.
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
// eslint-disable-next-line import-x/no-relative-packages -- the root folder is no package to import.
import { listFiles, makeFolderBeside, placeFolder } from "../../scripts/place-folder.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Several builds can run at once, such as two starts in the same second: each has a folder of its own.
const fresh = makeFolderBeside(at("dist"));

const options: BuildOptions = {
  entryPoints: [at("src/main.ts")],
  outfile: join(fresh, "sayso.js"),
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
await build(options).catch(() => {
  rmSync(fresh, { recursive: true, force: true });
  process.exit(1);
});
try {
  copyFiles(at("../../packages/database/sql"), "sql", (name) => name.endsWith(".sql"));
  copyFiles(at("src/site/assets"), "assets");
  // Bundles the dashboard if its sources have changed.
  await import(at("../dashboard/build.ts"));
  copyFiles(at("../dashboard/dist"), "dashboard");
  // Until the bundle has its name, nothing starts from dist/.
  placeFolder(fresh, at("dist"), [join("dashboard", "index.html"), "sayso.js.map", "sayso.js"]);
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

function copyFiles(from: string, to: string, wanted: (name: string) => boolean = () => true): void {
  for (const name of listFiles(from).filter(wanted))
    cpSync(join(from, name), join(fresh, to, name));
}

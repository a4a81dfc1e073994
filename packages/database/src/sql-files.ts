import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The database was migrated by other files than this code has, or a file cannot be applied. Nothing was changed. */
export class MigrationRefused extends Error {
  override readonly name = "MigrationRefused";
  readonly code = "migration_refused";
}

/** A migration as the table `sayso_migrations` records it. */
export interface AppliedMigration {
  name: string;
  /** The hash of the file, in lower-case hex. Line ends do not count. */
  sha256: string;
}

/** A file of SQL. `name` is its name without folders. */
export interface SqlFile extends AppliedMigration {
  sql: string;
}

/** Functions, triggers and access, which are applied again when their text changes. */
export interface Definitions {
  /** In the order in which they are applied. */
  files: SqlFile[];
  /** The hash of all names and texts, in lower-case hex: equal for equal definitions. */
  sha256: string;
}

/** The files that are applied after the functions, in this order. */
const AFTER_FUNCTIONS = ["triggers.sql", "access.sql"];

/** Finds the folder `sql`: beside the bundle when this is bundled, beside `src` when it runs from source. */
function defaultDirectory(): string {
  const candidates = ["./sql/", "../sql/"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) throw new MigrationRefused(`No SQL in ${candidates.join(" or ")}.`);
  return found;
}

/**
 * Reads `migrations/*.sql`, in order.
 *
 * @param directory the folder that holds `migrations`; default: the one that came with this code
 * @throws MigrationRefused for a name that is not like `0001_some_words.sql`, a number that is taken twice, and a file
 * that begins or ends a transaction
 */
export async function readMigrations(directory = defaultDirectory()): Promise<SqlFile[]> {
  const folder = join(directory, "migrations");
  const migrations: SqlFile[] = [];
  const numbers = new Set<string>();
  for (const name of (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort()) {
    const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
    if (number === undefined)
      throw new MigrationRefused(`${name}: a migration is named like 0001_some_words.sql.`);
    if (numbers.has(number))
      throw new MigrationRefused(`${name}: the number ${number} is taken twice.`);
    numbers.add(number);
    migrations.push(await readSql(join(folder, name)));
  }
  return migrations;
}

/**
 * Reads `functions/**.sql`, `triggers.sql` and `access.sql`. Any of them can be missing.
 *
 * @param directory as `readMigrations`
 * @throws MigrationRefused as `readMigrations`, and for two function files of one name
 */
export async function readDefinitions(directory = defaultDirectory()): Promise<Definitions> {
  const folder = join(directory, "functions");
  const entries = existsSync(folder)
    ? await readdir(folder, { recursive: true, withFileTypes: true })
    : [];
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".sql"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
  const twice = paths.find((path, i) => i > 0 && basename(path) === basename(paths[i - 1] ?? ""));
  if (twice !== undefined)
    throw new MigrationRefused(`${basename(twice)}: two files have this name.`);
  const others = AFTER_FUNCTIONS.map((name) => join(directory, name)).filter((path) =>
    existsSync(path),
  );
  const files = await Promise.all([...paths, ...others].map((path) => readSql(path)));
  const all = files.map(({ name, sha256 }) => `${name} ${sha256}\n`).join("");
  return { files, sha256: hash(all) };
}

async function readSql(path: string): Promise<SqlFile> {
  const name = basename(path);
  const sql = (await readFile(path, "utf8")).replaceAll("\r\n", "\n");
  const outsideOfBodies = sql.replaceAll(/\$(\w*)\$[^]*?\$\1\$/g, "");
  if (/^\s*(begin|commit|rollback)(\s+(work|transaction))?\s*;/im.test(outsideOfBodies))
    throw new MigrationRefused(
      `${name}: a migration runs in one transaction and must not begin or end one.`,
    );
  return { name, sql, sha256: hash(sql) };
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

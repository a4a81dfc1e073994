import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { isBackendAtWork } from "./backend-at-work.ts";
import { connectionTo } from "./connection.ts";
import { findMissingRightsOf, MissingRights } from "./missing-rights.ts";
import { areRolesReady, ensureRoles, roles } from "./roles.ts";
import { WatchedClient } from "./watched-client.ts";

/** Held exclusively by whoever changes the tables, shared by whoever copies them: see `withSnapshot`. */
export const MIGRATION_LOCK = [0x5a150, 3];
const SILENT_MILLIS_MAX = 4_000;
/** One whose process has vanished lets go of the lock after that. */
const IDLE_IN_TRANSACTION_MILLIS_MAX = 60_000;

/** What `migrate` found and did; names are file names, in order. */
export interface MigrationReport {
  /** Applied by this call. */
  applied: string[];
  /** In the database but not in this code: a newer release was here. Nothing was done about them. */
  unknown: string[];
}

/** Options of `migrate` and `pendingMigrations`. */
export interface MigrationOptions {
  /** Folder of the `0001_name.sql` files; default: the ones that came with this code. */
  directory?: string;
  /** How long nothing may come before the link is doubted. Default 4,000. */
  silentMillisMax?: number;
}

/** An applied migration's file was changed afterwards, or a file cannot be a migration. */
export class MigrationRefused extends Error {
  override readonly name = "MigrationRefused";
  readonly code = "migration_refused";
}

/** A migration as `sayso_migrations` knows it. */
export interface AppliedMigration {
  name: string;
  /** Of the file, in lower-case hex; line ends do not count. */
  sha256: string;
}

/** A migration's file. */
export interface Migration extends AppliedMigration {
  sql: string;
}

/**
 * Ensures the roles, then applies the files that are missing, in order, each in one transaction with
 * its row in `sayso_migrations`. Callers at the same time wait for one another; a kill leaves whole
 * files applied or not, and the next call goes on. Rejects with MigrationRefused before doing anything
 * when an applied file has changed, and with PostgreSQL's error (the file's name in front) when one fails.
 * A file may take as long as it needs; with ETIMEDOUT it rejects only when the database can no longer be seen to
 * work on it. Whether its last statement was carried out is then for the next call to find.
 */
export async function migrate(
  ownerUrl: string,
  options: MigrationOptions = {},
): Promise<MigrationReport> {
  const migrations = await readMigrations(options.directory);
  const { silentMillisMax = SILENT_MILLIS_MAX } = options;
  let pid: number | undefined;
  const isAtWork = async () =>
    pid !== undefined && (await isBackendAtWork(ownerUrl, pid, silentMillisMax));
  return withClient({ url: ownerUrl, silentMillisMax, isAtWork }, async (client) => {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    pid = rows[0]?.pid;
    await client.query(
      `set statement_timeout = 0; set client_min_messages = warning;
       set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MILLIS_MAX}`,
    );
    // So that a start on what is up to date doesn't wait for a backup.
    const found = await readApplied(client);
    refuseChanged(migrations, found);
    if (migrations.every(({ name }) => found.has(name)) && (await areRolesReady(client)))
      return { applied: [], unknown: unknownOf(migrations, found) };
    await client.query("select pg_advisory_lock($1, $2)", MIGRATION_LOCK);
    await prepareForMigrations(client);
    const done = await readApplied(client);
    refuseChanged(migrations, done);
    const pending = migrations.filter(({ name }) => !done.has(name));
    for (const migration of pending) await applyAlone(client, migration);
    await shutMigrations(client);
    return { applied: pending.map(({ name }) => name), unknown: unknownOf(migrations, done) };
  });
}

/** The files that the database has not seen yet; empty means ready. Rejects when nothing comes from the database for 4 s. */
export async function pendingMigrations(
  url: string,
  options: MigrationOptions = {},
): Promise<string[]> {
  const migrations = await readMigrations(options.directory);
  const { silentMillisMax = SILENT_MILLIS_MAX } = options;
  return withClient({ url, silentMillisMax }, async (client) => {
    const done = await readApplied(client);
    return migrations.map(({ name }) => name).filter((name) => !done.has(name));
  });
}

/**
 * What must be there before any migration: the roles, and the table of the migrations.
 *
 * @throws MissingRights, naming all that the database user lacks
 */
export async function prepareForMigrations(client: pg.Client): Promise<void> {
  const missing = await findMissingRightsOf(client);
  if (missing.length > 0) throw new MissingRights(missing);
  await ensureRoles(client);
  await client.query(
    `create table if not exists sayso_migrations (
       name text primary key, sha256 text not null, applied_at timestamptz not null default now())`,
  );
}

/** Takes away what a file may well have granted on "all tables". */
export async function shutMigrations(client: pg.Client): Promise<void> {
  await client.query(`revoke all on sayso_migrations from ${roles.join(", ")}`);
}

/** Beside the bundle when this is bundled, beside `src` when it runs from source. */
function defaultDirectory(): string {
  const candidates = ["./migrations/", "../migrations/"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined)
    throw new MigrationRefused(`No migrations in ${candidates.join(" or ")}.`);
  return found;
}

/** The migrations of a folder, in order; default: the ones that came with this code. */
export async function readMigrations(directory = defaultDirectory()): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  const numbers = new Set<string>();
  const migrations: Migration[] = [];
  for (const name of names) {
    const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
    if (number === undefined)
      throw new MigrationRefused(`${name}: a migration is named like 0001_some_words.sql.`);
    if (numbers.has(number))
      throw new MigrationRefused(`${name}: the number ${number} is taken twice.`);
    numbers.add(number);
    const sql = (await readFile(join(directory, name), "utf8")).replaceAll("\r\n", "\n");
    if (
      /^\s*(begin|commit|rollback)(\s+(work|transaction))?\s*;/im.test(
        sql.replaceAll(/\$(\w*)\$[^]*?\$\1\$/g, ""),
      )
    ) {
      throw new MigrationRefused(
        `${name}: a migration runs in one transaction and must not begin or end one.`,
      );
    }
    migrations.push({ name, sql, sha256: createHash("sha256").update(sql).digest("hex") });
  }
  return migrations;
}

/** What the database has seen, in order: name → sha256. */
export async function readApplied(client: pg.Client): Promise<Map<string, string>> {
  const found = await client.query<{ there: boolean }>(
    "select to_regclass('sayso_migrations') is not null as there",
  );
  if (found.rows[0]?.there !== true) return new Map();
  const { rows } = await client.query<{ name: string; sha256: string }>(
    "select name, sha256 from sayso_migrations order by name",
  );
  return new Map(rows.map(({ name, sha256 }) => [name, sha256]));
}

const unknownOf = (migrations: Migration[], done: Map<string, string>): string[] => {
  const known = new Set(migrations.map(({ name }) => name));
  return [...done.keys()].filter((name) => !known.has(name));
};

function refuseChanged(migrations: Migration[], done: Map<string, string>): void {
  const changed = migrations.filter(({ name, sha256 }) => (done.get(name) ?? sha256) !== sha256);
  if (changed.length === 0) return;
  throw new MigrationRefused(
    `${changed.map(({ name }) => name).join(", ")}: changed after being applied to this database. ` +
      "Restore the file as it was and put the change into a new migration.",
  );
}

async function applyAlone(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("begin");
  try {
    await applyMigration(client, migration);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

/** Applies a file in the transaction under way. Rejects with PostgreSQL's error, the file's name in front. */
export async function applyMigration(
  client: pg.Client,
  { name, sql, sha256 }: Migration,
): Promise<void> {
  try {
    await client.query(sql);
    await client.query("insert into sayso_migrations (name, sha256) values ($1, $2)", [
      name,
      sha256,
    ]);
  } catch (error) {
    if (error instanceof Error) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

async function withClient<T>(
  { url, ...watched }: { url: string; silentMillisMax: number; isAtWork?: () => Promise<boolean> },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new WatchedClient({
    ...connectionTo(url),
    ...watched,
    application_name: "sayso migrate",
  });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

import type pg from "pg";
import packageJson from "../package.json" with { type: "json" };
import { isBackendAtWork } from "./backend-at-work.ts";
import { connectionTo } from "./connection.ts";
import { applyDefinitions, createDefinitionTables, stateOfDefinitions } from "./definitions.ts";
import { findMissingRightsOf, MissingRights } from "./missing-rights.ts";
import { areRolesReady, ensureRoles, roles } from "./roles.ts";
import {
  MigrationRefused,
  readDefinitions,
  readMigrations,
  type Definitions,
  type SqlFile,
} from "./sql-files.ts";
import { WatchedClient } from "./watched-client.ts";

/** The lock of the tables. A migration holds it alone; copies share it (`withSnapshot`). */
export const MIGRATION_LOCK = [0x5a150, 3];
/** The tables that record which files were applied. They belong to no organization, and only their owner reads them. */
export const recordTables = ["sayso_migrations", "sayso_releases", "sayso_definitions"];
const SILENT_MILLIS_MAX = 4_000;
/** A migration whose process has vanished releases the lock after this time. */
const IDLE_IN_TRANSACTION_MILLIS_MAX = 60_000;

/** The result of `migrate`; names are file names, in order. */
export interface MigrationReport {
  /** Migrations that this call applied. */
  applied: string[];
  /**
   * Migrations in the database that this code doesn't have, because a newer release was here. This call left them
   * alone.
   */
  unknown: string[];
  /** True if this call recorded its definitions, and replaced functions, triggers and access whose text had changed. */
  redefined: boolean;
}

/** Options of `migrate`, `compareSchema` and `pendingMigrations`. */
export interface MigrationOptions {
  /**
   * The folder with `migrations/`, `functions/`, `triggers.sql` and `access.sql`. Default: the one that came with this
   * code.
   */
  directory?: string;
  /** The version of the release that migrates. Default: this code's. */
  version?: string;
  /** The time without any answer after which the link is doubted. Default 4,000. */
  silentMillisMax?: number;
}

/**
 * Brings a database up to date. Ensures the roles, applies the missing migrations in order, each in one transaction
 * with its row in `sayso_migrations`, and then applies the functions, triggers and access whose text has changed
 * (`applyDefinitions`). Concurrent callers wait for one another. A kill leaves each file applied as a whole or not at
 * all, and the next call goes on. A database that a newer release has migrated stays as it is.
 *
 * A file can take as long as it needs. Rejects with ETIMEDOUT only when there is no longer any sign that the database
 * works on it. The next call finds out whether its last statement was carried out.
 *
 * @throws MigrationRefused before any change, when the database was migrated by other files; MissingRights;
 * PostgreSQL's error, with the file's name in front
 */
export async function migrate(
  ownerUrl: string,
  options: MigrationOptions = {},
): Promise<MigrationReport> {
  const migrations = await readMigrations(options.directory);
  const definitions = await readDefinitions(options.directory);
  const { silentMillisMax = SILENT_MILLIS_MAX, version = packageJson.version } = options;
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
    // Reads first without the lock, so that a start on an up-to-date database doesn't wait for a backup.
    const found = await readApplied(client);
    refuseChanged(migrations, found);
    const unknown = unknownOf(migrations, found);
    const isReady =
      migrations.every(({ name }) => found.has(name)) &&
      (await areRolesReady(client)) &&
      !(await isStale(client, { definitions, version, unknown }));
    if (isReady) return { applied: [], unknown, redefined: false };
    await client.query("select pg_advisory_lock($1, $2)", MIGRATION_LOCK);
    await prepareForMigrations(client);
    const done = await readApplied(client);
    refuseChanged(migrations, done);
    const pending = migrations.filter(({ name }) => !done.has(name));
    for (const migration of pending) await applyAlone(client, migration);
    const unknownNow = unknownOf(migrations, done);
    const redefined = await isStale(client, { definitions, version, unknown: unknownNow });
    if (redefined) await applyDefinitions(client, definitions, version);
    await shutMigrations(client);
    const applied = pending.map(({ name }) => name);
    return { applied, unknown: unknownNow, redefined };
  });
}

/** Returns true if definitions need to be applied. A database that a newer release has migrated isn't stale. */
async function isStale(
  client: pg.Client,
  of: { definitions: Definitions; version: string; unknown: string[] },
): Promise<boolean> {
  if (of.unknown.length > 0) return false;
  return (await stateOfDefinitions(client, of.definitions, of.version)) === "stale";
}

/** A database's schema, compared with the one of this code. Names are file names, in order. */
export interface SchemaComparison {
  /**
   * "empty": no Sayso has been here. "older": `migrate` would change it. "newer": a newer release has migrated it, so
   * `migrate` leaves it as it is.
   */
  state: "empty" | "older" | "current" | "newer";
  /** The files that `migrate` would apply; one entry stands for all functions, triggers and access. */
  pending: string[];
  /** The migrations that this code doesn't have. Empty also where the newer release changed only definitions. */
  unknown: string[];
}

/**
 * Compares a database with this code and changes nothing. Rejects when nothing comes from the database for 4 s.
 *
 * @throws MigrationRefused for a database that was migrated by other files
 */
export const compareSchema = (
  url: string,
  options: MigrationOptions = {},
): Promise<SchemaComparison> => compare(url, options, refuseChanged);

/**
 * Returns the names of the files that `migrate` would apply to a database. Empty: the database is up to date, or newer.
 * Rejects when nothing comes from the database for 4 s.
 */
export const pendingMigrations = async (
  url: string,
  options: MigrationOptions = {},
): Promise<string[]> => (await compare(url, options)).pending;

async function compare(
  url: string,
  options: MigrationOptions,
  refuse?: (migrations: SqlFile[], done: Map<string, string>) => void,
): Promise<SchemaComparison> {
  const migrations = await readMigrations(options.directory);
  const definitions = await readDefinitions(options.directory);
  const { silentMillisMax = SILENT_MILLIS_MAX, version = packageJson.version } = options;
  return withClient({ url, silentMillisMax }, async (client) => {
    const done = await readApplied(client);
    refuse?.(migrations, done);
    const unknown = unknownOf(migrations, done);
    const missing = migrations.map(({ name }) => name).filter((name) => !done.has(name));
    const age = await stateOfDefinitions(client, definitions, version);
    const isNewer = unknown.length > 0 || age === "older";
    const isStale = unknown.length === 0 && age === "stale";
    const pending = isStale ? [...missing, "functions, triggers and access"] : missing;
    if (isNewer) return { state: "newer", pending, unknown };
    if (done.size === 0 && missing.length > 0) return { state: "empty", pending, unknown };
    return { state: pending.length > 0 ? "older" : "current", pending, unknown };
  });
}

/**
 * Ensures the roles and the tables that record the applied files, which every migration needs.
 *
 * @throws MissingRights, naming all that the database user lacks
 */
export async function prepareForMigrations(client: pg.Client): Promise<void> {
  const missing = await findMissingRightsOf(client);
  if (missing.length > 0) throw new MissingRights(missing);
  await ensureRoles(client);
  await client.query(
    `create table if not exists sayso_migrations (
       name text primary key, sha256 text not null, applied_at timestamptz not null default now());
     ${createDefinitionTables}`,
  );
}

/** Revokes the rights on the record tables that a file granted on "all tables". */
export async function shutMigrations(client: pg.Client): Promise<void> {
  await client.query(`revoke all on ${recordTables.join(", ")} from ${roles.join(", ")}`);
}

/** The migrations of a database, in order: name → sha256. */
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

const unknownOf = (migrations: SqlFile[], done: Map<string, string>): string[] => {
  const known = new Set(migrations.map(({ name }) => name));
  return [...done.keys()].filter((name) => !known.has(name));
};

function refuseChanged(migrations: SqlFile[], done: Map<string, string>): void {
  const numberOf = (name: string): string => name.slice(0, 4);
  const names = new Map(migrations.map(({ name }) => [numberOf(name), name]));
  const [foreign] = [...done.keys()].filter((name) => (names.get(numberOf(name)) ?? name) !== name);
  if (foreign !== undefined)
    throw new MigrationRefused(
      `${foreign} made this database, where this release has ${names.get(numberOf(foreign))}: it was made before ` +
        "Sayso's first release, and can't be upgraded. Start on an empty database (another SAYSO_DATA_DIR or DATABASE_URL).",
    );
  const changed = migrations.filter(({ name, sha256 }) => (done.get(name) ?? sha256) !== sha256);
  if (changed.length === 0) return;
  throw new MigrationRefused(
    `${changed.map(({ name }) => name).join(", ")}: changed after being applied to this database. ` +
      "Restore the file as it was and put the change into a new migration.",
  );
}

async function applyAlone(client: pg.Client, migration: SqlFile): Promise<void> {
  await client.query("begin");
  try {
    await applyMigration(client, migration);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

/** Applies a file in the transaction under way. Rejects with PostgreSQL's error, with the file's name in front. */
export async function applyMigration(
  client: pg.Client,
  { name, sql, sha256 }: SqlFile,
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

import { onlyRow } from "../only-row.ts";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import packageJson from "../../package.json" with { type: "json" };
import { connectionTo } from "../connection.ts";
import { applyDefinitionsWithin, stateOfDefinitions } from "../definitions.ts";
import {
  applyMigration,
  MIGRATION_LOCK,
  prepareForMigrations,
  readApplied,
  shutMigrations,
} from "../migrate.ts";
import {
  readDefinitions,
  readMigrations,
  type AppliedMigration,
  type SqlFile,
} from "../sql-files.ts";
import { settle, type Settled } from "./settle.ts";
import { findTables, listColumns, noTimeLimits, plainValues, type TableShape } from "./tables.ts";

/** The input of `restoreDatabase`. */
export interface RestoreOptions {
  /** The migrations of the database that was backed up, in order. */
  migrations: readonly AppliedMigration[];
  tables: readonly (TableShape & { rows: number })[];
  /** Opens a table's rows as `Snapshot.read` gave them. An error of the stream undoes the whole restore. */
  open(table: TableShape): AsyncIterable<Buffer>;
  /** Deletes everything that the database holds. Default: a database that holds something is refused. */
  erases?: boolean;
  /** Called after every check that could refuse the restore, right before the first row. */
  beforeLoading?: () => Promise<void>;
}

/** The result of a restore. */
export interface RestoreReport extends Settled {
  rows: number;
  /** Names of the migrations that the backup didn't have yet. */
  migratedOn: string[];
}

/** The database, or the backup, doesn't allow the restore. Nothing was changed. */
export class RestoreRefused extends Error {
  override readonly name = "RestoreRefused";
  readonly code = "restore_refused";
}

/**
 * Refuses a backup with migrations that this release doesn't have, or has with another text.
 *
 * @throws RestoreRefused
 */
export async function refuseUnknownMigrations(
  backedUp: readonly AppliedMigration[],
  directory?: string,
): Promise<void> {
  const ours = new Map((await readMigrations(directory)).map(({ name, sha256 }) => [name, sha256]));
  const unknown = backedUp.filter(({ name }) => !ours.has(name));
  if (unknown.length > 0)
    throw new RestoreRefused(
      `A newer release of Sayso made this backup, which has ${unknown.map(({ name }) => name).join(", ")}. Restore it with that release.`,
    );
  const changed = backedUp.filter(({ name, sha256 }) => ours.get(name) !== sha256);
  if (changed.length > 0)
    throw new RestoreRefused(
      `The backup has another ${changed.map(({ name }) => name).join(", ")} than this release. Restore it with the release that made it.`,
    );
}

/**
 * Restores a backup into a database, in one transaction. Whenever this process or the server is killed, the backup is
 * there as a whole or nothing has changed. The backup's own migrations make the tables; then they are filled, and later
 * migrations bring them up to date. A server that starts meanwhile waits. Needs no superuser.
 *
 * @throws RestoreRefused, MissingRights, PostgreSQL's errors, those of the streams, and an Error when the number of
 * rows is not the expected one
 */
export async function restoreDatabase(
  ownerUrl: string,
  options: RestoreOptions,
): Promise<RestoreReport> {
  await refuseUnknownMigrations(options.migrations);
  const client = new pg.Client({ ...connectionTo(ownerUrl), application_name: "sayso restore" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(`${noTimeLimits}; set client_min_messages = warning`);
    await client.query("select pg_advisory_lock($1, $2)", MIGRATION_LOCK);
    await client.query("begin");
    const report = await restore(client, options);
    await client.query("commit");
    await analyze(client);
    return report;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function restore(client: pg.Client, options: RestoreOptions): Promise<RestoreReport> {
  await refuseRunning(client);
  await prepareForMigrations(client);
  const all = await readMigrations();
  const backedUp = new Set(options.migrations.map(({ name }) => name));
  const done = await readApplied(client);
  const tooNew = [...done.keys()].filter((name) => !backedUp.has(name));
  if (done.size > 0) await refuseFilled(client, options.erases === true);
  if (tooNew.length > 0)
    throw new RestoreRefused(
      `The database is newer than the backup (${tooNew.join(", ")}). Make a new, empty database and restore into that.`,
    );
  await applyAll(client, all, ({ name }) => backedUp.has(name) && !done.has(name));
  const tables = await matchTables(client, options.tables);
  await options.beforeLoading?.();
  const rows = await load(client, tables, options);
  const migratedOn = await applyAll(client, all, ({ name }) => !backedUp.has(name));
  const definitions = await readDefinitions();
  if ((await stateOfDefinitions(client, definitions, packageJson.version)) === "stale")
    await applyDefinitionsWithin(client, definitions, packageJson.version);
  await shutMigrations(client);
  return { rows, migratedOn, ...(await settle(client)) };
}

async function applyAll(
  client: pg.Client,
  all: readonly SqlFile[],
  isWanted: (migration: SqlFile) => boolean,
): Promise<string[]> {
  const wanted = all.filter(isWanted);
  for (const migration of wanted) await applyMigration(client, migration);
  return wanted.map(({ name }) => name);
}

/** Refuses while a server runs, because it would go on with the state of the database before the restore. */
async function refuseRunning(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ running: number }>(
    `select count(distinct client_addr::text || client_port)::int as running from pg_stat_activity
     where datname = current_database() and application_name = 'sayso server'`,
  );
  if (onlyRow(rows).running > 0)
    throw new RestoreRefused(
      "Sayso is running on this database. Stop all of its processes, then restore.",
    );
}

async function refuseFilled(client: pg.Client, erases: boolean): Promise<void> {
  // From here on nobody can insert anything.
  await client.query("lock table organizations, people in access exclusive mode");
  await client.query("set local role sayso_system");
  const { rows } = await client.query<Record<"organizations" | "people" | "requests", number>>(
    `select (select count(*) from organizations)::int as organizations, (select count(*) from people)::int as people,
       (select count(*) from requests)::int as requests`,
  );
  await client.query("reset role");
  const { organizations, people, requests } = onlyRow(rows);
  if (erases || organizations + people + requests === 0) return;
  throw new RestoreRefused(
    `The database isn't empty: it holds ${organizations} organizations, ${people} people and ${requests} requests. ` +
      "Restore into a new, empty database, or add --erase-existing, which deletes all of that.",
  );
}

type LoadedTable = RestoreOptions["tables"][number];

async function matchTables(
  client: pg.Client,
  backedUp: readonly LoadedTable[],
): Promise<LoadedTable[]> {
  const found = (await findTables(client)).filter(({ isSeenWhole }) => isSeenWhole);
  const there = new Map(found.map(({ name, columns }) => [name, columns.toSorted().join()]));
  const differing = [
    ...backedUp.filter(({ name, columns }) => there.get(name) !== columns.toSorted().join()),
    ...found.filter(({ name }) => !backedUp.some((table) => table.name === name)),
  ];
  if (differing.length > 0)
    throw new RestoreRefused(
      `The backup's tables are not those that its migrations make: ${differing.map(({ name }) => name).join(", ")}.`,
    );
  return [...backedUp];
}

/**
 * Fills the tables. Everything that checks, computes or guards row by row is removed before and put back afterwards.
 */
async function load(
  client: pg.Client,
  tables: readonly LoadedTable[],
  { open }: RestoreOptions,
): Promise<number> {
  const name = (table: string): string => client.escapeIdentifier(table);
  await client.query(plainValues);
  const putBack = await takeDown(client);
  await client.query(`truncate ${tables.map((table) => name(table.name)).join(", ")}`);
  let loaded = 0;
  for (const table of tables) {
    const text = `copy ${name(table.name)} (${listColumns(client, table.columns)}) from stdin`;
    const into = client.query(copyFrom(text));
    await pipeline(open(table), into);
    if (into.rowCount !== table.rows)
      throw new Error(
        `${table.name}: ${into.rowCount} rows were read from the backup instead of ${table.rows}`,
      );
    loaded += table.rows;
  }
  for (const statement of putBack) await client.query(statement);
  return loaded;
}

/**
 * Drops foreign keys and triggers, and lifts row-level security for the owner. @returns the statements that put them
 * back
 */
async function takeDown(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ down: string; up: string }>(
    `with ours as (
       select c.oid, c.oid::regclass::text as name, c.relforcerowsecurity from pg_class c
       where c.relnamespace = quote_ident(current_schema())::regnamespace and c.relkind in ('r', 'p')
         and exists (select from pg_policy p join pg_roles r on r.oid = any (p.polroles)
                     where p.polrelid = c.oid and r.rolname = 'sayso_system')
     )
     select 1 as place, format('alter table %s drop constraint %I', o.name, k.conname) as down,
       format('alter table %s add constraint %I %s', o.name, k.conname, pg_get_constraintdef(k.oid)) as up
     from ours o join pg_constraint k on k.conrelid = o.oid and k.contype = 'f' and k.conparentid = 0
     union all
     select 2, format('alter table %s disable trigger %I', o.name, t.tgname),
       format('alter table %s enable %s trigger %I', o.name, case t.tgenabled when 'A' then 'always' when 'R' then 'replica' else '' end, t.tgname)
     from ours o join pg_trigger t on t.tgrelid = o.oid and not t.tgisinternal and t.tgenabled <> 'D'
     union all
     select 3, format('alter table %s no force row level security', o.name), format('alter table %s force row level security', o.name)
     from ours o where o.relforcerowsecurity
     order by 1, 2`,
  );
  for (const { down } of rows) await client.query(down);
  return rows.map(({ up }) => up);
}

/** Updates PostgreSQL's statistics. Without them, queries would be slow for the first hours after a restore. */
async function analyze(client: pg.Client): Promise<void> {
  for (const { name, isSeenWhole } of await findTables(client))
    if (isSeenWhole) await client.query(`analyze ${client.escapeIdentifier(name)}`);
}

import { onlyRow } from "../only-row.ts";
import type { Readable } from "node:stream";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { connectionTo } from "../connection.ts";
import { MIGRATION_LOCK, readApplied, recordTables } from "../migrate.ts";
import type { AppliedMigration } from "../sql-files.ts";
import { findTables, noTimeLimits, plainValues, type TableShape } from "./tables.ts";

/** The state of a database at one moment. */
export interface Snapshot {
  /** The time of the snapshot by the database's clock. */
  takenAt: Date;
  /** PostgreSQL's version, such as `18.4`. */
  postgres: string;
  /** In the order in which they were applied. */
  migrations: AppliedMigration[];
  organizations: number;
  /** Sayso's tables, by name. */
  tables: TableShape[];
  /** Tables in the same schema that are not Sayso's. */
  leftOut: string[];
  /**
   * Streams all rows of a table in PostgreSQL's text format of COPY, one row a line, in UTF-8. Read one table at a
   * time, to its end. Transaction ids are written as 1, because they mean nothing on another server.
   */
  read(table: TableShape): Readable;
}

/**
 * Gives `work` the database as it is at this moment, while others go on using it. Reads as the role that sees every
 * row, in one read-only transaction. A migration waits until the transaction ends.
 *
 * @param ownerUrl connection URL of the user who owns the tables
 * @throws Error where the database holds nothing of Sayso, and PostgreSQL's own errors
 */
export async function withSnapshot<T>(
  ownerUrl: string,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ ...connectionTo(ownerUrl), application_name: "sayso backup" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(noTimeLimits);
    // A table that was rewritten after the snapshot looks empty to it.
    await client.query("select pg_advisory_lock_shared($1, $2)", MIGRATION_LOCK);
    await client.query("begin isolation level repeatable read read only");
    await client.query(plainValues);
    return await work(await take(client));
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function take(client: pg.Client): Promise<Snapshot> {
  const migrations = await readApplied(client);
  if (migrations.size === 0)
    throw new Error("This database holds nothing of Sayso: DATABASE_URL may name another one.");
  const found = await findTables(client);
  const types = new Map(found.map((table) => [table.name, table.types]));
  await client.query("set local role sayso_system");
  const { rows } = await client.query<{ takenAt: Date; postgres: string; organizations: number }>(
    `select now() as "takenAt", current_setting('server_version') as postgres,
       (select count(*)::int from organizations) as organizations`,
  );
  return {
    ...onlyRow(rows),
    postgres: onlyRow(rows).postgres.replace(/ .*$/s, ""),
    migrations: [...migrations].map(([name, sha256]) => ({ name, sha256 })),
    tables: found
      .filter(({ isSeenWhole }) => isSeenWhole)
      .map(({ name, columns }) => ({ name, columns })),
    leftOut: found
      .filter(({ name, isSeenWhole }) => !isSeenWhole && !recordTables.includes(name))
      .map(({ name }) => name),
    read: ({ name, columns }) => {
      const values = columns.map((column, i) =>
        types.get(name)?.[i] === "xid8" ? "'1'" : client.escapeIdentifier(column),
      );
      const text = `copy (select ${values.join(", ")} from ${client.escapeIdentifier(name)}) to stdout`;
      return client.query(copyTo(text));
    },
  };
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { createSecretBox, type Services } from "@sayso/core";
import {
  compareSchema,
  createDataDirectory,
  migrate,
  openCluster,
  openPool,
  type Cluster,
  type ClusterLog,
  type MigrationReport,
  type SchemaComparison,
} from "@sayso/database";
import type { Config } from "./config.ts";
import { findStoredSecret, readOrCreateSecret } from "./secret-file.ts";
import { requireSameSchema } from "./schema-mismatch.ts";

type Pool = Services["app"];

/** A database that this process may use. */
export interface OpenDatabase {
  /** The owner's address; it holds a password. */
  url: string;
  /** SAYSO_SECRET, after the proof that this database was sealed with it. */
  secret: string;
  app: Pool;
  system: Pool;
  /** What migrating did. Null: this process left the schema as it was. */
  migrated: MigrationReport | null;
  /**
   * The schema that this process left as it was; null after migrating. With `schema: "examine"` it can be older or
   * newer, and nothing may work then.
   */
  schema: SchemaComparison | null;
  /** Ends the pools, then the embedded PostgreSQL. A command leaves a server's PostgreSQL running. */
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** A server owns the data directory alone; commands come and go beside it. */
  purpose: "server" | "command";
  log: ClusterLog;
  /**
   * "migrate": brings the database up to date, as only the server and `sayso migrate` do. "require": refuses a schema
   * that is older or newer. "examine": takes every schema as it is. Default: "migrate" for a server, "require" for a
   * command, which can run beside a server of another release.
   */
  schema?: "migrate" | "require" | "examine";
}

/** A running PostgreSQL with a database for Sayso. */
export interface Engine {
  kind: "embedded" | "own";
  /** The owner's address; it holds a password. */
  url: string;
  /**
   * Stops the PostgreSQL if this process runs it. A command leaves a server's PostgreSQL running. Close the pools
   * first.
   */
  stop(): Promise<void>;
}

/** The pools for all work. */
export interface Pools {
  app: Pool;
  system: Pool;
  close(): Promise<void>;
}

const POOL_END_PATIENCE_MS = 3000;
const MIGRATION_PATIENCE_MS = 5000;

/**
 * Opens the PostgreSQL that the configuration names, without looking into its database.
 *
 * @throws DataDirectoryInUse, ClusterUnavailable
 */
export async function openEngine(
  config: Config,
  { secret, purpose, log }: { secret: string; purpose: "server" | "command"; log: ClusterLog },
): Promise<Engine> {
  if (config.databaseUrl !== null)
    return { kind: "own", url: config.databaseUrl, stop: () => Promise.resolve() };
  const cluster = await openEmbedded(config, secret, purpose, log);
  return { kind: "embedded", url: cluster.ownerUrl, stop: () => cluster.stop() };
}

/** Creates the pools. They connect at their first query. */
export function openPools(
  url: string,
  { purpose, log }: { purpose: "server" | "command"; log: ClusterLog },
): Pools {
  const open = (role: "sayso_app" | "sayso_system", max: number): Pool =>
    openPool({
      url,
      role,
      max,
      applicationName: `sayso ${purpose}`,
      onIdleError: (error) => log.warn({ err: error }, "lost a database connection"),
    });
  const [app, system] = [open("sayso_app", 10), open("sayso_system", 5)];
  return {
    app,
    system,
    async close() {
      await Promise.race([Promise.all([app.end(), system.end()]), after(POOL_END_PATIENCE_MS)]);
    },
  };
}

/**
 * Opens the database that the configuration names, embedded or not. A server migrates it; a command needs a schema of
 * its own release.
 *
 * @throws SchemaMismatch; DataDirectoryInUse, ClusterUnavailable, MigrationRefused, MissingRights, PostgreSQL's own
 *   errors, and an Error if SAYSO_SECRET is not the one that the database was sealed with
 */
export async function openDatabase(
  config: Config,
  {
    purpose,
    log,
    schema: demand = purpose === "server" ? "migrate" : "require",
  }: OpenDatabaseOptions,
): Promise<OpenDatabase> {
  const secret = await findSecret(config);
  const engine = await openEngine(config, { secret, purpose, log });
  const { url } = engine;
  const pools = openPools(url, { purpose, log });
  const close = async (): Promise<void> => {
    await pools.close();
    await engine.stop();
  };
  try {
    const migrated = demand === "migrate" ? await bringUpToDate(url, log) : null;
    const schema = migrated ? null : await compareSchema(url);
    if (schema && demand === "require") requireSameSchema(schema);
    if (!schema || schema.pending.length === 0) await proveSecret(pools.system, secret);
    return { url, secret, ...pools, migrated, schema, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

/** Migrates a database, and logs if it waits, and what it has found and done. */
async function bringUpToDate(url: string, log: ClusterLog): Promise<MigrationReport> {
  const notice = setTimeout(
    () => log.info({}, "migrating the database, or waiting for who is at it: a start, or a backup"),
    MIGRATION_PATIENCE_MS,
  );
  const report = await migrate(url).finally(() => clearTimeout(notice));
  const { applied, unknown } = report;
  if (applied.length > 0) log.info({ applied }, "migrated the database");
  if (unknown.length > 0)
    log.warn({ unknown }, "a newer release of Sayso has migrated this database");
  return report;
}

/** Returns SAYSO_SECRET, or the data directory's own secret. */
async function findSecret({ secret, dataDirectory, databaseUrl }: Config): Promise<string> {
  if (secret !== null) return secret;
  const isMadeElsewhere =
    databaseUrl === null &&
    existsSync(join(dataDirectory, "postgres", "PG_VERSION")) &&
    (await findStoredSecret(dataDirectory)) === null;
  if (isMadeElsewhere)
    throw new Error(
      `${dataDirectory} holds a database, but not the secret that it was made with. Set SAYSO_SECRET to that one.`,
    );
  await createDataDirectory(dataDirectory);
  return readOrCreateSecret(dataDirectory);
}

function openEmbedded(
  { dataDirectory }: Config,
  secret: string,
  purpose: "server" | "command",
  log: ClusterLog,
): Promise<Cluster> {
  return openCluster({
    dataDirectory,
    password: embeddedPassword(secret),
    holder: `sayso ${purpose}`,
    purpose,
    log,
  });
}

/** Derives the password of the embedded PostgreSQL's owner from SAYSO_SECRET. */
function embeddedPassword(secret: string): string {
  return createSecretBox(secret).deriveKey("embedded PostgreSQL").toString("hex");
}

/**
 * Checks the secret against the oldest organization. With another secret, every stored one would be unreadable, and new
 * ones would be unreadable for processes with the right secret.
 *
 * @throws Error if the database was sealed with another secret
 */
export async function proveSecret(system: Pool, secret: string): Promise<void> {
  const { rows } = await system.query<{ sealed: Buffer }>(
    "select webhook_secret as sealed from organizations order by created_at, id limit 1",
  );
  if (!rows[0]) return;
  try {
    createSecretBox(secret).open(rows[0].sealed);
  } catch (cause) {
    throw new Error(
      "SAYSO_SECRET is not the secret of this database, so its encrypted rows can't be read. " +
        "Set it to that one, or use the data directory whose file `secret` holds it.",
      { cause },
    );
  }
}

const after = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms).unref());

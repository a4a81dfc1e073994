import { existsSync } from "node:fs";
import { join } from "node:path";
import { createSecretBox, type Services } from "@sayso/core";
import {
  createDataDirectory,
  migrate,
  openCluster,
  openPool,
  pendingMigrations,
  type Cluster,
  type ClusterLog,
} from "@sayso/database";
import type { Config } from "./config.ts";
import { findStoredSecret, readOrCreateSecret } from "./secret-file.ts";

type Pool = Services["app"];

/** A migrated database that this process may use. */
export interface OpenDatabase {
  /** Of the owner; holds a password. */
  url: string;
  /** SAYSO_SECRET, proven to be the one that this database was sealed with. */
  secret: string;
  app: Pool;
  system: Pool;
  /** What is still missing; only where it was not to be migrated, and nothing works then. */
  pending: string[];
  /** Ends the pools, then the embedded PostgreSQL (a command leaves a server's running). */
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** A server owns the data directory alone; commands come and go beside it. */
  purpose: "server" | "command";
  log: ClusterLog;
  /** False: leaves the database as it is. Default true. */
  migrates?: boolean;
}

/** A running PostgreSQL with a database for Sayso. */
export interface Engine {
  kind: "embedded" | "own";
  /** Of the owner; holds a password. */
  url: string;
  /** Stops it where this process runs it (a command leaves a server's running). Close the pools first. */
  stop(): Promise<void>;
}

/** The pools by which all work is done. */
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

/** Nothing is connected yet. */
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
 * Opens the database that the configuration names, embedded or not, and brings it up to date.
 *
 * @throws DataDirectoryInUse, ClusterUnavailable, MigrationRefused, MissingRights, PostgreSQL's own errors, and an Error
 *   when SAYSO_SECRET is not the one that the database was sealed with
 */
export async function openDatabase(
  config: Config,
  { purpose, log, migrates = true }: OpenDatabaseOptions,
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
    const pending = migrates ? await bringUpToDate(url, log) : await pendingMigrations(url);
    if (pending.length === 0) await proveSecret(pools.system, secret);
    return { url, secret, ...pools, pending, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function bringUpToDate(url: string, log: ClusterLog): Promise<[]> {
  const told = setTimeout(
    () => log.info({}, "migrating the database, or waiting for who is at it: a start, or a backup"),
    MIGRATION_PATIENCE_MS,
  );
  const { applied, unknown } = await migrate(url).finally(() => clearTimeout(told));
  if (applied.length > 0) log.info({ applied }, "migrated the database");
  if (unknown.length > 0)
    log.warn({ unknown }, "a newer release of Sayso has migrated this database");
  return [];
}

/** SAYSO_SECRET, or the data directory's own. */
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

/** The password of the embedded PostgreSQL's owner, derived from SAYSO_SECRET. */
function embeddedPassword(secret: string): string {
  return createSecretBox(secret).deriveKey("embedded PostgreSQL").toString("hex");
}

/** Another secret than before would make every stored one unreadable, and seal new ones so that the others can't read them. */
export async function proveSecret(system: Pool, secret: string): Promise<void> {
  const { rows } = await system.query<{ sealed: Buffer }>(
    "select webhook_secret as sealed from organizations order by created_at, id limit 1",
  );
  if (!rows[0]) return;
  try {
    createSecretBox(secret).open(rows[0].sealed);
  } catch (cause) {
    throw new Error(
      "SAYSO_SECRET is not the one that this database was set up with, so what is encrypted in it can't be read. " +
        "Set it to that one, or use the data directory whose file `secret` holds it.",
      { cause },
    );
  }
}

const after = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms).unref());

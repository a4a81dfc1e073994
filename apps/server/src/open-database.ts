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
import { readOrCreateSecret } from "./secret-file.ts";

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

const POOL_END_PATIENCE_MS = 3000;

/**
 * Opens the database that the configuration names, embedded or not, and brings it up to date.
 *
 * @throws DataDirectoryInUse, ClusterUnavailable, MigrationRefused, PostgreSQL's own errors, and an Error when
 *   SAYSO_SECRET is not the one that the database was sealed with
 */
export async function openDatabase(
  config: Config,
  { purpose, log, migrates = true }: OpenDatabaseOptions,
): Promise<OpenDatabase> {
  const secret = await findSecret(config);
  const cluster =
    config.databaseUrl === null ? await openEmbedded(config, secret, purpose, log) : null;
  const url = cluster?.ownerUrl ?? config.databaseUrl!;
  const pools: Pool[] = [];
  const close = async (): Promise<void> => {
    await Promise.race([Promise.all(pools.map((pool) => pool.end())), after(POOL_END_PATIENCE_MS)]);
    await cluster?.stop();
  };
  try {
    const pending = migrates ? await bringUpToDate(url, log) : await pendingMigrations(url);
    const open = (role: "sayso_app" | "sayso_system", max: number): Pool => {
      const onIdleError = (error: Error): void =>
        log.warn({ err: error }, "lost a database connection");
      const pool = openPool({ url, role, max, applicationName: `sayso ${purpose}`, onIdleError });
      pools.push(pool);
      return pool;
    };
    const [app, system] = [open("sayso_app", 10), open("sayso_system", 5)];
    if (pending.length === 0) await proveSecret(system, secret);
    return { url, secret, app, system, pending, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function bringUpToDate(url: string, log: ClusterLog): Promise<[]> {
  const { applied, unknown } = await migrate(url);
  if (applied.length > 0) log.info({ applied }, "migrated the database");
  if (unknown.length > 0)
    log.warn({ unknown }, "a newer release of Sayso has migrated this database");
  return [];
}

/** SAYSO_SECRET, or the data directory's own. */
async function findSecret({ secret, dataDirectory }: Config): Promise<string> {
  if (secret !== null) return secret;
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
async function proveSecret(system: Pool, secret: string): Promise<void> {
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

import { randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate, openCluster, type Cluster } from "@sayso/database";
import pg from "pg";
import { HANG_MS } from "./hang.ts";

/** The PostgreSQL of a whole test run, as every process of the run finds it. */
interface ClusterAddress {
  /** Connection URL of the superuser to the database `sayso`. */
  adminUrl: string;
  /** A migrated, empty database from which new ones are copied. */
  template: string;
  /** The run's folder. Everything that the run writes is below it, so that nothing stays when the run is ended by a signal. */
  folder: string;
}

/** A running PostgreSQL for tests. */
export interface TestCluster extends ClusterAddress {
  /** Stops PostgreSQL and deletes its folder. */
  close: () => Promise<void>;
}

const ADDRESS = "SAYSO_TEST_CLUSTER";
/** Node's variable for the folder in which the run's processes share compiled programs. */
const COMPILED = "NODE_COMPILE_CACHE";
const FOLDER_PREFIX = "sayso-test-cluster-";

/**
 * Starts a real PostgreSQL 18 in a folder of its own below the system's temporary folder, and makes the template
 * database. Child processes of this one find it by themselves. Nothing stays when this process ends, also if a signal ends it
 * (clean-up.ts).
 */
export async function openTestCluster(): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), FOLDER_PREFIX));
  try {
    // If this process is root, PostgreSQL runs as another user, who must pass through the folder.
    await chmod(folder, 0o711);
    cleanUpAtTheEnd(folder);
    const first = await open(folder);
    // Two test files at once can start several servers with their pools.
    await run(first.ownerUrl, "alter system set max_connections = 400");
    await first.stop();
    const cluster = await open(folder);
    const template = "sayso_template";
    await run(cluster.ownerUrl, `create database ${template} template template0`);
    await migrate(withDatabase(cluster.ownerUrl, template));
    const address = { adminUrl: cluster.ownerUrl, template, folder };
    process.env[ADDRESS] = JSON.stringify(address);
    process.env[COMPILED] = join(folder, "compiled");
    return {
      ...address,
      async close() {
        delete process.env[ADDRESS];
        delete process.env[COMPILED];
        await cluster.stop();
        await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A database of its own on the run's cluster. */
export interface TestDatabase {
  /** Connection URL of the superuser, who can do anything and bypasses row-level security. */
  url: string;
  name: string;
  /** Cuts every connection to the database and deletes it. */
  drop: () => Promise<void>;
}

/**
 * Creates a fresh, migrated, empty database, in about 50 ms.
 *
 * @param options.migrated false: without any table, like an operator's new database
 */
export async function createDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const { adminUrl, template } = clusterAddress();
  const name = `t_${randomBytes(8).toString("hex")}`;
  await run(
    adminUrl,
    `create database ${name} template ${options.migrated === false ? "template0" : template}`,
  );
  return {
    name,
    url: withDatabase(adminUrl, name),
    drop: () => run(adminUrl, `drop database if exists ${name} with (force)`),
  };
}

/** Creates a temporary folder in which PostgreSQL can run, also when the tests run as root. `remove` deletes it. */
export async function createFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(clusterAddress().folder, "sayso-"));
  await chmod(path, 0o711);
  return {
    path,
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}

/**
 * Opens a migrated, empty database on a PostgreSQL of its own: another server than the run's, as after a move. `drop`
 * stops that PostgreSQL and deletes all its files.
 */
export async function openOtherServer(): Promise<TestDatabase> {
  const folder = await createFolder();
  try {
    const cluster = await open(folder.path);
    await migrate(cluster.ownerUrl);
    return {
      url: cluster.ownerUrl,
      name: "sayso",
      async drop() {
        await cluster.stop();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

function clusterAddress(): ClusterAddress {
  const text = process.env[ADDRESS];
  if (text === undefined) {
    throw new Error(
      "There is no test cluster: run this by vitest (packages/testkit/src/global-setup.ts), or call openTestCluster() first",
    );
  }
  return JSON.parse(text) as ClusterAddress;
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const onlyErrors = {
  info: () => undefined,
  warn: () => undefined,
  error: (fields: object, message: string) => console.error(message, fields),
};

const open = (folder: string): Promise<Cluster> =>
  openCluster({
    dataDirectory: join(folder, "data"),
    password: "test",
    holder: "sayso tests",
    purpose: "server",
    patienceMillis: HANG_MS,
    log: onlyErrors,
  });

/** Starts a process that outlives this one, and then removes everything of the run. */
function cleanUpAtTheEnd(folder: string): void {
  const program = fileURLToPath(new URL("clean-up.ts", import.meta.url));
  const child = spawn(process.execPath, [program, folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  child.unref();
  // A stream of a child process is a socket, which keeps this process alive unless it is told not to.
  (child.stdin as Socket).unref();
}

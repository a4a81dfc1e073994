import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openCluster, type Cluster } from "./cluster.ts";
import { migrate, pendingMigrations } from "./migrate.ts";
import { openPool } from "./pool.ts";
import { WatchedClient } from "./watched-client.ts";

let folder: string;
let cluster: Cluster;
let relay: Server;
let url: string;
/** Sockets whose data is swallowed: those of existing links, and of new ones until the set is emptied. */
let silenced: Set<Socket>;
let isSilent = false;
const links = new Set<Socket>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sayso-silence-"));
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  cluster = await openCluster({
    dataDirectory: join(folder, "data"),
    password: "test",
    holder: "test",
    purpose: "command",
    log,
    patienceMillis: 600_000,
  });
  await migrate(cluster.ownerUrl, { directory: await directoryOf({}) });
  const through = new URL(cluster.ownerUrl);
  const port = Number(through.port);
  relay = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    links.add(near);
    if (isSilent) silenced.add(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("data", (data) => !silenced.has(near) && other.write(data));
      one.on("error", () => undefined);
      one.on("close", () => other.destroy());
    }
    near.on("close", () => links.delete(near));
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  through.port = String((relay.address() as AddressInfo).port);
  url = through.href;
});

afterAll(async () => {
  links.forEach((link) => link.destroy());
  relay.close();
  await cluster.stop();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  silenced = new Set();
  isSilent = false;
});

const silence = () => {
  isSilent = true;
  silenced = new Set(links);
};

async function directoryOf(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(folder, "sql-"));
  await mkdir(join(directory, "migrations"));
  for (const [name, sql] of Object.entries(files))
    await writeFile(join(directory, "migrations", name), sql);
  return directory;
}

/** The longest silence: long for an answer of a database that lives, short for a test that waits for its end. */
const SILENT_MS = 2_000;

/** Opens a pool that notices silence after {@link SILENT_MS}. */
async function withPool(work: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const pool = openPool({
    url,
    role: "sayso_app",
    max: 3,
    applicationName: "silence test",
    statementMillisMax: SILENT_MS - 500,
  });
  try {
    await work(pool);
  } finally {
    await pool.end();
  }
}

test("a query to which nothing comes rejects and takes its connection with it; the pool goes on", () =>
  withPool(async (pool) => {
    await pool.query("select 1");
    // The connection was idle for longer than the limit of silence, which is allowed.
    await sleep(SILENT_MS + 200);
    expect(pool.idleCount).toBe(1);
    silence();
    await expect(pool.query("select 2")).rejects.toMatchObject({ code: "ETIMEDOUT" });
    await expect(pool.query("select 3")).rejects.toThrow();
    isSilent = false;
    expect((await pool.query("select 4 as n")).rows).toEqual([{ n: 4 }]);
  }));

test("a database that is slow but lives says so itself, and keeps the connection", () =>
  withPool(async (pool) => {
    const client = await pool.connect();
    await expect(client.query("select pg_sleep(5)")).rejects.toMatchObject({ code: "57014" });
    expect((await client.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
    client.release();
    expect(pool.totalCount).toBe(1);
  }));

test("after a silent query every later one on that connection rejects at once, so a rollback doesn't wait as well", () =>
  withPool(async (pool) => {
    const client = await pool.connect();
    await client.query("begin");
    silence();
    await expect(client.query("select 1")).rejects.toMatchObject({ code: "ETIMEDOUT" });
    // Had it waited as well, its error would be ETIMEDOUT.
    await expect(client.query("rollback")).rejects.toThrow("not queryable");
    client.release();
    expect(pool.totalCount).toBe(0);
  }));

test("when one connection falls silent, those that have heard nothing since go as well", () =>
  withPool(async (pool) => {
    const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
    clients.forEach((client) => client.release());
    silence();
    await sleep(400);
    await expect(pool.query("select 1")).rejects.toMatchObject({ code: "ETIMEDOUT" });
    isSilent = false;
    expect((await pool.query("select 2 as n")).rows).toEqual([{ n: 2 }]);
  }));

test("a connection that is cut while it is taken and idle is nobody's unhandled error", () =>
  withPool(async (pool) => {
    const client = await pool.connect();
    links.forEach((link) => link.destroy());
    await new Promise((resolve) => client.once("end", resolve as () => void));
    await expect(client.query("select 1")).rejects.toThrow("not queryable");
    client.release();
    expect((await pool.query("select 2 as n")).rows).toEqual([{ n: 2 }]);
  }));

test("a local socket that falls silent is given up as well", async () => {
  const mute = createServer(() => undefined);
  const port = 5999;
  await new Promise<void>((resolve) => mute.listen(join(folder, `.s.PGSQL.${port}`), resolve));
  const client = new WatchedClient({
    host: folder,
    port,
    user: "test",
    silentMillisMax: SILENT_MS,
  });
  await expect(client.connect()).rejects.toMatchObject({ code: "ETIMEDOUT" });
  mute.close();
});

test("a migration may take longer than anything may be silent", async () => {
  const directory = await directoryOf({ "0001_slow.sql": "select pg_sleep(5)" });
  const report = await migrate(url, { directory, silentMillisMax: SILENT_MS });
  expect(report.applied).toEqual(["0001_slow.sql"]);
  expect(await pendingMigrations(url, { directory })).toEqual([]);
});

test("a migration whose link falls silent gives up, and the next one goes on", async () => {
  const directory = await directoryOf({
    "0002_silent.sql": "create table made_once (n int); select pg_advisory_xact_lock(4711)",
  });
  // Past the relay: the migration goes on when the test lets go of this lock.
  const holder = new pg.Client({ connectionString: cluster.ownerUrl });
  await holder.connect();
  await holder.query("select pg_advisory_lock(4711)");
  const waiting =
    "select from pg_locks where locktype = 'advisory' and objid = 4711 and not granted";
  const migrating = migrate(url, { directory, silentMillisMax: SILENT_MS });
  await expect.poll(async () => (await holder.query(waiting)).rowCount).toBe(1);
  silence();
  await expect(migrating).rejects.toMatchObject({ code: "ETIMEDOUT" });
  isSilent = false;
  await holder.end();
  const report = await migrate(url, { directory, silentMillisMax: SILENT_MS });
  expect(report.applied).toEqual(["0002_silent.sql"]);
});

test("one that only waits for another's migration doesn't give up", async () => {
  const directory = await directoryOf({ "0003_waited_for.sql": "select pg_sleep(5)" });
  const reports = await Promise.all(
    [1, 2].map(() => migrate(url, { directory, silentMillisMax: SILENT_MS })),
  );
  expect(reports.flatMap(({ applied }) => applied)).toEqual(["0003_waited_for.sql"]);
});

test("what is pending can't be asked for over a silent link for ever", async () => {
  silence();
  await expect(
    pendingMigrations(url, { directory: await directoryOf({}), silentMillisMax: SILENT_MS }),
  ).rejects.toMatchObject({ code: "ETIMEDOUT" });
});

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCluster, type Cluster } from "./cluster.ts";
import { migrate, pendingMigrations } from "./migrate.ts";

let folder: string;
let cluster: Cluster;
let owner: pg.Client;
let databases = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sayso-migrate-"));
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const dataDirectory = join(folder, "data");
  const options = {
    dataDirectory,
    password: "test",
    holder: "test",
    purpose: "command",
    log: quiet,
    patienceMillis: 600_000,
  } as const;
  cluster = await openCluster(options);
  owner = new pg.Client({ connectionString: cluster.ownerUrl });
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await cluster.stop();
  await rm(folder, { recursive: true });
});

async function newDatabase(): Promise<string> {
  const name = `migrated_${(databases += 1)}`;
  await owner.query(`create database ${name}`);
  return Object.assign(new URL(cluster.ownerUrl), { pathname: name }).href;
}

/** Makes a folder of SQL: migrations by name, and other files by path. */
async function files(contents: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(folder, "sql-"));
  await mkdir(join(directory, "migrations"));
  await mkdir(join(directory, "functions", "some"), { recursive: true });
  for (const [name, sql] of Object.entries(contents)) {
    const path = /^\d|\bfirst\.sql$/.test(name) ? `migrations/${name}` : name;
    await writeFile(join(directory, path), sql);
  }
  return directory;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<pg.QueryResultRow>(text)).rows;
  } finally {
    await client.end();
  }
}

function migrateInAnotherProcess(url: string, directory: string) {
  const program = `
    import { migrate } from ${JSON.stringify(new URL("./migrate.ts", import.meta.url).href)};
    console.log(JSON.stringify(await migrate(${JSON.stringify(url)}, { directory: ${JSON.stringify(directory)} })));`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const report = new Promise<unknown>((resolve) =>
    child.once("close", () => resolve(output === "" ? undefined : JSON.parse(output))),
  );
  return { child, report };
}

const first = { "0001_first.sql": "create table a (n int); insert into a values (1);" };
const second = { "0002_second.sql": "create table b (n int);" };

test("applies what is missing, in order, once, and reports it", async () => {
  const url = await newDatabase();
  const one = await files(first);
  const both = await files({ ...second, ...first });
  expect(await pendingMigrations(url, { directory: both })).toEqual([
    "0001_first.sql",
    "0002_second.sql",
  ]);
  expect(await migrate(url, { directory: one })).toEqual({
    applied: ["0001_first.sql"],
    unknown: [],
    redefined: false,
  });
  expect(await pendingMigrations(url, { directory: both })).toEqual(["0002_second.sql"]);
  expect(await migrate(url, { directory: both })).toEqual({
    applied: ["0002_second.sql"],
    unknown: [],
    redefined: false,
  });
  expect(await migrate(url, { directory: both })).toEqual({
    applied: [],
    unknown: [],
    redefined: false,
  });
  expect(await pendingMigrations(url, { directory: both })).toEqual([]);
  expect(await query(url, "select n from a")).toEqual([{ n: 1 }]);
});

test("two processes at once: one migrates, the other waits and finds nothing to do", async () => {
  const url = await newDatabase();
  const directory = await files({
    "0001_slow.sql": "select pg_sleep(0.5); create table a (n int);",
    ...second,
  });
  const reports = await Promise.all(
    [1, 2].map(() => migrateInAnotherProcess(url, directory).report),
  );
  expect(reports).toHaveLength(2);
  expect(reports).toContainEqual({
    applied: ["0001_slow.sql", "0002_second.sql"],
    unknown: [],
    redefined: false,
  });
  expect(reports).toContainEqual({ applied: [], unknown: [], redefined: false });
});

test("killed in the middle of a migration, the next call completes it", async () => {
  const url = await newDatabase();
  const directory = await files({
    ...first,
    "0002_slow.sql":
      "create table b (n int); select pg_advisory_xact_lock(4711); insert into b values (1);",
  });
  // The migration goes on when the test lets go of this lock.
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  await holder.query("select pg_advisory_lock(4711)");
  const { child, report } = migrateInAnotherProcess(url, directory);
  const waiting =
    "select from pg_locks where locktype = 'advisory' and objid = 4711 and not granted";
  await expect.poll(() => query(url, waiting)).toHaveLength(1);
  child.kill("SIGKILL");
  expect(await report).toBeUndefined();
  await holder.end();
  expect(await migrate(url, { directory })).toEqual({
    applied: ["0002_slow.sql"],
    unknown: [],
    redefined: false,
  });
  expect(await query(url, "select n from b")).toEqual([{ n: 1 }]);
});

test("a migration that fails leaves nothing of itself and names its file", async () => {
  const url = await newDatabase();
  const directory = await files({
    ...first,
    "0002_bad.sql": "create table b (n int); select 1/0;",
  });
  await expect(migrate(url, { directory })).rejects.toThrow("0002_bad.sql: division by zero");
  expect(
    await query(url, "select to_regclass('a') is null as a, to_regclass('b') is null as b"),
  ).toEqual([{ a: false, b: true }]);
});

test("an applied file that was changed is refused before anything is done", async () => {
  const url = await newDatabase();
  await migrate(url, { directory: await files(first) });
  const changed = await files({ "0001_first.sql": "create table a (n bigint);", ...second });
  await expect(migrate(url, { directory: changed })).rejects.toMatchObject({
    code: "migration_refused",
    message: expect.stringContaining("0001_first.sql: changed after being applied") as string,
  });
  expect(await pendingMigrations(url, { directory: changed })).toEqual(["0002_second.sql"]);
});

test("line ends do not count as a change", async () => {
  const url = await newDatabase();
  await migrate(url, { directory: await files({ "0001_lines.sql": "select 1;\nselect 2;\n" }) });
  const windows = await files({ "0001_lines.sql": "select 1;\r\nselect 2;\r\n" });
  expect(await migrate(url, { directory: windows })).toEqual({
    applied: [],
    unknown: [],
    redefined: false,
  });
});

test("a database that a newer release migrated is tolerated and reported", async () => {
  const url = await newDatabase();
  await migrate(url, { directory: await files({ ...first, ...second }) });
  const older = await files(first);
  expect(await migrate(url, { directory: older })).toEqual({
    applied: [],
    unknown: ["0002_second.sql"],
    redefined: false,
  });
  expect(await pendingMigrations(url, { directory: older })).toEqual([]);
});

test.each([
  ["first.sql", "select 1"],
  ["0001_Upper.sql", "select 1"],
  ["0001_commits.sql", "create table a (n int);\nCOMMIT;"],
])("%s with %j is no migration", async (name, sql) => {
  const url = await newDatabase();
  await expect(migrate(url, { directory: await files({ [name]: sql }) })).rejects.toMatchObject({
    code: "migration_refused",
  });
});

test("every start restores the roles as weak ones that the user may assume", async () => {
  const url = await newDatabase();
  const directory = await files({});
  await migrate(url, { directory });
  await query(url, "alter role sayso_app bypassrls login; drop role sayso_system");
  await migrate(url, { directory });
  expect(
    await query(
      url,
      "select rolname, rolcanlogin, rolbypassrls, rolsuper, rolinherit from pg_roles where rolname like 'sayso\\_%' order by 1",
    ),
  ).toEqual(
    ["sayso_app", "sayso_system"].map((rolname) => ({
      rolname,
      rolcanlogin: false,
      rolbypassrls: false,
      rolsuper: false,
      rolinherit: false,
    })),
  );
  await query(url, "set role sayso_system");
});

test("an owner without superuser rights migrates, and one that may not make roles is told what to run", async () => {
  const url = new URL(await newDatabase());
  const directory = await files(first);
  await owner.query("create role hosted login createrole password 'hosted'");
  await owner.query(`alter database ${url.pathname.slice(1)} owner to hosted`);
  await owner.query("drop role if exists sayso_app, sayso_system");
  Object.assign(url, { username: "hosted", password: "hosted" });
  expect(await migrate(url.href, { directory })).toEqual({
    applied: ["0001_first.sql"],
    unknown: [],
    redefined: false,
  });
  await query(url.href, "set role sayso_app");
  await owner.query("drop role sayso_app, sayso_system; alter role hosted nocreaterole");
  await expect(migrate(url.href, { directory })).rejects.toThrow(
    /administrator[^]*create role sayso_app [^]*create role sayso_system /,
  );
});

test("an owner who inherits nothing by default sees every row all the same when they migrate", async () => {
  const url = new URL(await newDatabase());
  await owner.query("create role alone login createrole noinherit password 'alone'");
  await owner.query(`alter database ${url.pathname.slice(1)} owner to alone`);
  await owner.query("drop role if exists sayso_app, sayso_system");
  Object.assign(url, { username: "alone", password: "alone" });
  const directory = await files({
    "0001_rows.sql": `create table rows (n int); insert into rows values (1);
      alter table rows enable row level security; alter table rows force row level security;
      create policy everything on rows to sayso_system using (true);`,
    "0002_seen.sql": "create table seen as select n from rows",
  });
  await migrate(url.href, { directory });
  expect(await query(url.href, "select n from seen")).toEqual([{ n: 1 }]);
});

test("the application cannot touch the list of migrations", async () => {
  const url = await newDatabase();
  const directory = await files({
    "0001_grant.sql": "grant all on all tables in schema public to sayso_app;",
  });
  await migrate(url, { directory });
  await expect(
    query(url, "set role sayso_app; delete from sayso_migrations"),
  ).rejects.toMatchObject({ code: "42501" });
});

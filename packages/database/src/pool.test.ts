import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCluster, type Cluster } from "./cluster.ts";
import { migrate } from "./migrate.ts";
import { openPool } from "./pool.ts";
import { roles } from "./roles.ts";

const [mine, theirs] = [
  "00000000-0000-7000-8000-000000000001",
  "00000000-0000-7000-8000-000000000002",
];
let folder: string;
let cluster: Cluster;
let pool: pg.Pool;
const dropped: Error[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sayso-pool-"));
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const dataDirectory = join(folder, "data");
  cluster = await openCluster({
    dataDirectory,
    password: "p/?#",
    holder: "test",
    purpose: "command",
    log,
    patienceMillis: 600_000,
  });
  await mkdir(join(folder, "migrations"));
  await migrate(cluster.ownerUrl, { directory: folder });
  const owner = new pg.Client({ connectionString: cluster.ownerUrl });
  await owner.connect();
  await owner.query(`
    create table notes (organization_id uuid not null, body text not null);
    alter table notes enable row level security;
    alter table notes force row level security;
    create policy tenant on notes to sayso_app
      using (organization_id = nullif(current_setting('sayso.organization_id', true), '')::uuid);
    grant select, insert on notes to sayso_app;
    insert into notes values ('${mine}', 'mine'), ('${theirs}', 'theirs');`);
  await owner.end();
  pool = openPool({
    url: cluster.ownerUrl,
    role: "sayso_app",
    max: 4,
    applicationName: "pool test",
    onIdleError: (error) => dropped.push(error),
  });
});

afterAll(async () => {
  await pool.end();
  await cluster.stop();
  await rm(folder, { recursive: true });
});

test("every connection works as the role, with its time limits, also after RESET ALL", async () => {
  const clients = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
  for (const client of clients) {
    await client.query("reset role; reset all");
    const { rows } = await client.query(
      `select current_user as role, current_setting('statement_timeout') as statement,
              current_setting('idle_in_transaction_session_timeout') as idle,
              current_setting('application_name') as name`,
    );
    expect(rows).toEqual([
      { role: "sayso_app", statement: "3500ms", idle: "4s", name: "pool test" },
    ]);
    client.release();
  }
});

test("a forced policy hides and protects other organizations' rows", async () => {
  expect((await pool.query("select body from notes")).rows).toEqual([]);
  const client = await pool.connect();
  await client.query("begin");
  await client.query("select set_config('sayso.organization_id', $1, true)", [mine]);
  expect((await client.query("select body from notes")).rows).toEqual([{ body: "mine" }]);
  await expect(
    client.query("insert into notes values ($1, 'forged')", [theirs]),
  ).rejects.toMatchObject({ code: "42501" });
  await client.query("rollback");
  expect((await client.query("select body from notes")).rows).toEqual([]);
  await expect(client.query("alter table notes disable row level security")).rejects.toMatchObject({
    code: "42501",
  });
  client.release();
});

test("options in the URL are kept, but cannot take the role's place", async () => {
  const url = new URL(cluster.ownerUrl);
  url.searchParams.set("options", "-c work_mem=5MB -c role=sayso_system");
  const other = openPool({
    url: url.href,
    role: "sayso_app",
    max: 1,
    applicationName: "pool test",
  });
  const { rows } = await other.query(
    "select current_user as role, current_setting('work_mem') as memory",
  );
  expect(rows).toEqual([{ role: "sayso_app", memory: "5MB" }]);
  await other.end();
});

test("a connection that does not have the role is never handed out", async () => {
  const other = openPool({
    url: cluster.ownerUrl,
    role: "sayso_app",
    max: 1,
    applicationName: "pool test",
  });
  // Behaves like a pooler that drops start-up options.
  (other.options as { options?: string }).options = "";
  await expect(other.query("select 1")).rejects.toThrow("works as sayso, not as sayso_app");
  await other.end();
  const missing = openPool({
    url: cluster.ownerUrl,
    role: "nobody" as "sayso_app",
    max: 1,
    applicationName: "x",
  });
  await expect(missing.query("select 1")).rejects.toMatchObject({ code: "22023" });
  await missing.end();
});

test("values arrive as numbers, dates and text, and only here", async () => {
  const text = `select 9007199254740991::int8 as big, 12.5::numeric as amount, '2026-02-28'::date as day,
    '2026-02-28T12:00:00.123Z'::timestamptz as at, array[1, null]::int8[] as bigs, array[1.5] as amounts,
    array['2026-02-28']::date[] as days, '{"a": [1]}'::jsonb as data, count(*) as counted, null::int8 as nothing`;
  expect((await pool.query(text)).rows).toEqual([
    {
      big: 9007199254740991,
      amount: 12.5,
      day: "2026-02-28",
      at: new Date("2026-02-28T12:00:00.123Z"),
      bigs: [1, null],
      amounts: [1.5],
      days: ["2026-02-28"],
      data: { a: [1] },
      counted: 1,
      nothing: null,
    },
  ]);
  const plain = new pg.Client({ connectionString: cluster.ownerUrl });
  await plain.connect();
  expect((await plain.query("select 1::int8 as big")).rows).toEqual([{ big: "1" }]);
  await plain.end();
});

test("an idle connection that drops is told and replaced", async () => {
  await pool.query("select 1");
  const owner = new pg.Client({ connectionString: cluster.ownerUrl });
  await owner.connect();
  await owner.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pool test'",
  );
  await owner.end();
  await expect.poll(() => dropped.length).toBeGreaterThan(0);
  expect(dropped[0]).not.toHaveProperty("client");
  // Another idle connection can detect its end only when it is used.
  const query = () =>
    pool.query("select 1 as n").then(
      ({ rows }) => rows as unknown[],
      () => [],
    );
  await expect.poll(query).toEqual([{ n: 1 }]);
});

test("a second role works beside the first", async () => {
  const system = openPool({
    url: cluster.ownerUrl,
    role: roles[1],
    max: 1,
    applicationName: "pool test",
  });
  expect((await system.query("select current_user as role")).rows).toEqual([
    { role: "sayso_system" },
  ]);
  await system.end();
});

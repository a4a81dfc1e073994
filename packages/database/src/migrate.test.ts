import { spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
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

async function files(contents: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(folder, "migrations-"));
  for (const [name, sql] of Object.entries(contents)) await writeFile(join(directory, name), sql);
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
  });
  expect(await pendingMigrations(url, { directory: both })).toEqual(["0002_second.sql"]);
  expect(await migrate(url, { directory: both })).toEqual({
    applied: ["0002_second.sql"],
    unknown: [],
  });
  expect(await migrate(url, { directory: both })).toEqual({ applied: [], unknown: [] });
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
  expect(reports).toContainEqual({ applied: ["0001_slow.sql", "0002_second.sql"], unknown: [] });
  expect(reports).toContainEqual({ applied: [], unknown: [] });
});

test("killed in the middle of a migration, the next call completes it", async () => {
  const url = await newDatabase();
  const directory = await files({
    ...first,
    "0002_slow.sql": "create table b (n int); select pg_sleep(1); insert into b values (1);",
  });
  const { child, report } = migrateInAnotherProcess(url, directory);
  for (;;) {
    const sleeping = await query(url, "select from pg_stat_activity where wait_event = 'PgSleep'");
    if (sleeping.length === 1) break;
    await sleep(20);
  }
  child.kill("SIGKILL");
  expect(await report).toBeUndefined();
  expect(await migrate(url, { directory })).toEqual({ applied: ["0002_slow.sql"], unknown: [] });
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
  expect(await migrate(url, { directory: windows })).toEqual({ applied: [], unknown: [] });
});

test("a database that a newer release migrated is tolerated and reported", async () => {
  const url = await newDatabase();
  await migrate(url, { directory: await files({ ...first, ...second }) });
  const older = await files(first);
  expect(await migrate(url, { directory: older })).toEqual({
    applied: [],
    unknown: ["0002_second.sql"],
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

const migrations = fileURLToPath(new URL("../migrations/", import.meta.url));
/** Those before that one, in a folder. */
async function migrationsBefore(name: string): Promise<string> {
  const earlier = await mkdtemp(join(folder, "earlier-"));
  for (const file of await readdir(migrations))
    if (file < name) await cp(join(migrations, file), join(earlier, file));
  return earlier;
}
const insertRequest = (id: string, title: string) => `
  insert into requests (id, organization_id, title, description, status, priority, required_approvals)
  values ('${id}', '${randomUUID()}', '${title}', 'Since spring', 'pending', 'low', 1)`;
const search = (url: string, words: string) =>
  query(
    url,
    `select id, status from request_search where words @@ to_tsquery('english', '${words}') order by status`,
  );

test("what an earlier release stored can be searched after the upgrade, and goes on being kept", async () => {
  const url = await newDatabase();
  await migrate(url, { directory: await migrationsBefore("0024") });
  const [old, late] = [randomUUID(), randomUUID()];
  await query(url, insertRequest(old, "Water the garden"));
  await migrate(url);
  await query(url, insertRequest(late, "Water the roof"));
  expect(await search(url, "watering & garden & spring")).toEqual([{ id: old, status: "pending" }]);
  await query(
    url,
    `update requests set status = 'approved', title = 'Water the yard' where id = '${old}'`,
  );
  await query(url, `update requests set status = 'rejected' where id = '${late}'`);
  expect(await search(url, "garden")).toEqual([]);
  expect(await search(url, "water")).toEqual([
    { id: old, status: "approved" },
    { id: late, status: "rejected" },
  ]);
});

test("an earlier release goes on deciding while its requests are made searchable", async () => {
  const url = await newDatabase();
  await migrate(url, { directory: await migrationsBefore("0025") });
  const [decided, revised, made] = [randomUUID(), randomUUID(), randomUUID()];
  await query(
    url,
    `alter table requests disable trigger add_to_search; ${insertRequest(decided, "Water the garden")};
    ${insertRequest(revised, "Water the roof")}; alter table requests enable trigger add_to_search`,
  );
  const name = "0025_earlier_request_search.sql";
  const sql = await readFile(join(migrations, name), "utf8");
  const upgrade = new pg.Client({ connectionString: url });
  await upgrade.connect();
  await upgrade.query(`begin; ${sql}`);
  await query(
    url,
    `set statement_timeout = 1000; update requests set status = 'approved' where id = '${decided}';
    update requests set title = 'Paint the roof' where id = '${revised}'; ${insertRequest(made, "Paint the wall")}`,
  );
  await upgrade.query("insert into sayso_migrations (name, sha256) values ($1, $2)", [
    name,
    createHash("sha256").update(sql).digest("hex"),
  ]);
  await upgrade.query("commit");
  await upgrade.end();
  await migrate(url);
  expect(await search(url, "water")).toEqual([{ id: decided, status: "approved" }]);
  expect(await search(url, "paint & roof")).toEqual([{ id: revised, status: "pending" }]);
  expect(await search(url, "paint & wall")).toEqual([{ id: made, status: "pending" }]);
});

test("requests that were pending before 0039 keep who changed them, who wrote their rule, and whose each vote is", async () => {
  const url = await newDatabase();
  const sources = fileURLToPath(new URL("../migrations", import.meta.url));
  const names = (await readdir(sources)).filter((name) => name < "0039");
  const earlier = await mkdtemp(join(folder, "migrations-"));
  for (const name of names) await cp(join(sources, name), join(earlier, name));
  await migrate(url, { directory: earlier });
  const [organization, ann, ben, template, flow] = Array.from({ length: 5 }, () => randomUUID());
  const [byTemplate, byAsker, run, decided] = Array.from({ length: 4 }, () => randomUUID());
  const request = (id: string, createdBy: string, more: Record<string, string> = {}) => {
    const row = { status: "'pending'", ...more };
    return `insert into requests (id, organization_id, created_by, title, description, priority, required_approvals, ${Object.keys(row).join()})
      values ('${id}', '${organization}', '${createdBy}', 't', 'd', 'low', 1, ${Object.values(row).join()});`;
  };
  const event = (
    about: string | null,
    sequence: string,
    type: string,
    actor: string,
    data = "{}",
  ) =>
    `insert into events (id, organization_id, request_id, sequence, type, actor_kind, actor_id, data)
     values ('${randomUUID()}', '${organization}', ${about === null ? "null" : `'${about}'`}, ${sequence}, '${type}', 'person',
       '${actor}', '${data}');`;
  const approves = { auto_action: "'approve'", auto_action_at: "now() + interval '1 day'" };
  await query(
    url,
    `insert into organizations (id, name, webhook_secret) values ('${organization}', 'o', '');
     insert into people (id, name, email) values ('${ann}', 'Ann', 'ann@example.com'), ('${ben}', 'Ben', 'ben@example.com');
     insert into templates (id, organization_id, name, defaults)
     values ('${template}', '${organization}', 't', '{"autoAction": "approve", "autoActionAfterMinutes": 1}');
     insert into flows (id, organization_id, owner_id, name, description, object_type, object_action, tags, steps)
     values ('${flow}', '${organization}', '${ann}', 'f', '', 'o', 'update', '[]', '[]');
     ${event(null, "0", "template.created", ann!, `{"template_id": "${template}"}`)}
     ${request(byTemplate!, ben!, { ...approves, template_id: `'${template}'` })}
     ${request(byAsker!, ben!, approves)}
     ${request(run!, ben!, { flow_id: `'${flow}'`, required_steps: "1" })}
     ${request(decided!, ben!, { status: "'approved'", ...approves })}
     ${event(byAsker!, "2", "approval.revised", ann!)}
     insert into steps (id, organization_id, request_id, step_order, status, required_approvals, assigned_user_ids)
     values ('${randomUUID()}', '${organization}', '${run}', 1, 'active', 2, '{${ann},${ben}}'),
            ('${randomUUID()}', '${organization}', '${run}', 2, 'waiting', 1, '{${ann},${ben}}');`,
  );
  await migrate(url);
  expect(
    await query(
      url,
      `select id, askers, auto_action_by as author, auto_action_of_template as is_templates from requests`,
    ),
  ).toEqual(
    expect.arrayContaining([
      { id: byTemplate, askers: null, author: ann, is_templates: true },
      { id: byAsker, askers: [`person ${ann}`], author: ben, is_templates: false },
      { id: run, askers: null, author: null, is_templates: null },
      { id: decided, askers: null, author: null, is_templates: null },
    ]),
  );
  expect(await query(url, "select needs_each from steps order by step_order")).toEqual([
    { needs_each: true },
    { needs_each: false },
  ]);
});

test("the first key of a server that began on localhost decides only while it stays there; other connections are left alone", async () => {
  const url = await newDatabase();
  await migrate(url, { directory: await migrationsBefore("0045") });
  const [first, second, ann] = [randomUUID(), randomUUID(), randomUUID()];
  /** Made at that hour; it decides since then, or another. */
  const connection = (
    name: string,
    made: { as: string; at: number; decidesSince?: number; by?: string; of?: string },
  ) => {
    const [id, organization] = [randomUUID(), made.of ?? first];
    const hour = (at: number) => `timestamptz '2026-01-01' + interval '${at} hours'`;
    const since = made.decidesSince ?? made.at;
    return `insert into connections (id, organization_id, owner_id, name, rate_limit_per_hour, webhook_secret, created_at,
        can_decide, can_decide_own, decides_for, decides_since, decides_by)
      values ('${id}', '${organization}', '${ann}', '${name}', 100, '', ${hour(made.at)},
        true, true, '${ann}', ${hour(since)}, '${made.by ?? "command_line"}');
      insert into events (id, organization_id, sequence, type, actor_kind, actor_id, data, created_at)
      values ('${randomUUID()}', '${organization}', 0, 'connection.created', 'person', '${ann}',
        '{"connection_id": "${id}", "name": "${made.as}"}', ${hour(made.at)});`;
  };
  await query(
    url,
    `insert into organizations (id, name, webhook_secret) values ('${first}', 'o', ''), ('${second}', 'p', '');
     insert into people (id, name) values ('${ann}', 'Ann');
     ${connection("Renamed since", { as: "First key", at: 1 })}
     ${connection("Deliberate", { as: "First key", at: 2 })}
     ${connection("First key", { as: "Bot", at: 3 })}
     ${connection("Agreed to later", { as: "First key", at: 1, decidesSince: 4, by: "session", of: second })}`,
  );
  await migrate(url);
  expect(
    await query(url, "select name from connections where decides_while_local order by name"),
  ).toEqual([{ name: "Renamed since" }]);
});

import { existsSync } from "node:fs";
import { copyFile, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { migrate } from "@sayso/database";
import { must } from "@sayso/must";
import {
  api,
  createFolder,
  createNextRelease,
  freePort,
  openServices,
  startEmbedded,
  startReceiver,
  startServer,
  testSecret,
  until,
  type TestServices,
} from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectKept, nothingYet, openCast, startLoad, type Acknowledged } from "../crash/load.ts";
import { expectAllSound } from "../request-history.ts";
import { openBareServer, type BareServer } from "./bare-server.ts";
import { runSayso } from "./sayso-process.ts";

// This PostgreSQL server has ordinary users: no superuser makes the backup or restores it.

const folder = await createFolder();
const receiver = await startReceiver();
const passphrase = "nine grey herons at dusk";
let own: BareServer;
/** The database of an ordinary user, after an administrator ran the commands that Sayso printed. */
let source: { url: string; adminUrl: string; name: string };
/** A backup file of `source` with its secret. */
let backup: string;
/** Everything that `source` had acknowledged before that backup began. */
let before: Acknowledged;

beforeAll(async () => {
  own = await openBareServer();
});
afterAll(async () => {
  await receiver.stop();
  await own.close();
  await folder.remove();
});

type Environment = Record<string, string>;
const environmentOf = (more: Environment): Environment => ({
  SAYSO_SECRET: testSecret,
  SAYSO_DATA_DIR: join(folder.path, "nowhere"),
  SAYSO_BACKUP_PASSPHRASE: passphrase,
  TMPDIR: process.env.TMPDIR ?? "/tmp",
  ...more,
});

/** Runs a command to its end. An empty variable counts as absent. */
async function sayso(args: readonly string[], env: Environment, program?: string) {
  const run = runSayso(args, environmentOf(env), program);
  const code = await run.ended;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
}

/** Runs a command that must succeed, and returns its output. */
async function done(args: readonly string[], env: Environment, program?: string): Promise<string> {
  const { code, stdout, stderr } = await sayso(args, env, program);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

const at = (name: string): string => join(folder.path, name);

/** Creates an empty database that an ordinary user owns. */
async function emptyDatabase(user: string) {
  const made = await own.addDatabase(user, { isOwner: true });
  await own.asAdmin(`grant sayso_app, sayso_system to "${user}"`);
  return made;
}

const servicesOf = (databaseUrl: string): TestServices =>
  openServices({ databaseUrl, url: "http://127.0.0.1" });

async function withServices<T>(databaseUrl: string, work: (s: TestServices) => Promise<T>) {
  const services = servicesOf(databaseUrl);
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

/** Counts the rows of every table, past row-level security. */
const countsOf = (databaseUrl: string): Promise<Record<string, number>> =>
  withServices(databaseUrl, async ({ sql }) => {
    const tables = await sql<{ name: string }>(
      `select table_name as name from information_schema.tables
       where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    const counts: Record<string, number> = {};
    for (const { name } of tables)
      counts[name] = must(
        (await sql<{ n: number }>(`select count(*)::int as n from "${name}"`))[0],
      ).n;
    return counts;
  });

interface Header {
  taken_at: string;
  tables: { name: string; rows: number }[];
  secret: object | null;
}
const headerOf = async (file: string): Promise<Header> =>
  JSON.parse(must((await readFile(file, "utf8")).split("\n", 2)[1])) as Header;

describe("backup and restore", () => {
  test("a first start on one's own PostgreSQL names every missing right at once, and so does doctor", async () => {
    // PostgreSQL 15 and newer create databases in which an ordinary user can't even create a table.
    source = await own.addDatabase("ordinary");
    const env = { DATABASE_URL: source.url, PORT: String(await freePort()) };
    const start = await sayso(["serve"], env);
    expect(start.code).toBe(1);
    for (const part of [
      "create role sayso_app ",
      "create role sayso_system ",
      'grant sayso_system to "ordinary"',
      'grant usage, create on schema public to "ordinary" with grant option',
      `grant create on database "${source.name}" to "ordinary"`,
    ])
      expect(start.stderr).toContain(part);
    const doctor = await sayso(["doctor", "--json"], env);
    expect(doctor.code).toBe(1);
    const { checks } = JSON.parse(doctor.stdout) as {
      checks: { name: string; ok: boolean; fix?: string }[];
    };
    const { ok, fix } = must(checks.find(({ name }) => name === "rights"));
    expect(ok).toBe(false);
    const statements = must(fix).split("\n").slice(1).join("\n");
    expect(start.stderr).toContain(statements);
    await own.asAdmin(statements, source.name);
    const mended = await sayso(["doctor"], env);
    expect(mended.stdout).toContain("✓ rights");
  });

  test("a backup while decisions run holds everything acknowledged before it began, and nothing in halves", async () => {
    const server = await startServer({
      database: { ...source, drop: () => Promise.resolve() },
      replicas: 1,
    });
    try {
      const services = servicesOf(source.adminUrl);
      const cast = await openCast(services, server);
      before = nothingYet();
      const load = startLoad(() => server.url, cast, receiver, before);
      await until(() => before.decided.size >= 100, "the load is under way");
      const kept: Acknowledged = {
        requests: new Set(before.requests),
        votes: [...before.votes],
        comments: [...before.comments],
        decided: new Map(before.decided),
      };
      backup = at("source.backup");
      await done(["backup", "--with-secret", backup], { DATABASE_URL: source.url });
      const inBackup = before.decided.size;
      await until(() => before.decided.size > inBackup + 20, "the load goes on");
      await load.stop();
      expect(load.surprises).toEqual([]);
      before = kept;
      await services.close();
    } finally {
      await server.stop();
    }
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder.path)).filter((name) => name.includes("partial"))).toEqual([]);
    const { tables } = await headerOf(backup);
    const there = Object.keys(await countsOf(source.adminUrl));
    expect(tables.map(({ name }) => name).toSorted()).toEqual(
      there.filter((name) => !name.startsWith("sayso_")).toSorted(),
    );
    expect((await readFile(backup)).includes(testSecret)).toBe(false);
  });

  test("restored into an embedded PostgreSQL by its passphrase alone: equal, verified, held, in order, released", async () => {
    const dataDirectory = at("embedded");
    const env = { SAYSO_DATA_DIR: dataDirectory, SAYSO_SECRET: "" };
    const report = JSON.parse(await done(["restore", backup, "--json"], env)) as {
      ok: boolean;
      rows: number;
      disagreeing: string[];
      audit: { organizations: { verified: number }[] };
    };
    expect(report).toMatchObject({ ok: true, disagreeing: [] });
    expect((await readFile(join(dataDirectory, "secret"), "utf8")).trim()).toBe(testSecret);
    expect((await stat(join(dataDirectory, "secret"))).mode & 0o777).toBe(0o600);

    const heard = receiver.requests.length;
    const server = await startEmbedded({ dataDirectory, env: { SAYSO_SECRET: undefined } });
    try {
      const databaseUrl = await server.databaseUrl();
      await withServices(databaseUrl, async (services) => {
        const { sql } = services;
        await expectKept(services, before);
        await expectAllSound(services);
        const heads = await sql<{ position: number }>("select position from feed_heads");
        const cast = await openCast(services, server);
        const asked = await cast.machine.api.create({ callback_url: `${receiver.url}/hook` });
        expect(asked.status).toBe(201);
        const decided = await api(server.url, cast.deciders[0].key).approve(asked.body.id);
        expect(decided.body.status).toBe("approved");
        // New events come after the restored ones, without a gap.
        await until(
          async () =>
            (
              await sql(
                `select from events e where not exists (select from feed f where f.event_id = e.id)`,
              )
            ).length === 0,
          "every event has its place",
        );
        const gaps = await sql(
          `select from feed group by organization_id having count(*) <> max(position)`,
        );
        expect(gaps).toEqual([]);
        expect((await sql("select from feed_heads")).length).toBeGreaterThan(heads.length);
        // Nothing was sent, although the worker had its time and a process could have claimed the stored deliveries.
        await sleep(1500);
        expect(receiver.requests.slice(heard)).toEqual([]);
        expect(server.logs()).toContain("sayso deliveries release");
        expect(await done(["audit", "verify"], env)).not.toContain("✗");
        await done(["deliveries", "release"], env);
        await until(
          () => receiver.requests.some(({ json }) => json.request_id === asked.body.id),
          "what was held is sent",
        );
      });
    } finally {
      await server.stop();
    }
  });

  test("from an embedded PostgreSQL to another user's database, rows equal to the header's; a first kill -9 changes nothing", async () => {
    const file = at("embedded.backup");
    expect(await done(["backup", file], { SAYSO_DATA_DIR: at("embedded") })).toContain(
      "It doesn't contain the secret",
    );
    const target = await emptyDatabase("someone else");
    const env = { DATABASE_URL: target.url };
    for (const moment of ["%", "copy %", "alter table % add constraint %"]) {
      const run = runSayso(["restore", file], environmentOf(env));
      let hasEnded = false;
      void run.ended.then(() => (hasEnded = true));
      // Polls without a pause, because each moment is short.
      while (!hasEnded && !(await own.isAt("sayso restore", moment)));
      run.child.kill("SIGKILL");
      expect(await run.ended).toBe(null);
      await until(async () => !(await own.isAt("sayso restore", "%")), "its session has ended");
      expect(
        await own.asAdmin(
          "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
          target.name,
        ),
      ).toEqual([]);
    }
    await done(["restore", file], env);
    const counts = await countsOf(target.adminUrl);
    const { tables } = await headerOf(file);
    const emptied = ["sessions", "oauth_interactions", "passkey_challenges", "delivery_hold"];
    const placed = ["feed", "feed_heads", "deliveries"];
    for (const { name, rows } of tables) {
      if (emptied.includes(name)) continue;
      if (placed.includes(name)) expect(counts[name]).toBeGreaterThanOrEqual(rows);
      else expect({ name, rows: counts[name] }).toEqual({ name, rows });
    }
    expect(counts.sessions).toBe(0);
    // Everything that guards the tables is there again.
    const guards = `
      select 'rls' as kind, relname::text as name, relrowsecurity::text || relforcerowsecurity as what from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r'
      union all select 'constraint', conname, pg_get_constraintdef(oid) || convalidated from pg_constraint
        where connamespace = 'public'::regnamespace
      union all select 'trigger', tgname, tgenabled::text from pg_trigger where not tgisinternal
      union all select 'migration', name, sha256 from sayso_migrations
      order by 1, 2, 3`;
    expect(await own.asAdmin(guards, target.name)).toEqual(await own.asAdmin(guards, source.name));
    await withServices(target.adminUrl, expectAllSound);
  });

  test("a backup that is killed leaves nothing that could be taken for one", async () => {
    const partials = async () =>
      (await readdir(folder.path)).filter((name) => name.startsWith("killed.backup"));
    const run = runSayso(
      ["backup", at("killed.backup")],
      environmentOf({ DATABASE_URL: source.url }),
    );
    while (!(await own.isAt("sayso backup", "%copy %")));
    run.child.kill("SIGKILL");
    await run.ended;
    expect(existsSync(at("killed.backup"))).toBe(false);
    expect((await partials()).length).toBeLessThanOrEqual(1);
    for (const name of (await partials()).filter((name) => name.includes("partial"))) {
      const refused = await sayso(["restore", at(name)], { SAYSO_DATA_DIR: at("unborn") });
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/never finished|cut off|not a backup/);
    }
    expect(existsSync(at("unborn"))).toBe(false);
  });

  test("a file that is cut off, altered or made with another secret is refused before anything is changed", async () => {
    const size = (await stat(backup)).size;
    const whole = await readFile(backup);
    const bodyAt = whole.indexOf("\n", whole.indexOf("\n", whole.indexOf("\n") + 1) + 1) + 1;
    const refusals: [string, (file: string) => Promise<void>, RegExp, Environment?][] = [
      ["cut in the rows", (file) => truncate(file, size - 1), /cut off/],
      ["a row", (file) => flip(file, bodyAt + Math.floor((size - bodyAt) / 2)), /altered/],
      ["the header", (file) => flip(file, whole.indexOf('"organizations":') + 17), /altered/],
      [
        "another secret",
        () => Promise.resolve(),
        /is not the secret of this backup/,
        { SAYSO_SECRET: "another secret that is long enough for anyone" },
      ],
      [
        "another passphrase",
        () => Promise.resolve(),
        /passphrase doesn't open/,
        { SAYSO_SECRET: "", SAYSO_BACKUP_PASSPHRASE: "eleven herons at noon" },
      ],
    ];
    for (const [name, spoil, words, env] of refusals) {
      const file = at("spoilt.backup");
      await copyFile(backup, file);
      await spoil(file);
      const refused = await sayso(["restore", file], { SAYSO_DATA_DIR: at("unborn"), ...env });
      expect({ name, code: refused.code, stderr: refused.stderr }).toEqual({
        name,
        code: 1,
        stderr: expect.stringMatching(words) as string,
      });
      expect({ name, exists: existsSync(at("unborn")) }).toEqual({ name, exists: false });
    }
    const again = await sayso(["backup", backup], { DATABASE_URL: source.url });
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("exists already");
  });

  test("a database that isn't empty is refused, unless the danger is named", async () => {
    const target = await emptyDatabase("ordinary");
    await migrate(target.url);
    await own.asAdmin(
      `insert into organizations (id, name, webhook_secret) values (gen_random_uuid(), 'There already', '\\x00')`,
      target.name,
    );
    const env = { DATABASE_URL: target.url };
    const refused = await sayso(["restore", backup], env);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("isn't empty: it holds 1 organizations");
    expect(await countsOf(target.adminUrl)).toMatchObject({ organizations: 1, requests: 0 });
    await done(["restore", backup, "--erase-existing"], env);
    const names = await own.asAdmin<{ name: string }>(
      "select name from organizations",
      target.name,
    );
    expect(names.map(({ name }) => name)).not.toContain("There already");
  });

  test("a backup of an older release is brought up to date; one of a newer release is refused", async () => {
    const next = await createNextRelease("9.0.0", {
      "migrations/9999_future.sql": "alter table requests add column future text default 'bright'",
      "functions/requests/count_shard.sql": (text) => text.replace("volatile", "stable"),
    });
    const earlier = await emptyDatabase("ordinary");
    await migrate(earlier.url);
    await withServices(earlier.adminUrl, async ({ sql, secrets, newId }) => {
      const [organization, request] = [newId(), newId()];
      await sql("insert into organizations (id, name, webhook_secret) values ($1, 'Old', $2)", [
        organization,
        secrets.seal("whsec_x"),
      ]);
      await sql(
        `insert into requests (id, organization_id, title, description, status, priority, required_approvals)
         values ($1, $2, 'Herons', E'a tab\\tand\\nlines \\\\N', 'pending', 'low', 1)`,
        [request, organization],
      );
      await sql(
        `insert into request_counts (organization_id, status, priority, shard, count) values ($1, 'pending', 'low', 0, 1)`,
        [organization],
      );
      // The server is stopped before its sequencer gives this event a position.
      await sql(
        `insert into events (id, organization_id, request_id, sequence, type, actor_kind, data)
         values ($1, $2, $3, 1, 'approval.created', 'system', '{}')`,
        [newId(), organization, request],
      );
    });
    const file = at("older.backup");
    await done(["backup", file], { DATABASE_URL: earlier.url });
    const target = await emptyDatabase("ordinary");
    const restored = await done(
      ["restore", file, "--json"],
      { DATABASE_URL: target.url },
      next.bundle,
    );
    expect(JSON.parse(restored)).toMatchObject({
      ok: true,
      disagreeing: [],
      events_placed: 1,
      audit: { organizations: [{ verified: 1 }] },
    });
    const [found] = await own.asAdmin(
      `select r.description, s.words @@ 'heron' as found, r.future from requests r join request_search s using (id)`,
      target.name,
    );
    expect(found).toEqual({
      description: "a tab\tand\nlines \\N",
      found: true,
      future: "bright",
    });

    const newer = at("newer.backup");
    await done(["backup", newer], { DATABASE_URL: target.url }, next.bundle);
    await next.remove();
    const refused = await sayso(["restore", newer], { SAYSO_DATA_DIR: at("unborn") });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      "newer release of Sayso made this backup, which has 9999_future.sql",
    );
    expect(existsSync(at("unborn"))).toBe(false);
  });
});

async function flip(file: string, position: number): Promise<void> {
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position);
  await writeFile(file, bytes);
}

// 90 and 92 of docs/faults.md: the audit trail, checked from outside with the command line.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { verifyAudit, type AuditCheckpoint, type AuditFault } from "@sayso/core";
import { must } from "@sayso/must";
import {
  createDatabase,
  createFolder,
  createOrganization,
  openOtherServer,
  openServices,
  startServer,
  testSecret,
  until,
  type TestDatabase,
  type TestOrganization,
  type TestServices,
} from "@sayso/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { copyDatabase } from "./copy-database.ts";

const bundle = fileURLToPath(new URL("../../apps/server/dist/sayso.js", import.meta.url));
const folder = await createFolder();
let source: TestDatabase;
let database: TestDatabase;
let services: TestServices;
let ours: TestOrganization;
let theirs: TestOrganization;
const databases: TestDatabase[] = [];

// One server writes a history, and each test works on a copy of it.
beforeAll(async () => {
  source = await createDatabase();
  databases.push(source);
  const server = await startServer({ database: source });
  const writing = openServices(server);
  [ours, theirs] = [
    await createOrganization(writing, server),
    await createOrganization(writing, server),
  ];
  for (const organization of [ours, theirs]) {
    const machine = await organization.addConnection({ canDecide: true, canDecideOwn: true });
    for (let n = 0; n < 10; n++) {
      const { body } = await machine.api.create({ metadata: { ключ: `✓ ${n}\n` } });
      await machine.api.comment(body.id, "line one\nline two");
      await machine.api.approve(body.id, n % 2 === 0 ? "yes" : undefined);
    }
  }
  await until(
    async () =>
      (
        await writing.sql(
          "select from events e where not exists (select from feed f where f.event_id = e.id) limit 1",
        )
      ).length === 0,
    "every event has its place",
  );
  await writing.close();
  await server.stop();
});

beforeEach(async () => {
  database = await createDatabase();
  databases.push(database);
  await copyDatabase(source, database);
  services = openServices({ databaseUrl: database.url, url: "http://127.0.0.1:9" });
});

afterAll(async () => {
  await services.close();
  for (const one of databases) await one.drop();
  await folder.remove();
});

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `sayso audit …` on the test's database. */
const sayso = (...args: string[]): Promise<Ended> => {
  const env = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    DATABASE_URL: database.url,
    SAYSO_SECRET: testSecret,
    SAYSO_DATA_DIR: join(folder.path, "data"),
  };
  return new Promise((resolve) =>
    execFile(process.execPath, [bundle, "audit", ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  );
};

const checkpoint = async (): Promise<{ file: string; all: AuditCheckpoint[] }> => {
  const { code, stdout } = await sayso("checkpoint");
  expect(code).toBe(0);
  const file = join(folder.path, `checkpoint-${Math.random()}`);
  await writeFile(file, stdout);
  return {
    file,
    all: stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as AuditCheckpoint),
  };
};

/** Returns the event at a position of our organization. */
const eventAt = async (position: number): Promise<string> =>
  must(
    (
      await services.sql<{ id: string }>(
        "select event_id as id from feed where organization_id = $1 and position = $2",
        [ours.id, position],
      )
    )[0],
  ).id;

const sizeOf = async (organization: TestOrganization): Promise<number> =>
  must(
    (
      await services.sql<{ n: number }>(
        "select position::int as n from feed_heads where organization_id = $1",
        [organization.id],
      )
    )[0],
  ).n;

const faultsOf = async (): Promise<AuditFault[]> => (await verifyAudit(services)).faults;

test("an honest history is found right, to the last event", async () => {
  const { code, stdout } = await sayso("verify", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    ok: true,
    organizations: expect.arrayContaining([
      { organization_id: ours.id, verified: await sizeOf(ours) },
      { organization_id: theirs.id, verified: await sizeOf(theirs) },
    ]) as unknown,
    faults: [],
  });
  const { file } = await checkpoint();
  expect(await sayso("verify", "--checkpoint", file)).toMatchObject({ code: 0 });
});

test("90: after a restore on another server it is found equal to the checkpoint of before", async () => {
  const { file } = await checkpoint();
  const other = await openOtherServer();
  databases.push(other);
  await copyDatabase(database, other);
  const here = database;
  database = other;
  try {
    expect(await sayso("verify", "--checkpoint", file)).toMatchObject({ code: 0 });
  } finally {
    database = here;
  }
});

describe("92: is found:", () => {
  test.each<[string, string]>([
    ["data", `data = '{"required_approvals":2}'`],
    ["whitespace in data", `data = (data::text || ' ')::json`],
    ["type", "type = 'approval.rejected'"],
    ["actor", "actor_id = gen_random_uuid()"],
    ["kind of actor", "actor_kind = 'system'"],
    ["time", "created_at = created_at + interval '1 millisecond'"],
    ["sequence", "sequence = sequence + 100"],
    ["request", "request_id = gen_random_uuid()"],
  ])("an event's %s altered, and which", async (_, change) => {
    const id = await eventAt(20);
    await services.sql(`update events set ${change} where id = $1`, [id]);
    const { code, stdout } = await sayso("verify");
    expect(code).toBe(1);
    expect(stdout).toContain(id);
    expect(stdout).toContain("20");
    expect(await faultsOf()).toMatchObject([
      { organizationId: ours.id, kind: "altered", position: 20, eventId: id },
    ]);
  });

  test("an event moved to another organization: gone here, smuggled in there", async () => {
    const id = await eventAt(20);
    await services.sql("update events set organization_id = $2 where id = $1", [id, theirs.id]);
    const { code, stdout } = await sayso("verify");
    expect(code).toBe(1);
    expect(stdout).toContain(id);
    expect(await faultsOf()).toMatchObject([
      { organizationId: ours.id, kind: "deleted", position: 20, eventId: id },
      { organizationId: theirs.id, kind: "inserted", eventId: id },
    ]);
  });

  test("an event deleted", async () => {
    const id = await eventAt(20);
    await services.sql("delete from events where id = $1", [id]);
    expect(await faultsOf()).toMatchObject([{ kind: "deleted", position: 20, eventId: id }]);
    expect((await sayso("verify")).code).toBe(1);
  });

  test("an event deleted with its entry", async () => {
    const id = await eventAt(20);
    await services.sql("delete from feed where event_id = $1", [id]);
    await services.sql("delete from events where id = $1", [id]);
    expect(await faultsOf()).toMatchObject([{ kind: "deleted", position: 20 }]);
  });

  test("and the gap closed by moving up the others", async () => {
    const id = await eventAt(20);
    await services.sql("delete from feed where event_id = $1", [id]);
    await services.sql("delete from events where id = $1", [id]);
    await services.sql(
      "update feed set position = -position where organization_id = $1 and position > 20",
      [ours.id],
    );
    await services.sql("update feed set position = -position - 1 where position < 0");
    await services.sql("update feed_heads set position = position - 1 where organization_id = $1", [
      ours.id,
    ]);
    expect(await faultsOf()).toMatchObject([{ kind: "altered", position: 20 }]);
  });

  test("two events that changed places", async () => {
    const [a, b] = [await eventAt(20), await eventAt(21)];
    await services.sql("update feed set event_id = gen_random_uuid() where event_id = $1", [a]);
    await services.sql("update feed set event_id = $1 where event_id = $2", [a, b]);
    await services.sql(
      "update feed set event_id = $1 where organization_id = $2 and position = 20",
      [b, ours.id],
    );
    expect(await faultsOf()).toMatchObject([{ kind: "altered", position: 20, eventId: b }]);
  });

  test("an event put in past the chain", async () => {
    const id = services.newId();
    await services.sql(
      `insert into events (id, organization_id, sequence, type, actor_kind, data, transaction_id)
       values ($1, $2, 0, 'person.created', 'system', '{}', '1')`,
      [id, ours.id],
    );
    expect(await faultsOf()).toMatchObject([{ kind: "inserted", eventId: id }]);
  });

  test("the end cut off", async () => {
    const last = await sizeOf(ours);
    const id = await eventAt(last);
    await services.sql("delete from feed where event_id = $1", [id]);
    await services.sql("delete from events where id = $1", [id]);
    expect(await faultsOf()).toMatchObject([{ kind: "truncated", position: last }]);
  });

  test("the head removed", async () => {
    await services.sql("delete from feed_heads where organization_id = $1", [ours.id]);
    expect(await faultsOf()).toMatchObject([{ kind: "truncated", organizationId: ours.id }]);
  });

  test("the end cut off neatly, by a checkpoint of before", async () => {
    const { file } = await checkpoint();
    const last = await sizeOf(ours);
    const id = await eventAt(last);
    await services.sql("delete from feed where event_id = $1", [id]);
    await services.sql("delete from events where id = $1", [id]);
    await services.sql(
      `update feed_heads h set position = f.position, hash = f.hash from feed f
       where f.organization_id = $1 and h.organization_id = $1 and f.position = $2`,
      [ours.id, last - 1],
    );
    expect((await sayso("verify")).code).toBe(0);
    const { code, stdout } = await sayso("verify", "--checkpoint", file);
    expect(code).toBe(1);
    expect(stdout).toContain(`ends after ${last - 1} entries`);
  });

  test("a chain written anew from an altered event on, by a checkpoint of before", async () => {
    const { file } = await checkpoint();
    await services.sql("update events set actor_id = gen_random_uuid() where id = $1", [
      await eventAt(20),
    ]);
    // Recomputes the hashes with the database's own functions, as an administrator of the database could.
    await services.sql(
      `do $$ declare r record; v bytea := '${ours.id}'; begin
         for r in select f.position, e.* from feed f join events e on e.id = f.event_id
                  where f.organization_id = '${ours.id}' order by f.position loop
           v := sha256(v || convert_to(entry_text(r.id, r.request_id, r.sequence, r.type, r.actor_kind, r.actor_id, r.created_at, r.data), 'UTF8'));
           update feed set hash = v where event_id = r.id;
         end loop;
         update feed_heads set hash = v where organization_id = '${ours.id}';
       end $$`,
    );
    expect((await sayso("verify")).code).toBe(0);
    const { code, stdout } = await sayso("verify", "--checkpoint", file);
    expect(code).toBe(1);
    expect(stdout).toContain("the entries before it were rewritten");
    // Nor does a checkpoint from after it make up for the one from before.
    const both = join(folder.path, "both-checkpoints");
    await writeFile(
      both,
      (await readFile(file, "utf8")) + (await readFile((await checkpoint()).file, "utf8")),
    );
    expect((await sayso("verify", "--checkpoint", both)).stdout).toContain(
      "the entries before it were rewritten",
    );
  });
});

test("a fault in one organization leaves the others' verified", async () => {
  await services.sql("update events set type = 'x.y' where id = $1", [await eventAt(3)]);
  const { verified, faults } = await verifyAudit(services);
  expect(faults.map(({ organizationId }) => organizationId)).toEqual([ours.id]);
  expect(verified).toContainEqual({ organizationId: theirs.id, size: await sizeOf(theirs) });
  expect(verified).toContainEqual({ organizationId: ours.id, size: 2 });
});

describe("a checkpoint", () => {
  test("says how long each organization's chain is, and its root, a line each", async () => {
    const { all } = await checkpoint();
    const [row] = await services.sql<{ root: string }>(
      "select encode(hash, 'hex') as root from feed_heads where organization_id = $1",
      [ours.id],
    );
    expect(all).toContainEqual({
      organization_id: ours.id,
      size: await sizeOf(ours),
      root: must(row).root,
      time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/) as string,
      signature: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ["altered", (text) => text.replace(/"size":\d+/, '"size":1'), /Line 1 is not signed/],
    [
      "signed by somebody else",
      (text) => text.replace(/"signature":"../, '"signature":"00'),
      /not signed/,
    ],
    ["of another making", () => "{}", /Line 1 is not a checkpoint/],
    ["no JSON", () => "size 3", /Line 1 is not a checkpoint/],
    ["gone, in a file that is empty", () => "\n", /holds no checkpoint/],
  ])("that is %s is refused", async (_, change, message) => {
    const { all } = await checkpoint();
    const file = join(folder.path, `forged-${Math.random()}`);
    await writeFile(file, change(JSON.stringify(all[0])));
    const { code, stderr } = await sayso("verify", "--checkpoint", file);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  test("that can't be read is told plainly", async () => {
    const { code, stderr } = await sayso("verify", "--checkpoint", "/nowhere");
    expect([code, stderr]).toEqual([1, expect.stringContaining("/nowhere")]);
  });
});

import { must } from "@sayso/must";
import { createOrganization, openStage, until, type Answer, type Api } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import type { EventPage } from "./readers.ts";

const stage = await openStage({ replicas: 2 });
afterAll(() => stage.close());
const { machine, alice, owner, services, server, organization } = stage;
const theirs = await createOrganization(services, server);
const theirMachine = await theirs.addConnection({ canDecide: true, canDecideOwn: true });

const list = (by: Api, query: Record<string, string | number | undefined> = {}) =>
  by.call<EventPage>("GET", "/api/v1/events", { query });

/** Reads all pages from a cursor on, with the page size of `query`. */
async function readAll(by: Api, query: Record<string, string | number | undefined> = {}) {
  const data: EventPage["data"] = [];
  for (let after = query.after; ;) {
    const { status, body } = await list(by, { ...query, after });
    expect(status).toBe(200);
    data.push(...body.data);
    after = body.next_cursor;
    if (!body.has_more) return { data, next_cursor: body.next_cursor };
  }
}

/** Resolves when every stored event has its position. */
const settled = () =>
  until(
    async () =>
      (
        await services.sql(
          "select from events e where not exists (select from feed f where f.event_id = e.id) limit 1",
        )
      ).length === 0,
    "every event has its place",
  );

const latest = async (by: Api): Promise<string> =>
  (await list(by, { after: "latest" })).body.next_cursor;

test("an item says what happened, to what, by whom", async () => {
  const from = await latest(machine.api);
  const { body: made } = await machine.api.create({
    action_type: "deploy.production",
    metadata: { release: { version: "2.4.0", ratio: 0.1 }, ключ: ["✓", null] },
    source: "pipeline",
    source_url: "https://example.com/run/1",
    expires_at: "2099-01-01T00:00:00Z",
    callback_headers: { Authorization: "hunter2-callback" },
    callback_url: "https://example.com/hunter2-address",
  });
  await machine.api.comment(made.id, "soon");
  await alice.api.approve(made.id, "Go ahead");
  await settled();
  const { data } = (await list(machine.api, { after: from })).body;
  expect(data.map(({ type, sequence }) => [type, sequence])).toEqual([
    ["approval.created", 1],
    ["approval.commented", 2],
    ["approval.vote_cast", 3],
    ["approval.approved", 4],
  ]);
  const request = {
    id: made.id,
    title: made.title,
    description: made.description,
    status: "pending",
    priority: "high",
    action_type: "deploy.production",
    source: "pipeline",
    source_id: null,
    source_name: null,
    source_url: "https://example.com/run/1",
    metadata: made.metadata,
    created_by: null,
    connection_id: machine.id,
    created_at: made.created_at,
    expires_at: "2099-01-01T00:00:00.000Z",
    required_approvals: 1,
    decided_at: null,
    decided_by: null,
    decided_via: null,
    decision_reason: null,
    decision_comment: null,
  };
  expect(data[0]).toEqual({
    id: must(data[0]).id,
    type: "approval.created",
    sequence: 1,
    created_at: made.created_at,
    organization_id: organization.id,
    request_id: made.id,
    actor: { kind: "connection", id: machine.id, name: machine.name },
    data: {
      required_approvals: 1,
      via: { kind: "connection", id: machine.id, name: "machine" },
    },
    request,
  });
  // An event from before the decision shows the request as pending, even when it is read afterwards.
  expect(must(data[2]).request).toEqual(request);
  const { decided_at } = (await machine.api.get(made.id)).body;
  expect(data[3]).toMatchObject({
    actor: { kind: "person", id: alice.id, name: alice.name },
    request: {
      ...request,
      status: "approved",
      decided_at,
      decided_by: { id: alice.id, name: alice.name, email: alice.email },
      decided_via: {
        kind: "token",
        id: expect.any(String) as string,
        name: expect.any(String) as string,
      },
      decision_reason: "vote",
      decision_comment: "Go ahead",
    },
  });
  expect(JSON.stringify(data)).not.toContain("hunter2");
  await machine.api.comment(made.id, "done");
  await settled();
  expect((await readAll(machine.api, { after: from })).data.at(-1)).toMatchObject({
    type: "approval.commented",
    request: { status: "approved" },
  });
});

test("an activity-log entry is final from its first event on", async () => {
  const from = await latest(machine.api);
  const { body } = await machine.api.create({ is_log: true });
  await settled();
  const { data } = (await list(machine.api, { after: from })).body;
  expect(data).toMatchObject([
    {
      type: "approval.created",
      request: { id: body.id, status: "approved", decided_at: body.decided_at },
    },
  ]);
});

describe("pages", () => {
  test("of any size hold the same events in the same order, without a gap", async () => {
    for (let n = 0; n < 15; n++) await machine.api.create({ title: `n ${n}` });
    await settled();
    const whole = await readAll(machine.api, { limit: 100 });
    for (const limit of [1, 7, 50])
      expect((await readAll(machine.api, { limit })).data).toEqual(whole.data);
    expect(whole.data.length).toBeGreaterThan(15);
  });

  test("are 50 long by default, and has_more says that there is more", async () => {
    for (let n = 0; n < 40; n++) await machine.api.create();
    await settled();
    const { body } = await list(machine.api);
    expect(body.data).toHaveLength(50);
    expect(body.has_more).toBe(true);
  });

  test("the end gives nothing, and the same cursor again", async () => {
    await settled();
    const { body } = await list(machine.api, { after: "latest" });
    expect(body).toEqual({ data: [], next_cursor: body.next_cursor, has_more: false });
    const again = await list(machine.api, { after: body.next_cursor });
    expect(again.body).toEqual(body);
  });

  test("of an organization without events are empty, and their cursor holds for what comes", async () => {
    const empty = await createOrganization(services, server);
    const bot = await empty.addConnection();
    const { body } = await list(bot.api);
    expect(body).toMatchObject({ data: [], has_more: false });
    const { body: made } = await bot.api.create();
    await settled();
    expect((await list(bot.api, { after: body.next_cursor })).body.data).toMatchObject([
      { request_id: made.id },
    ]);
  });

  test.each<[string, Record<string, string>, string]>([
    ["a limit of 0", { limit: "0" }, "limit"],
    ["a limit of 101", { limit: "101" }, "limit"],
    ["a wait of 31 seconds", { wait: "31" }, "wait"],
    ["a wait below zero", { wait: "-1" }, "wait"],
    ["a type that doesn't exist", { types: "approval.aproved" }, "types"],
    ["a cursor that is none", { after: "yesterday" }, "after"],
    ["a cursor that was cut", { after: "AAAAAAAAAAA" }, "after"],
    ["a cursor beyond all numbers", { after: "_".repeat(22) }, "after"],
    ["a cursor of nowhere", { after: "AAAAAAAAAAMAAAAAAAAAAA" }, "after"],
    ["a long one", { after: "A".repeat(5000) }, "after"],
  ])("%s is refused by name", async (_, query, field) => {
    const { status, error } = await list(machine.api, query);
    expect([status, error?.code]).toEqual([400, "VALIDATION_ERROR"]);
    expect(error?.details?.fields?.[0]?.field).toBe(field);
  });

  test("a cursor of another organization is refused like one that never was", async () => {
    await theirMachine.api.create();
    await settled();
    const { next_cursor: after } = (await list(theirMachine.api)).body;
    expect(await list(machine.api, { after })).toMatchObject({
      status: 400,
      error: { details: { reason: "unknown_cursor" } },
    });
  });

  test("a cursor of a history that a restore undid is refused, and says to begin again", async () => {
    const victim = await createOrganization(services, server);
    const bot = await victim.addConnection();
    await bot.api.create();
    await settled();
    const { next_cursor: after } = (await list(bot.api)).body;
    // Imitates the restore of an earlier backup, after which another event was written.
    await services.sql(
      `with last as (delete from feed f using feed_heads h
         where f.organization_id = $1 and h.organization_id = $1 and f.position = h.position returning event_id)
       delete from events using last where id = event_id`,
      [victim.id],
    );
    await services.sql(
      `update feed_heads h set position = f.position, hash = f.hash
       from (select position, hash from feed where organization_id = $1 order by position desc limit 1) f
       where h.organization_id = $1`,
      [victim.id],
    );
    const refused = await list(bot.api, { after });
    expect(refused).toMatchObject({
      status: 400,
      error: { details: { reason: "unknown_cursor" } },
    });
    expect(refused.error?.message).toContain("Begin again");
    await bot.api.create();
    await settled();
    expect((await list(bot.api, { after })).status).toBe(400);
    expect((await list(bot.api)).body.data).toMatchObject([{ type: "approval.created" }]);
  });
});

describe("types", () => {
  test("let through what was asked for, families too, and nothing else", async () => {
    const from = await latest(machine.api);
    const { body: made } = await machine.api.create();
    await machine.api.comment(made.id, "hm");
    await alice.api.reject(made.id);
    await settled();
    const typesOf = async (types: string) =>
      (await readAll(machine.api, { after: from, types })).data.map(({ type }) => type);
    expect(await typesOf("approval.rejected,approval.created")).toEqual([
      "approval.created",
      "approval.rejected",
    ]);
    expect(await typesOf("approval.*")).toHaveLength(4);
    expect(await typesOf("delivery.*")).toEqual([]);
    expect(await typesOf("approval.created, approval.created")).toEqual(["approval.created"]);
  });

  test("that are rare are found far back, a bounded part of the feed a call", async () => {
    const rare = await createOrganization(services, server);
    const bot = await rare.addConnection();
    await bot.api.create();
    await services.sql(
      `insert into events (id, organization_id, sequence, type, actor_kind, data)
       select gen_random_uuid(), $1, 0, 'delivery.replayed', 'system', '{}' from generate_series(1, 12000)`,
      [rare.id],
    );
    const { body: last } = await bot.api.create();
    await settled();
    const found: string[] = [];
    let calls = 0;
    for (let after: string | undefined; ; calls++) {
      const { body } = await list(bot.api, { after, types: "approval.*" });
      found.push(...body.data.map(({ request_id }) => must(request_id)));
      expect(body.next_cursor).not.toBe(after);
      after = body.next_cursor;
      if (!body.has_more) break;
    }
    expect(calls).toBeGreaterThan(0);
    expect(found).toHaveLength(2);
    expect(found[1]).toBe(last.id);
    // A waiting call returns the event directly.
    const { next_cursor: after } = (await list(bot.api, { limit: 1, types: "approval.*" })).body;
    const waited = await list(bot.api, { after, types: "approval.*", wait: 20 });
    expect(waited.body.data).toMatchObject([{ request_id: last.id }]);
  });

  test("what concerns the administration is shown to admins in person only", async () => {
    const from = await latest(owner.api);
    await organization.addConnection({ name: "newcomer" });
    await settled();
    const typesFor = async (by: Api) =>
      (await readAll(by, { after: from })).data.map(({ type }) => type);
    expect(await typesFor(owner.api)).toContain("connection.created");
    expect(await typesFor(machine.api)).toEqual([]);
    expect(await typesFor(alice.api)).toEqual([]);
    const asked = { after: from, types: "connection.*" };
    expect((await list(owner.api, asked)).body.data[0]).toMatchObject({
      type: "connection.created",
      actor: { kind: "person", id: owner.id },
      data: { name: "newcomer" },
      request: null,
    });
    for (const by of [machine.api, alice.api])
      expect(await list(by, asked)).toMatchObject({ status: 403, error: { code: "FORBIDDEN" } });
  });
});

describe("waiting", () => {
  test("ends as soon as something comes, also when another server wrote it", async () => {
    const from = await latest(machine.api);
    const waiting = list(machine.api, { after: from, wait: 30 });
    const { body: made } = await machine.api.call<{ id: string }>(
      "POST",
      `${must(server.replicas[1]).url}/api/v1/approvals`,
      { body: { title: "t", description: "d", priority: "low" } },
    );
    expect((await waiting).body.data).toMatchObject([{ request_id: made.id }]);
  });

  test("goes on past what isn't wanted, and its cursor moves on", async () => {
    const from = await latest(machine.api);
    const waiting = list(machine.api, { after: from, wait: 30, types: "approval.approved" });
    const { body: made } = await machine.api.create();
    await settled();
    await alice.api.approve(made.id);
    const { body } = await waiting;
    expect(body.data).toMatchObject([{ type: "approval.approved", request_id: made.id }]);
  });

  test("gives an empty page when nothing comes", async () => {
    const from = await latest(theirMachine.api);
    const { status, body } = await list(theirMachine.api, { after: from, wait: 1 });
    expect([status, body]).toEqual([200, { data: [], next_cursor: from, has_more: false }]);
  });

  test("is told nothing when the key was revoked meanwhile", async () => {
    const doomed = await organization.addConnection();
    const from = await latest(doomed.api);
    const waiting = list(doomed.api, { after: from, wait: 30, types: "approval.created" });
    await owner.api.call("DELETE", `/api/v1/connections/${doomed.id}`);
    await until(async () => (await doomed.api.list()).status === 401, "the key is refused");
    await machine.api.create();
    expect(await waiting).toMatchObject({ status: 401 });
  });
});

test("40: an organization's feed, waits included, holds nothing of another's", async () => {
  await settled();
  const [ours, others] = [await readAll(owner.api), await readAll(theirs.owner.api)];
  const organizations = (events: EventPage["data"]) =>
    new Set(events.map(({ organization_id: id }) => id));
  expect(organizations(ours.data)).toEqual(new Set([organization.id]));
  expect(organizations(others.data)).toEqual(new Set([theirs.id]));
  const waiting: Promise<Answer<EventPage>> = list(machine.api, {
    after: await latest(machine.api),
    wait: 2,
  });
  await theirMachine.api.create();
  expect((await waiting).body.data).toEqual([]);
});

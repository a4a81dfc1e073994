import { createClient } from "@sayso/client";
import { createOrganization, openStage, until, type Api } from "@sayso/testkit";
import { poll, portOf, settle } from "@sayso/triggers";
import { afterAll, expect, test } from "vitest";
import type { EventPage } from "./readers.ts";

const stage = await openStage();
afterAll(() => stage.close());
const { machine, alice, owner, services, server } = stage;

const list = (by: Api, query: Record<string, string | number | undefined> = {}) =>
  by.call<EventPage>("GET", "/api/v1/events", { query });

/** Returns all events after a cursor. */
async function readOn(by: Api, after?: string): Promise<EventPage["data"]> {
  const data: EventPage["data"] = [];
  for (let hasMore = true; hasMore;) {
    const { body } = await list(by, { after, limit: 100 });
    data.push(...body.data);
    after = body.next_cursor;
    hasMore = body.has_more;
  }
  return data;
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

test("the newest events come oldest first, and what is read from their cursor follows on them", async () => {
  for (let n = 0; n < 5; n++) await machine.api.create({ title: `n ${n}` });
  await settled();
  const { status, body } = await list(machine.api, { last: 3 });
  expect(status).toBe(200);
  expect(body.data.map(({ request }) => request?.title)).toEqual(["n 2", "n 3", "n 4"]);
  expect(body.has_more).toBe(false);
  expect(body.data).toEqual((await readOn(machine.api)).slice(-3));
  expect(await readOn(machine.api, body.next_cursor)).toEqual([]);
  const { body: made } = await machine.api.create();
  await settled();
  expect(await readOn(machine.api, body.next_cursor)).toMatchObject([{ request_id: made.id }]);
});

test("where there are fewer all come, and where there is none yet a cursor that holds for what comes", async () => {
  const young = await createOrganization(services, server);
  const bot = await young.addConnection();
  const { body: none } = await list(bot.api, { last: 10 });
  expect(none).toMatchObject({ data: [], has_more: false });
  const { body: made } = await bot.api.create();
  await settled();
  expect(await readOn(bot.api, none.next_cursor)).toMatchObject([{ request_id: made.id }]);
  // Events that only admins see are skipped, and don't count.
  const { body: all } = await list(bot.api, { last: 10 });
  expect(all.data).toMatchObject([{ request_id: made.id }]);
  expect((await list(young.owner.api, { last: 100 })).body.data.length).toBeGreaterThan(1);
});

test("types let through what was asked for, and what is only for admins stays theirs", async () => {
  const [{ body: first }, { body: second }] = [
    await machine.api.create(),
    await machine.api.create(),
  ];
  await alice.api.approve(first.id);
  await alice.api.reject(second.id);
  await settled();
  const typesOf = async (types: string) =>
    (await list(machine.api, { last: 2, types })).body.data.map(({ type }) => type);
  expect(await typesOf("approval.approved,approval.rejected")).toEqual([
    "approval.approved",
    "approval.rejected",
  ]);
  expect(await typesOf("approval.created")).toEqual(["approval.created", "approval.created"]);
  expect(await typesOf("delivery.*")).toEqual([]);
  expect(await list(machine.api, { last: 2, types: "connection.*" })).toMatchObject({
    status: 403,
    error: { code: "FORBIDDEN" },
  });
  expect((await list(owner.api, { last: 1, types: "connection.*" })).body.data).toMatchObject([
    { type: "connection.created" },
  ]);
});

test("a rare type is looked for among the newest 20,000, not in all there ever was", async () => {
  const long = await createOrganization(services, server);
  const bot = await long.addConnection();
  await bot.api.create();
  const bury = (count: number) =>
    services.sql(
      `insert into events (id, organization_id, sequence, type, actor_kind, data)
       select gen_random_uuid(), $1, 0, 'delivery.replayed', 'system', '{}' from generate_series(1, $2)`,
      [long.id, count],
    );
  const find = async () => {
    await settled();
    return (await list(bot.api, { last: 1, types: "approval.*" })).body.data.length;
  };
  await bury(19_000);
  expect(await find()).toBe(1);
  await bury(1_000);
  expect(await find()).toBe(0);
});

test("while others write, the newest and what follows on them are the feed without a gap", async () => {
  const busy = await createOrganization(services, server);
  const bot = await busy.addConnection();
  const writing = Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let n = 0; n < 15; n++) await bot.api.create();
    }),
  );
  const looks: EventPage[] = [];
  let isWriting = true;
  void writing.finally(() => (isWriting = false)).catch(() => undefined);
  while (isWriting) looks.push((await list(bot.api, { last: 7 })).body);
  await writing;
  await settled();
  const ids = (events: EventPage["data"]) => events.map(({ id }) => id);
  const all = ids(await readOn(bot.api));
  expect(all).toHaveLength(60);
  for (const { data, next_cursor: cursor } of looks.slice(-20)) {
    const seen = [...ids(data), ...ids(await readOn(bot.api, cursor))];
    expect(seen).toEqual(all.slice(all.length - seen.length));
  }
});

test("a platform's first poll shows them as samples, and its next one brings what follows, though it dropped them", async () => {
  await machine.api.create({ title: "before" });
  await settled();
  const types = ["approval.created"];
  const port = portOf(createClient({ url: server.url, token: machine.key }));
  const first = await poll({ port, state: null, types, samples: 2 });
  expect(first).toMatchObject({ areSamples: true, items: [{}, { request: { title: "before" } }] });
  const { state } = settle(null, { ...first, items: [] });
  await machine.api.create({ title: "after" });
  await settled();
  expect(await poll({ port, state, types, samples: 2 })).toMatchObject({
    areSamples: false,
    items: [{ request: { title: "after" } }],
  });
});

test.each<[string, Record<string, string | number>]>([
  ["with after", { last: 5, after: "latest" }],
  ["with wait", { last: 5, wait: 10 }],
  ["of none", { last: 0 }],
  ["of 101", { last: 101 }],
  ["of a word", { last: "all" }],
])("the newest %s are refused by name", async (_, query) => {
  const { status, error } = await list(machine.api, query);
  expect([status, error?.code]).toEqual([400, "VALIDATION_ERROR"]);
  expect(error?.details?.fields?.[0]?.field).toBe("last");
});

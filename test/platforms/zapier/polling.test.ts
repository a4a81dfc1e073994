import { createApproval, decideApproval, type Context } from "@sayso/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openZapierStage, type ZapierStage } from "./connect.ts";
import type { Item } from "./zapier.ts";

/** The number of decisions during Zapier's polls: SAYSO_ZAPIER_DECISIONS, default 1,000. */
const DECISIONS = Number(process.env.SAYSO_ZAPIER_DECISIONS ?? 1_000);
const AT_ONCE = 50;
/** Zapier takes no more items from one poll. */
const ITEMS_MAX = 100;

let stage: ZapierStage;

beforeAll(async () => {
  stage = await openZapierStage();
});
afterAll(() => stage.close());

const decided = "triggers.requestDecidedPolled.operation.perform";

/** A Zap as Zapier runs it: polled repeatedly, and started for each item with a new id. */
function openZap(id: string) {
  const seen = new Set<unknown>();
  const started: Item[] = [];
  const poll = async (meta: Item = {}) => {
    const bundle = { meta: { zap: { id }, ...meta } };
    const { results } = await stage.zapier.run<Item[]>(decided, bundle);
    expect(results.length).toBeLessThanOrEqual(ITEMS_MAX);
    return results;
  };
  return {
    started,
    /** Switches the Zap on: existing items start nothing. */
    async switchOn() {
      for (const item of await poll({ isPopulatingDedupe: true })) seen.add(item.id);
    },
    /** Polls without starting anything, as if the answer never arrived. */
    poll,
    async tick() {
      const fresh = (await poll()).reverse().filter((item) => !seen.has(item.id));
      for (const item of fresh) seen.add(item.id);
      started.push(...fresh);
    },
  };
}

const ask = (context: Context = stage.owner.context) =>
  createApproval(context, { title: "Deploy", description: "To production", priority: "low" });

const decide = (requestId: string, decision: "approve" | "reject" = "approve") =>
  decideApproval(stage.alice.context, {
    requestId,
    stepId: null,
    decision,
    comment: null,
    source: null,
  });

async function askMany(count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const length = Math.min(500, count - ids.length);
    const made = await Promise.all(Array.from({ length }, () => ask()));
    ids.push(...made.map(({ record }) => record.id));
  }
  return ids;
}

/** Shuffles with the same result each time. */
function shuffle(ids: string[]): string[] {
  let state = 42;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  return ids
    .map((id) => ({ id, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ id }) => id);
}

async function decideAll(ids: string[]): Promise<void> {
  const left = [...ids];
  const work = async () => {
    for (let id = left.pop(); id !== undefined; id = left.pop())
      await decide(id, left.length % 2 === 0 ? "approve" : "reject");
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

const untilStarted = (zap: ReturnType<typeof openZap>, count: number) =>
  expect.poll(async () => (await zap.tick(), zap.started.length), { interval: 20 }).toBe(count);

test(`${DECISIONS} decisions, in any order, each start the Zap once, though some answers get lost`, async () => {
  await decideAll(await askMany(5));
  const zap = openZap("100");
  await expect.poll(() => zap.poll({ isLoadingSample: true })).toHaveLength(5);
  await zap.switchOn();
  const ids = await askMany(DECISIONS);
  const deciding = decideAll(shuffle(ids)).then(() => true);
  for (let polls = 0; zap.started.length < DECISIONS; polls++) {
    const before = zap.started.length;
    if (polls % 7 === 3) await zap.poll();
    else await zap.tick();
    const isOver = await Promise.race([deciding, Promise.resolve(false)]);
    // Everything is decided, and the sequencer has had its time, so the next poll must return new items.
    if (isOver && zap.started.length === before && polls % 7 !== 3)
      await untilStarted(zap, DECISIONS);
  }
  await zap.tick();
  expect(zap.started).toHaveLength(DECISIONS);
  expect(new Set(zap.started.map((item) => item.request_id))).toEqual(new Set(ids));
  const events = await stage.services.sql<{ id: string }>(
    "select id from events where type in ('approval.approved', 'approval.rejected') and request_id = any($1)",
    [ids],
  );
  expect(new Set(zap.started.map((item) => item.id))).toEqual(
    new Set(events.map((event) => event.id)),
  );
});

describe("what the newest requests don't show", () => {
  test("a request that was made before 120 others starts the Zap when it is decided at last", async () => {
    const zap = openZap("101");
    await zap.switchOn();
    const { record: old } = await ask();
    await askMany(120);
    await decide(old.id);
    await untilStarted(zap, 1);
    expect(zap.started[0]).toMatchObject({ request_id: old.id, outcome: "approved" });
    const { results: listed } = await stage.zapier.run<Item[]>(
      "triggers.requestDecided.operation.performList",
    );
    expect(listed[0]).toEqual(zap.started[0]);
  });
});

describe("what Zapier forgets", () => {
  test("without its cache, what happened last is found all the same", async () => {
    const zap = openZap("102");
    await zap.switchOn();
    await decideAll(await askMany(20));
    for (const key of Object.keys(stage.zapier.cache)) delete stage.zapier.cache[key];
    await untilStarted(zap, 20);
    await decideAll(await askMany(30));
    await untilStarted(zap, 50);
  });

  test("two Zaps, and one Zap with other choices, keep places of their own", async () => {
    const one = openZap("103");
    const other = openZap("104");
    await one.switchOn();
    await decideAll(await askMany(3));
    await untilStarted(one, 3);
    await other.switchOn();
    await decideAll(await askMany(2));
    await untilStarted(other, 2);
    await untilStarted(one, 5);
    const places = Object.keys(stage.zapier.cache).filter((key) => /:10[34]:poll:/.test(key));
    expect(places).toHaveLength(2);
  });
});

import { createClient, type Event } from "@sayso/client";
import { shareStage } from "@sayso/testkit";
import { afterAll, beforeEach, expect, test } from "vitest";
import { openProxy } from "./proxy.ts";

const stage = await shareStage();
const proxy = await openProxy(stage.server.url);
afterAll(async () => {
  await proxy.close();
  await stage.close();
});
beforeEach(() => proxy.befall());

const sayso = createClient({ url: proxy.url, token: stage.machine.key });
const direct = createClient({ url: stage.server.url, token: stage.machine.key });
const ask = { title: "Deploy v2", description: "To production", priority: "high" } as const;
const make = (n: number) =>
  Promise.all(Array.from({ length: n }, () => direct.createApproval(ask)));
const idsOf = (requests: { id: string }[]) => requests.map(({ id }) => id).sort();

/** Follows the feed until it has read this number of events. */
async function take(n: number, feed: AsyncIterable<Event>): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of feed) if (events.push(event) === n) break;
  return events;
}

test("events come from the beginning, page after page, and then as they happen", async () => {
  const before = await make(120);
  const following = take(125, sayso.events({ types: ["approval.created"] }));
  await expect.poll(() => proxy.seen.length).toBeGreaterThanOrEqual(3);
  const after = await make(5);
  const events = await following;
  expect(events.map((event) => event.request_id).sort()).toEqual(idsOf([...before, ...after]));
  expect(events.every(({ type }) => type === "approval.created")).toBe(true);
});

test("whoever goes on from the cursor misses nothing", async () => {
  const { next_cursor: start } = await direct.listEvents({ after: "latest" });
  const requests = await make(240);
  const seen: string[] = [];
  let cursor: string | undefined = start;
  // The consumer dies in the middle of a page, repeatedly.
  for (let lives = 0; new Set(seen).size < 240; lives += 1) {
    expect(lives).toBeLessThan(20);
    const feed = sayso.events({ after: cursor, types: ["approval.created"] });
    let handled = 0;
    for await (const event of feed) {
      seen.push(event.request_id ?? "");
      cursor = feed.cursor;
      handled += 1;
      if (handled === 110 || new Set(seen).size === 240) break;
    }
  }
  expect([...new Set(seen)].sort()).toEqual(idsOf(requests));
});

test("a server that is away for a while, and lost answers, lose no event and double none", async () => {
  const { next_cursor: start } = await direct.listEvents({ after: "latest" });
  const feed = sayso.events({ after: start, types: ["approval.created"] });
  const following = take(30, feed);
  // The first read is over, and a long poll is under way.
  await expect.poll(() => proxy.seen.length).toBeGreaterThanOrEqual(2);
  const requests = await make(10);
  const away = { status: 502, headers: { "Retry-After": "0" } };
  proxy.breakOff("drop", "lose", ...Array.from({ length: 8 }, () => away));
  requests.push(...(await make(10)));
  proxy.breakOff("lose");
  requests.push(...(await make(10)));
  const events = await following;
  expect(events.map((event) => event.request_id).sort()).toEqual(idsOf(requests));
});

test("a signal ends it", async () => {
  const controller = new AbortController();
  const following = take(1_000_000, sayso.events({ after: "latest", signal: controller.signal }));
  await expect.poll(() => proxy.seen.length).toBeGreaterThanOrEqual(2);
  controller.abort();
  await expect(following).rejects.toMatchObject({ name: "AbortError" });
});

test("a cursor of another history is told", async () => {
  const following = take(1, sayso.events({ after: "nonsense" }));
  await expect(following).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
});

test("the same events can be gone through once, without waiting for more", async () => {
  const [request] = await make(1);
  const found: string[] = [];
  for await (const event of sayso.iterate("listEvents", { types: ["approval.created"], limit: 20 }))
    if (event.request_id !== null) found.push(event.request_id);
  expect(found).toContain(request?.id);
  expect(new Set(found).size).toBe(found.length);
});

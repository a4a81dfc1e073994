// npm run bench poll: reading the events feed after a cursor as it grows, and the delay of a long poll.
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { createOrganization } from "@sayso/testkit";
import { cursorAt, fillFeed, untilOrdered } from "./fill-feed.ts";
import { createHttpClient } from "./http-client.ts";
import { percentile } from "./measure.ts";
import { options, sizesUpTo } from "./options.ts";
import { printTable } from "./report.ts";
import { ask, runBench, type Bench } from "./sayso.ts";

interface Page {
  data: { request_id: string | null }[];
  next_cursor: string;
}

const POLLS = 100;

async function benchPages({ server, services }: Bench): Promise<void> {
  const rows: (string | number)[][] = [];
  const first = new Map<string, number>();
  for (const count of sizesUpTo(options.eventsMax)) {
    console.error(`Filling in ${count.toLocaleString("en")} events …`);
    const organization = await createOrganization(services, server);
    const { key } = await organization.addConnection();
    await untilOrdered(services);
    await fillFeed(services, organization.id, count);
    await services.sql("vacuum analyze events, feed");
    const client = createHttpClient(server.url, 1);
    for (const [name, position] of [
      ["at the beginning", 0],
      ["in the middle", Math.floor(count / 2)],
      ["near the end", count - 60],
    ] as const) {
      const after =
        position === 0 ? "earliest" : await cursorAt(services, organization.id, position);
      const samples: number[] = [];
      for (let i = -5; i < POLLS; i++) {
        const begin = performance.now();
        await client.call("GET", `/api/v1/events?after=${after}`, key);
        // The first calls warm up.
        if (i >= 0) samples.push(performance.now() - begin);
      }
      const p50 = percentile(samples, 0.5);
      if (!first.has(name)) first.set(name, p50);
      rows.push([name, count, p50, percentile(samples, 0.95), p50 / must(first.get(name))]);
    }
    client.close();
  }
  printTable(["50 events behind a cursor", "of", "p50 ms", "p95 ms", "÷ of 10,000"], rows);
}

/** Measures from the creation of a request until a waiting poll has its event. */
async function benchLongPoll({ server, organization }: Bench): Promise<void> {
  const writer = await organization.addConnection();
  const reader = await organization.addConnection();
  const client = createHttpClient(server.url, 2);
  const seenAt = new Map<string, number>();
  const latest = await client.call<Page>("GET", "/api/v1/events?after=latest", reader.key);
  let cursor = latest.next_cursor;
  let isOver = false;
  const reading = (async () => {
    while (!isOver) {
      const page = await client.call<Page>(
        "GET",
        `/api/v1/events?after=${cursor}&wait=5`,
        reader.key,
      );
      const at = performance.now();
      cursor = page.next_cursor;
      for (const { request_id: id } of page.data) if (id !== null) seenAt.set(id, at);
    }
  })();
  const askedAt = new Map<string, [sent: number, answered: number]>();
  for (let i = 0; i < POLLS; i++) {
    const sent = performance.now();
    const id = await ask(client, writer.key);
    askedAt.set(id, [sent, performance.now()]);
    await sleep(50);
  }
  while ([...askedAt.keys()].some((id) => !seenAt.has(id))) await sleep(50);
  isOver = true;
  await ask(client, writer.key);
  await reading;
  client.close();
  const from = (which: 0 | 1) =>
    [...askedAt].map(([id, times]) => Math.max(0, must(seenAt.get(id)) - times[which]));
  printTable(
    ["a request is made → a long poll has its event", "p50 ms", "p99 ms"],
    [
      ["from answered", percentile(from(1), 0.5), percentile(from(1), 0.99)],
      ["from sent", percentile(from(0), 0.5), percentile(from(0), 0.99)],
    ],
  );
}

await runBench(async (bench) => {
  await benchLongPoll(bench);
  await benchPages(bench);
});

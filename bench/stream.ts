// npm run bench stream: the delay of streams, and the speed with which one that is behind catches up.
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { createOrganization } from "@sayso/testkit";
import { openEventStream } from "./event-streams.ts";
import { untilOrdered } from "./fill-feed.ts";
import { createHttpClient } from "./http-client.ts";
import { interleave, medianOf, percentile } from "./measure.ts";
import { options } from "./options.ts";
import { cpuOf } from "./processes.ts";
import { printTable } from "./report.ts";
import { ask, connectMachines, runBench, type Bench } from "./sayso.ts";

const { seconds, rounds } = options;
const REQUESTS_A_SECOND = 50;
const BACKLOG = 5_000;

/** Creates requests at a steady rate, and measures until each of the streams has their events. */
async function stream(bench: Bench, keys: string[], streamCount: number) {
  const { server } = bench;
  const sentAt = new Map<string, number>();
  const seen = new Map<string, number>();
  const waits: number[] = [];
  let early: [string, number][] = [];
  const noteAt = (id: string, at: number) => {
    const sent = sentAt.get(id);
    if (sent === undefined) early.push([id, at]);
    else {
      waits.push(at - sent);
      seen.set(id, (seen.get(id) ?? 0) + 1);
    }
  };
  const streams = await Promise.all(
    Array.from({ length: streamCount }, (_, i) =>
      openEventStream(server.url, must(keys[i % keys.length]), (id) =>
        noteAt(id, performance.now()),
      ),
    ),
  );
  const client = createHttpClient(server.url, 8);
  const cpuBefore = cpuOf(server.pid);
  const count = REQUESTS_A_SECOND * seconds;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      await sleep(Math.max(0, startedAt + (i * 1000) / REQUESTS_A_SECOND - performance.now()));
      const sent = performance.now();
      const id = await ask(client, must(keys[i % keys.length]));
      sentAt.set(id, sent);
      // A stream can deliver the event before the answer arrives.
      const arrivals = early.filter(([of]) => of === id);
      early = early.filter(([of]) => of !== id);
      for (const [, at] of arrivals) noteAt(id, at);
    }),
  );
  const deadline = performance.now() + 30_000;
  while (waits.length < count * streamCount && performance.now() < deadline) await sleep(20);
  const cpuUs = cpuOf(server.pid) - cpuBefore;
  for (const stream of streams) stream.close();
  client.close();
  const wrong = [...sentAt.keys()].filter((id) => seen.get(id) !== streamCount).length;
  return {
    p50Ms: percentile(waits, 0.5),
    p99Ms: percentile(waits, 0.99),
    cpuUs: cpuUs / Math.max(1, waits.length),
    wrong,
  };
}

/** Reads a feed from its beginning to its end. */
async function catchUp({ server, services }: Bench, keys: string[]) {
  let count = 0;
  const cpuBefore = cpuOf(server.pid);
  const [row] = await services.sql<{ total: number }>(
    `select count(*)::int as total from events
     where type = 'approval.created' and organization_id = (select organization_id from feed_heads order by position desc limit 1)`,
  );
  const startedAt = performance.now();
  const stream = await openEventStream(server.url, must(keys[0]), () => count++, "?after=earliest");
  while (count < must(row).total) await sleep(5);
  const ms = performance.now() - startedAt;
  stream.close();
  return { perSecond: (count / ms) * 1000, cpuUs: (cpuOf(server.pid) - cpuBefore) / count };
}

await runBench(async (bench) => {
  const keys = await connectMachines(bench.organization, 20);
  const levels = [1, 100];
  const figures = await interleave(
    rounds,
    Object.fromEntries(levels.map((level) => [String(level), () => stream(bench, keys, level)])),
  );
  printTable(
    [
      "streams",
      "a request is sent → event received p50 ms",
      "p99 ms",
      "server CPU µs/event",
      "missed or twice",
    ],
    levels.map((level) => [
      level,
      ...["p50Ms", "p99Ms", "cpuUs"].map((of) => medianOf(must(figures[String(level)]), of)),
      must(figures[String(level)]).reduce((sum, { wrong }) => sum + (wrong ?? 0), 0),
    ]),
  );

  const other = await createOrganization(bench.services, bench.server);
  const [otherKeys, client] = [
    await connectMachines(other, 20),
    createHttpClient(bench.server.url, 32),
  ];
  console.error(`Writing ${BACKLOG.toLocaleString("en")} events …`);
  let next = 0;
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (next < BACKLOG) await ask(client, must(otherKeys[next++ % otherKeys.length]));
    }),
  );
  client.close();
  await untilOrdered(bench.services);
  const caughtUp = await interleave(rounds, { "catching up": () => catchUp(bench, otherKeys) });
  printTable(
    ["a stream that is behind", "events/s", "server CPU µs/event"],
    [
      [
        `${BACKLOG.toLocaleString("en")} requests`,
        medianOf(caughtUp["catching up"], "perSecond"),
        medianOf(caughtUp["catching up"], "cpuUs"),
      ],
    ],
  );
});

// Every reader sees every event exactly once and in order, through crashes, restarts and a move of the database.
import { must } from "@sayso/must";
import {
  api,
  createDatabase,
  createOrganization,
  openOtherServer,
  openServices,
  startServer,
  until,
  type TestConnection,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { copyDatabase } from "./copy-database.ts";
import {
  findFaults,
  startFollower,
  startPoller,
  storedEvents,
  type EventPage,
  type Reader,
} from "./readers.ts";

/** The number of events that are written: SAYSO_FEED_EVENTS, default 1,500. */
const EVENTS = Number(process.env.SAYSO_FEED_EVENTS ?? 1500);
const WRITERS = 8;
/** On a busy machine a hundred events can take some seconds. */

const database = await createDatabase();
const other = await openOtherServer();
const servers: TestServer[] = [];
const closing: (() => Promise<unknown>)[] = [];
const start = async (on: typeof database, replicas: number): Promise<TestServer> => {
  const server = await startServer({ database: on, replicas });
  servers.push(server);
  return server;
};
afterAll(async () => {
  for (const close of closing) await close();
  for (const server of servers) await server.stop();
  await Promise.all([database.drop(), other.drop()]);
});

/** Asks and decides while `goesOn` returns true. @returns the number of acknowledged pairs */
async function write(
  machine: TestConnection,
  url: () => string,
  goesOn: () => boolean,
): Promise<number> {
  let pairs = 0;
  while (goesOn()) {
    try {
      const by = api(url(), machine.key);
      const made = await by.create({ title: `${machine.name} ${pairs}` });
      if (made.status !== 201) throw new Error(JSON.stringify(made));
      const decided = await by.approve(made.body.id);
      if (decided.status !== 200) throw new Error(JSON.stringify(decided));
      pairs++;
    } catch (error) {
      // A killed server answers nothing. Any other error is a fault.
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return pairs;
}

async function countEvents(services: TestServices, organizationId: string): Promise<number> {
  const [row] = await services.sql<{ n: number }>(
    "select count(*)::int as n from events where organization_id = $1 and is_for_everybody(type)",
    [organizationId],
  );
  return must(row).n;
}

/** Waits until all readers have all events, at most 60 s, and stops the readers. @returns their faults */
async function settle(
  services: TestServices,
  organizationId: string,
  readers: readonly Reader[],
): Promise<string[]> {
  const stored = await storedEvents(services, organizationId);
  await until(
    () => readers.every(({ events }) => events.length >= stored.length),
    "every reader has been told everything",
  ).catch(() => undefined);
  await Promise.all(readers.map((reader) => reader.stop()));
  return readers.flatMap((reader) => findFaults(reader, stored));
}

const idsOf = (events: readonly { id: string }[]) => events.map(({ id }) => id);

test("every reader sees every event once, in one order, with a server killed in the middle", async () => {
  const server = await start(database, 2);
  const [doomed, survivor] = server.replicas as [TestServer, TestServer];
  let isKilled = false;
  const on = (n: number) => () => (n % 2 === 0 && !isKilled ? doomed.url : survivor.url);
  const services = openServices(server);
  closing.push(() => services.close());
  const organization = await createOrganization(services, server);
  // The second half of the connections is for after the move, because each has an hourly limit.
  const machines = await Promise.all(
    Array.from({ length: 2 * WRITERS }, () =>
      organization.addConnection({ canDecide: true, canDecideOwn: true }),
    ),
  );
  const keys = await Promise.all(
    Array.from({ length: 9 }, async () => (await organization.addConnection()).key),
  );
  const readers = [
    ...keys.slice(0, 5).map((key, n) => startPoller(`poller ${n}`, on(n), key)),
    ...keys.slice(5, 7).map((key, n) => startFollower(`follower ${n}`, on(n), key)),
  ];

  let isEnough = false;
  const writing = Promise.all(
    machines.slice(0, WRITERS).map((machine, n) => write(machine, on(n), () => !isEnough)),
  );
  await until(async () => (await countEvents(services, organization.id)) >= EVENTS / 2, "half");
  isKilled = true;
  await doomed.kill9();
  // Keeps the readers' positions in the middle, for after the move.
  const halfway = readers.map((reader) => ({
    name: reader.name,
    cursor: reader.cursor(),
    count: reader.events.length,
  }));
  expect(halfway.every(({ count }) => count > 0)).toBe(true);
  await until(async () => (await countEvents(services, organization.id)) >= EVENTS, "all");
  isEnough = true;
  const pairs = (await writing).reduce((sum, count) => sum + count, 0);
  expect(await settle(services, organization.id, readers)).toEqual([]);
  const order = idsOf(must(readers[0]).events);
  expect(order.length).toBeGreaterThanOrEqual(pairs * 3);
  for (const { name, events } of readers) expect([name, idsOf(events)]).toEqual([name, order]);

  // The move to another server includes events that had no position yet when they were saved.
  await survivor.stop();
  const early = await services.sql<{ n: number }>("select count(*)::int as n from feed");
  await addWithoutPlace(services, organization.id, 30);
  expect(await services.sql("select count(*)::int as n from feed")).toEqual(early);
  await copyDatabase(database, other);
  const moved = await start(other, 2);
  const there = openServices(moved);
  closing.push(() => there.close());
  const again = [
    startPoller("from the beginning", () => moved.url, must(keys[7])),
    startFollower(
      "from the beginning, by stream",
      () => must(moved.replicas[1]).url,
      must(keys[8]),
    ),
  ];
  const goingOn = halfway.map(({ cursor, name }, n) =>
    startPoller(name, () => must(moved.replicas[n % 2]).url, must(keys[n]), { after: cursor }),
  );
  let hasMoved = false;
  const writingThere = Promise.all(
    machines.slice(WRITERS).map((machine, n) =>
      write(
        machine,
        () => must(moved.replicas[n % 2]).url,
        () => !hasMoved,
      ),
    ),
  );
  const before = order.length + 30;
  await until(
    async () => (await countEvents(there, organization.id)) >= before + EVENTS / 3,
    "more",
  );
  hasMoved = true;
  await writingThere;
  expect(await settle(there, organization.id, again)).toEqual([]);
  const end = must(must(again[0]).events.at(-1)).id;
  await until(
    () => goingOn.every(({ events }) => events.at(-1)?.id === end),
    "all that go on have come to the end",
  );
  await Promise.all(goingOn.map((reader) => reader.stop()));
  const [anew] = again;
  const newOrder = idsOf(must(anew).events);
  expect(newOrder.slice(0, order.length)).toEqual(order);
  expect(idsOf(must(again[1]).events)).toEqual(newOrder);
  for (const [n, { name, events }] of goingOn.entries())
    expect([name, idsOf(events)]).toEqual([name, newOrder.slice(must(halfway[n]).count)]);
  const last = await api(moved.url, must(keys[8])).call<EventPage>("GET", "/api/v1/events", {
    query: { after: "latest" },
  });
  expect(last.body).toMatchObject({ data: [], has_more: false });
});

/** Adds events whose transaction commits while no sequencer runs. */
async function addWithoutPlace(
  services: TestServices,
  organizationId: string,
  count: number,
): Promise<void> {
  for (let n = 0; n < count / 3; n++) {
    const requestId = services.newId();
    await services.sql(
      `insert into events (id, organization_id, request_id, sequence, type, actor_kind, data)
       select gen_random_uuid(), $1, $2, sequence, 'approval.created', 'system', '{}' from unnest(array[2, 3, 1]) as sequence`,
      [organizationId, requestId],
    );
  }
}

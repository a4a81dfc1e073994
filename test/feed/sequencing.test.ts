// The sequencer without a server: the test itself starts each round.
import { must } from "@sayso/must";
import {
  createDatabase,
  createOrganization,
  openOtherServer,
  openServices,
  type TestDatabase,
  type TestOrganization,
  type TestServices,
} from "@sayso/testkit";
import { sequenceEvents } from "@sayso/core";
import pg from "pg";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { copyDatabase } from "./copy-database.ts";

const database = await createDatabase();
const services = openServices({ databaseUrl: database.url, url: "http://127.0.0.1:9" });
const connections: pg.Client[] = [];
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.end()));
  await services.close();
  await database.drop();
});

let organization: TestOrganization;
beforeEach(async () => {
  organization = await createOrganization(services, { url: "http://127.0.0.1:9" });
  await toEnd(services);
});

/** Runs rounds until nothing is left to do. @returns the number of events that got a position */
async function toEnd(on: TestServices, limit = 2000): Promise<number> {
  for (let added = 0; ;) {
    const round = await sequenceEvents(on, limit);
    added += round.added;
    if (round.state === "done") return added;
  }
}

async function connect(to: TestDatabase = database): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: to.url });
  await client.connect();
  connections.push(client);
  return client;
}

const insert = `insert into events (id, organization_id, request_id, sequence, type, actor_kind, data)
  values ($1, $2, $3, $4, 'approval.created', 'system', '{}')`;

/** Writes an event. @returns its id */
async function write(
  by: Pick<pg.Client, "query">,
  { request = null, sequence = 0 }: { request?: string | null; sequence?: number } = {},
): Promise<string> {
  const id = services.newId();
  await by.query(insert, [id, organization.id, request, sequence]);
  return id;
}

/** Returns the organization's feed from an event on, without the events of the organization's creation. */
const feedSince = async (first: string, on: TestServices = services): Promise<string[]> => {
  const rows = await on.sql<{ id: string }>(
    "select event_id as id from feed where organization_id = $1 order by position",
    [organization.id],
  );
  const ids = rows.map(({ id }) => id);
  return ids.slice(ids.indexOf(first));
};

/** Expects that positions have no gaps. */
const expectDense = async (on: TestServices = services): Promise<void> => {
  expect(
    await on.sql(
      `select organization_id from feed group by organization_id
       having max(position) <> count(*) or min(position) <> 1`,
    ),
  ).toEqual([]);
  expect(
    await on.sql(
      `select f.organization_id from feed f join feed_heads h using (organization_id)
       group by f.organization_id, h.position having max(f.position) <> h.position`,
    ),
  ).toEqual([]);
};

test("who commits late is never skipped, and holds nobody up meanwhile", async () => {
  const [late, slower, quick] = [await connect(), await connect(), await connect()];
  await late.query("begin");
  const a = await write(late);
  await slower.query("begin");
  const b = await write(slower);
  const c = await write(quick);
  expect(await toEnd(services)).toBe(1);
  expect(await feedSince(c)).toEqual([c]);
  const d = await write(quick);
  await slower.query("commit");
  expect(await toEnd(services)).toBe(2);
  expect(await feedSince(c)).toEqual([c, b, d]);
  for (let n = 0; n < 5; n++) {
    await write(quick);
    expect(await toEnd(services)).toBe(1);
  }
  await late.query("commit");
  expect(await toEnd(services)).toBe(1);
  expect((await feedSince(c)).at(-1)).toBe(a);
  expect(await toEnd(services)).toBe(0);
  await expectDense();
});

test("what was rolled back, wholly or to a savepoint, leaves no trace", async () => {
  const client = await connect();
  const first = await write(client);
  await client.query("begin");
  await write(client);
  await client.query("rollback");
  await client.query("begin");
  const kept = await write(client);
  await client.query("savepoint s");
  await write(client);
  await client.query("rollback to s");
  const after = await write(client);
  await client.query("commit");
  expect(await toEnd(services)).toBe(3);
  const feed = await feedSince(first);
  expect(feed[0]).toBe(first);
  expect(new Set(feed)).toEqual(new Set([first, kept, after]));
});

test("a request's events stand by sequence though the later one's transaction began first", async () => {
  const request = services.newId();
  const [earlyBird, other] = [await connect(), await connect()];
  // This transaction gets its id first, and writes its event last.
  await earlyBird.query("begin; select pg_current_xact_id()");
  const first = await write(other, { request, sequence: 1 });
  const second = await write(other, { request, sequence: 2 });
  const third = await write(earlyBird, { request, sequence: 3 });
  await earlyBird.query("commit");
  expect(await toEnd(services)).toBe(3);
  expect(await feedSince(first)).toEqual([first, second, third]);
});

test("also where a round takes only some of it, and the later one would be among the first", async () => {
  const request = services.newId();
  const [earlyBird, other] = [await connect(), await connect()];
  await earlyBird.query("begin; select pg_current_xact_id()");
  const all: string[] = [];
  for (let n = 0; n < 10; n++) all.push(await write(other));
  const first = await write(other, { request, sequence: 1 });
  const second = await write(other, { request, sequence: 2 });
  const third = await write(earlyBird, { request, sequence: 3 });
  await earlyBird.query("commit");
  const round = await sequenceEvents(services, 2);
  expect(round.state).toBe("more");
  await toEnd(services, 2);
  const whole = await services.sql<{ id: string }>(
    "select event_id as id from feed where event_id = any ($1) order by position",
    [[first, second, third]],
  );
  expect(whole.map(({ id }) => id)).toEqual([first, second, third]);
  await expectDense();
});

test("a backlog is worked off in rounds, in the order of its transactions, beside transactions that last", async () => {
  const [lasting, client] = [await connect(), await connect()];
  await lasting.query("begin");
  const late = await write(lasting);
  const all: string[] = [];
  for (let n = 0; n < 100; n++) all.push(await write(client));
  expect(await sequenceEvents(services, 10)).toMatchObject({ state: "more", added: 10 });
  const more = await write(client);
  await lasting.query("commit");
  expect(await toEnd(services, 10)).toBe(92);
  const feed = await feedSince(must(all[0]));
  expect(feed.filter((id) => id !== late)).toEqual([...all, more]);
  await expectDense();
});

test("one transaction with more events than a round takes is not torn apart", async () => {
  const client = await connect();
  await client.query("begin");
  const all = [];
  for (let n = 0; n < 50; n++) all.push(await write(client));
  await client.query("commit");
  expect(await sequenceEvents(services, 10)).toMatchObject({ state: "more", added: 50 });
  expect(await toEnd(services, 10)).toBe(0);
});

test("two processes at once: one works, the other is told so and does nothing", async () => {
  const client = await connect();
  await write(client);
  await client.query("begin; select pg_advisory_xact_lock(368976, 4)");
  expect(await sequenceEvents(services, 10)).toMatchObject({ state: "busy", added: 0 });
  await client.query("commit");
  expect(await toEnd(services)).toBe(1);
});

test("many writers and many sequencers at once give every event one place", async () => {
  const writers = await Promise.all(Array.from({ length: 6 }, () => connect()));
  let isOver = false;
  const sequencing = Promise.all(
    Array.from({ length: 3 }, async () => {
      while (!isOver) await sequenceEvents(services, 7);
    }),
  );
  const written = await Promise.all(
    writers.map(async (client, n) => {
      const ids: string[] = [];
      for (let i = 0; i < 40; i++) {
        await client.query("begin");
        ids.push(await write(client));
        if ((i + n) % 5 === 0) await client.query("select pg_sleep(0.02)");
        ids.push(await write(client));
        await client.query((i + n) % 7 === 0 ? "rollback" : "commit");
        if ((i + n) % 7 === 0) ids.splice(-2);
      }
      return ids;
    }),
  );
  isOver = true;
  await sequencing;
  await toEnd(services);
  const rows = await services.sql<{ id: string }>(
    "select f.event_id as id from feed f where f.organization_id = $1",
    [organization.id],
  );
  const known = new Set(rows.map(({ id }) => id));
  expect(known.size).toBe(rows.length);
  expect(written.flat().filter((id) => !known.has(id))).toEqual([]);
  await expectDense();
});

test("a round reads what is new, not all there is, though its plan is from when there was little", async () => {
  const [lasting, client] = [await connect(), await connect()];
  const round = async () => {
    const read = async () =>
      must(
        (
          await client.query<{ rows: number }>(
            "select idx_tup_fetch::int as rows from pg_stat_xact_user_tables where relname = 'events'",
          )
        ).rows[0],
      ).rows;
    await client.query("begin");
    const before = await read();
    const { rows } = await client.query<{ state: string; added: number }>(
      "select state, added from sequence_events(5000)",
    );
    const after = await read();
    await client.query("commit");
    return { ...must(rows[0]), read: after - before };
  };
  await write(client);
  await round();
  await lasting.query("begin; select pg_current_xact_id()");
  await client.query(
    `insert into events (id, organization_id, sequence, type, actor_kind, data)
     select gen_random_uuid(), $1, 0, 'approval.created', 'system', '{}' from generate_series(1, 3000)`,
    [organization.id],
  );
  expect(await round()).toMatchObject({ state: "done", added: 3000 });
  await write(client);
  const { read, ...result } = await round();
  expect(result).toEqual({ state: "done", added: 1 });
  expect(read).toBeLessThan(100);
  await lasting.query("commit");
});

test("a round that finds nothing writes nothing, so that an idle server rests", async () => {
  const client = await connect();
  await toEnd(services);
  await client.query("begin");
  const { rows } = await client.query("select state from sequence_events(10)");
  expect(rows).toEqual([{ state: "done" }]);
  expect((await client.query("select pg_current_xact_id_if_assigned() as id")).rows).toEqual([
    { id: null },
  ]);
  await client.query("commit");
});

test("a round is refused inside of a transaction that writes: it would overlook what that writes", async () => {
  const client = await connect();
  await client.query("begin");
  const id = await write(client);
  await expect(client.query("select sequence_events(10)")).rejects.toThrow("alone");
  await client.query("rollback");
  expect(await services.sql("select from events where id = $1", [id])).toEqual([]);
});

describe("on another server, after a restore", () => {
  test("places stay, what had none gets one, and foreign transaction ids harm nobody", async () => {
    const client = await connect();
    // Moves this server's transaction ids far ahead of the other server's.
    await client.query(
      "do $$ begin for i in 1..3000 loop perform pg_current_xact_id(); commit; end loop; end $$",
    );
    const request = services.newId();
    const placed = await write(client, { request, sequence: 1 });
    await toEnd(services);
    const second = await write(client, { request, sequence: 2 });
    const loose = await write(client);
    const other = await openOtherServer();
    try {
      await copyDatabase(database, other);
      const there = openServices({ databaseUrl: other.url, url: "http://127.0.0.1:9" });
      try {
        const id = services.newId();
        await there.sql(insert, [id, organization.id, request, 3]);
        expect(await sequenceEvents(there, 3)).toMatchObject({ state: "more" });
        await toEnd(there, 3);
        const feed = await feedSince(placed, there);
        expect(feed.slice(0, 1)).toEqual([placed]);
        expect(new Set(feed)).toEqual(new Set([placed, second, loose, id]));
        expect(feed.indexOf(second)).toBeLessThan(feed.indexOf(id));
        expect(
          await there.sql(
            "select from events where transaction_id >= pg_snapshot_xmax(pg_current_snapshot())",
          ),
        ).toEqual([]);
        // Writes until the server's own transaction ids have passed the copied ones.
        const writer = await connect(other);
        for (let n = 0; n < 200; n++) await write(writer);
        expect(await toEnd(there)).toBe(200);
        expect(await toEnd(there)).toBe(0);
        await expectDense(there);
      } finally {
        await there.close();
      }
    } finally {
      await Promise.all(connections.splice(0).map((connection) => connection.end()));
      await other.drop();
    }
  });
});

test("events of before the feed get their places by time, each request's by sequence", async () => {
  const old = await createDatabase();
  const there = openServices({ databaseUrl: old.url, url: "http://127.0.0.1:9" });
  try {
    const request = services.newId();
    // Events of an earlier release, which wrote them without a transaction of their own.
    await there.sql(
      `insert into events (id, organization_id, request_id, sequence, type, actor_kind, data, created_at, transaction_id)
       select gen_random_uuid(), $1, case when n % 3 = 0 then $2::uuid end, case when n % 3 = 0 then n / 3 else 0 end,
         'approval.created', 'system', '{}', '2026-01-01'::timestamptz + make_interval(secs => n), '1'
       from generate_series(1, 500) n`,
      [organization.id, request],
    );
    expect(await toEnd(there, 50)).toBe(500);
    const rows = await there.sql<{ sequence: number }>(
      `select e.sequence from feed f join events e on e.id = f.event_id where e.request_id = $1 order by f.position`,
      [request],
    );
    expect(rows.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 166 }, (_, n) => n + 1),
    );
    await expectDense(there);
  } finally {
    await there.close();
    await old.drop();
  }
});

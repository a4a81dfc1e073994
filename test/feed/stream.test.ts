import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import {
  createOrganization,
  createDatabase,
  openStage,
  until,
  type TestPerson,
} from "@sayso/testkit";
import { updateMember } from "@sayso/core";
import { afterAll, describe, expect, test } from "vitest";
import { openStream, takeResuming, type EventStream } from "./event-stream.ts";

/** The number of clients that follow at once: SAYSO_FEED_CLIENTS, default 200. */
const CLIENTS = Number(process.env.SAYSO_FEED_CLIENTS ?? 200);

const database = await createDatabase();
const stage = await openStage({ database, replicas: 2 });
const { machine, alice, owner, services, server, organization } = stage;
// PostgreSQL counts the calls of functions.
await services.sql(`alter database ${database.name} set track_functions = 'all'`);
const streams: EventStream[] = [];
afterAll(async () => {
  for (const stream of streams) stream.close();
  await stage.close();
  await database.drop();
});

const open: typeof openStream = async (...options) => {
  const stream = await openStream(...options);
  streams.push(stream);
  return stream;
};

/** Opens a stream and waits until it is at the end of the feed, so that it gets every event from now on. */
async function follow(credential: string, query: Record<string, string> = {}, replica = 0) {
  const stream = await open(must(server.replicas[replica]).url, credential, { query });
  await until(() => stream.lastId !== undefined, "the stream has begun");
  return stream;
}

test("tells what happens from now on, in order, whichever server it happened on", async () => {
  const [here, there] = [await follow(machine.key), await follow(machine.key, {}, 1)];
  expect(here.status).toBe(200);
  expect(here.headers.get("content-type")).toContain("text/event-stream");
  const { body: made } = await machine.api.create();
  await machine.api.comment(made.id, "hm");
  await alice.api.approve(made.id);
  const heard = await here.take(4);
  expect(heard.map(({ type, data }) => [type, data.sequence, data.request_id])).toEqual([
    ["approval.created", 1, made.id],
    ["approval.commented", 2, made.id],
    ["approval.vote_cast", 3, made.id],
    ["approval.approved", 4, made.id],
  ]);
  expect(await there.take(4)).toEqual(heard);
  const page = await machine.api.call<{ data: unknown[]; next_cursor: string }>(
    "GET",
    "/api/v1/events",
    { query: { after: must(heard[0]).id } },
  );
  expect(page.body.data).toEqual(heard.slice(1).map(({ data }) => data));
  expect(page.body.next_cursor).toBe(must(heard[3]).id);
});

test("78: resumes after Last-Event-ID, on another server, and before that by after", async () => {
  const first = await follow(machine.key);
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) ids.push((await machine.api.create()).body.id);
  const heard = await first.take(5);
  first.close();
  await machine.api.create();
  const again = await open(must(server.replicas[1]).url, machine.key, {
    lastEventId: must(heard[1]).id,
    query: { after: "latest" },
  });
  expect((await again.take(4)).map(({ data }) => data.request_id).slice(0, 3)).toEqual(
    ids.slice(2),
  );
  const byQuery = await open(server.url, machine.key, { query: { after: must(heard[3]).id } });
  expect(must((await byQuery.take(2))[0]).data.request_id).toBe(ids[4]);
  const anew = await open(server.url, machine.key, { query: { after: "earliest" } });
  await until(
    () => anew.events.some(({ id }) => id === must(heard[4]).id),
    "all of the past is told",
  );
});

test("before the first event it already says where to resume", async () => {
  const stream = await follow(machine.key);
  stream.close();
  const { body } = await machine.api.create();
  const again = await open(server.url, machine.key, { lastEventId: stream.lastId });
  expect(must((await again.take(1))[0]).data.request_id).toBe(body.id);
});

test("keeps to the types that were asked for", async () => {
  const stream = await follow(machine.key, { types: "approval.approved,approval.rejected" });
  const { body } = await machine.api.create();
  await machine.api.comment(body.id, "hm");
  await alice.api.approve(body.id);
  expect((await stream.take(1)).map(({ type }) => type)).toEqual(["approval.approved"]);
  await sleep(100);
  expect(stream.events).toHaveLength(1);
});

test.each<[string, Record<string, string>, string | undefined, number]>([
  ["a cursor that is none", { after: "x" }, undefined, 400],
  ["a Last-Event-ID that is none", {}, "x", 400],
  ["a place that never was", { after: "AAAAAAAAD_8AAAAAAAAAAA" }, undefined, 400],
  ["a type that doesn't exist", { types: "x.y" }, undefined, 400],
  ["types that only admins see", { types: "token.*" }, undefined, 403],
])("%s is refused before a stream begins", async (_, query, lastEventId, status) => {
  const stream = await open(server.url, machine.key, { query, lastEventId });
  expect(stream.status).toBe(status);
});

test("what concerns the administration is told to admins only; all others hear nothing of it", async () => {
  const [admin, member, bot] = [
    await follow(owner.token),
    await follow(alice.token),
    await follow(machine.key),
  ];
  await organization.addConnection({ name: "newcomer" });
  const { body } = await machine.api.create();
  expect((await admin.take(2)).map(({ type }) => type)).toEqual([
    "connection.created",
    "approval.created",
  ]);
  for (const stream of [member, bot])
    expect(must((await stream.take(1))[0]).data.request_id).toBe(body.id);
});

test("40: tells nothing of another organization", async () => {
  const theirs = await createOrganization(services, server);
  const bot = await theirs.addConnection();
  const [ours, others] = [await follow(machine.key), await follow(bot.key)];
  for (let n = 0; n < 5; n++) {
    await machine.api.create();
    await bot.api.create();
  }
  await Promise.all([ours.take(5), others.take(5)]);
  const organizations = ({ events }: EventStream) =>
    new Set(events.map(({ data }) => data.organization_id));
  expect(organizations(ours)).toEqual(new Set([organization.id]));
  expect(organizations(others)).toEqual(new Set([theirs.id]));
});

describe("ends", () => {
  const everybodyHears = async (stream: EventStream) => {
    await machine.api.create();
    await stream.take(1);
  };

  test.each<[string, () => Promise<{ credential: string; revoke: () => Promise<unknown> }>]>([
    [
      "a key's connection is deleted",
      async () => {
        const { key, id } = await organization.addConnection();
        return {
          credential: key,
          revoke: () => owner.api.call("DELETE", `/api/v1/connections/${id}`),
        };
      },
    ],
    [
      "a person is disabled",
      async () => {
        const person = await organization.addPerson();
        return {
          credential: person.token,
          revoke: () =>
            services.sql("update people set disabled_at = now() where id = $1", [person.id]),
        };
      },
    ],
  ])("within seconds when %s, and tells nothing later", async (_, make) => {
    const { credential, revoke } = await make();
    const stream = await follow(credential);
    await everybodyHears(stream);
    await revoke();
    // Another client continues to write.
    let isOver = false;
    let written = 0;
    const writing = (async () => {
      for (; !isOver; written++) {
        await machine.api.create();
        await sleep(50);
      }
    })();
    await stream.ended;
    isOver = true;
    await writing;
    // As many as ten seconds hold. A slow machine writes fewer.
    expect(written).toBeLessThan(200);
  });

  test("also when nothing else happens than the revocation itself", async () => {
    const { key, id } = await organization.addConnection();
    const stream = await follow(key);
    await owner.api.call("DELETE", `/api/v1/connections/${id}`);
    await stream.ended;
    expect(stream.events).toEqual([]);
  });

  test("when an admin is one no more, so that what only admins see stays theirs", async () => {
    const admin: TestPerson = await organization.addPerson({ role: "admin" });
    const stream = await follow(admin.token);
    await updateMember(owner.context, admin.id, { role: "member" });
    await stream.ended;
    await organization.addConnection({ name: "after the demotion" });
    expect(JSON.stringify(stream.events)).not.toContain("after the demotion");
  });
});

// apps/server/src/http/event-stream.test.ts shows that a client that doesn't read is cut off in the end.
test("nobody waits for who doesn't read", async () => {
  const deaf = await organization.addConnection();
  const metadata = { text: "x".repeat(200_000) };
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(
    `GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${deaf.key}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once("data", resolve));
  socket.pause();
  const [hearing, other] = [await follow(machine.key), await follow(deaf.key)];
  const count = 120;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let n = 0; n < count / 4; n++) await machine.api.create({ metadata });
    }),
  );
  const [heard, others] = await Promise.all(
    (
      [
        [machine.key, hearing],
        [deaf.key, other],
      ] as const
    ).map(([credential, stream]) => takeResuming(server.url, credential, stream, count)),
  );
  expect(heard).toEqual(others);
  socket.destroy();
});

/** The resident memory of a process in MB. */
const memoryOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

test(`94: ${CLIENTS} follow at once, each is told everything, and they share one reading`, async () => {
  const crowd = await createOrganization(services, server);
  const [bot, ...others] = await Promise.all(
    Array.from({ length: 5 }, () => crowd.addConnection()),
  );
  const before = memoryOf(server.pid);
  const followers = await Promise.all(
    Array.from({ length: CLIENTS }, (_, n) => follow(must(others[n % others.length]).key)),
  );
  const calls = async () => {
    // PostgreSQL publishes its counters with a delay.
    await sleep(1500);
    await services.sql("select pg_stat_force_next_flush()");
    const [row] = await services.sql<{ calls: number }>(
      "select coalesce(sum(calls), 0)::int as calls from pg_stat_user_functions where funcname = 'read_feed'",
    );
    return must(row).calls;
  };
  const callsBefore = await calls();
  const count = 30;
  for (let n = 0; n < count; n++)
    await must(bot).api.create({ metadata: { text: "x".repeat(2000) } });
  const heard = await Promise.all(followers.map((stream) => stream.take(count)));
  const [first] = heard;
  for (const one of heard) expect(one).toEqual(first);
  const reads = (await calls()) - callsBefore;
  console.log(
    `${CLIENTS} clients: ${reads} reads for ${count} events, ${((memoryOf(server.pid) - before) / CLIENTS).toFixed(3)} MB each`,
  );
  // At most one read for each event, and late counts of the streams' starts. Separate reads would be thousands.
  expect(reads).toBeLessThanOrEqual(CLIENTS + 2 * count);
  for (const stream of followers) stream.close();
});

test("a server that stops ends its streams at once", async () => {
  const stream = await follow(machine.key, {}, 1);
  const stopped = must(server.replicas[1]).stop();
  await stream.ended;
  expect(await stopped).toBe(0);
});

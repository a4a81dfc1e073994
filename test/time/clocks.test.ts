import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import {
  api,
  openStage,
  startReceiver,
  startServer,
  until,
  type Api,
  letExpire,
  HANG_MS,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { expectAllSound, expectSound } from "../request-history.ts";
import { verifiesBy } from "../webhooks/deliveries.ts";

// docs/faults.md, time 58, 59, 61 and 62: only the database's clock counts.

const HOUR_MS = 3_600_000;

const stage = await openStage();
const { services, server, machine, alice, bob } = stage;
const [ahead, behind, receiver] = await Promise.all([
  startServer({ database: server.database, clockOffsetMs: HOUR_MS }),
  startServer({ database: server.database, clockOffsetMs: -HOUR_MS }),
  startReceiver(),
]);
afterAll(async () => {
  await Promise.all([ahead.stop(), behind.stop(), receiver.stop()]);
  await stage.close();
});

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const through = (url: string) => ({
  machine: api(url, machine.key),
  alice: api(url, alice.token),
  bob: api(url, bob.token),
});
const replicas = [
  ["whose clock is an hour ahead", through(ahead.url)],
  ["whose clock is an hour behind", through(behind.url)],
] as const;
const statusOf = async (id: string) => (await machine.api.get(id)).body.status;

describe("58: a server", () => {
  describe.each(replicas)("%s", (_which, use) => {
    test("takes and refuses deadlines by the database's clock", async () => {
      expect((await use.machine.create({ expires_at: inMs(1_800_000) })).status).toBe(201);
      expect((await use.machine.create({ expires_at: inMs(60_000) })).status).toBe(201);
      for (const expires_at of [inMs(-1_000), inMs(-1_800_000)]) {
        expect(await use.machine.create({ expires_at })).toMatchObject({
          status: 400,
          error: { details: { fields: [{ field: "expires_at" }] } },
        });
      }
    });

    test("neither expires a request early nor takes a late vote", async () => {
      const { id } = (
        await use.machine.create({ expires_at: inMs(1_800_000), required_approvals: 2 })
      ).body;
      expect(await statusOf(id)).toBe("pending");
      expect((await use.alice.approve(id)).status).toBe(200);
      await letExpire(services, id);
      expect(await use.bob.approve(id)).toMatchObject({
        status: 409,
        error: { details: { status: "expired" } },
      });
      expect(await statusOf(id)).toBe("expired");
      await expectSound(services, id);
    });

    test("stamps what happens with the database's time", async () => {
      const { id, created_at } = (await use.machine.create()).body;
      const decided_at = must((await use.alice.approve(id)).body.decided_at);
      const comment = (await use.bob.comment(id, "hm")).body;
      for (const time of [created_at, decided_at, comment.created_at]) {
        expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(HANG_MS);
      }
      const limited = await use.machine.list();
      expect(
        Number(limited.headers.get("x-ratelimit-reset")) * 1000 - Date.now(),
      ).toBeLessThanOrEqual(HOUR_MS);
    });
  });

  test("signs callbacks with a time that receivers accept, whatever its own clock says", async () => {
    // This server is alone on its database, so it is certainly the one that sends.
    const alone = await openStage({ clockOffsetMs: HOUR_MS });
    try {
      const { id } = (await alone.machine.api.create({ callback_url: receiver.url })).body;
      await alone.alice.api.approve(id);
      const callback = await receiver.waitFor((r) => r.json.request_id === id);
      expect(verifiesBy(alone.machine.webhookSecret, callback)).toBe(true);
      expect(
        Math.abs(Number(callback.headers["webhook-timestamp"]) - Date.now() / 1000),
      ).toBeLessThan(HANG_MS / 1000);
      const expiring = (await alone.machine.api.create({ expires_at: inMs(1_800_000) })).body.id;
      expect((await alone.machine.api.get(expiring)).body.status).toBe("pending");
      await letExpire(alone.services, expiring);
      const isOver = async () => (await alone.machine.api.get(expiring)).body.status === "expired";
      await until(isOver, "it expires");
    } finally {
      await alone.close();
    }
  });
});

describe("59: at the deadline", () => {
  test("votes stop to the millisecond, though nobody sweeps", async () => {
    // Without a worker, a request expires only because a vote comes too late.
    const lazy = await openStage({ env: { SAYSO_ROLE: "api" } });
    try {
      const voters: Api[] = (
        await Promise.all(Array.from({ length: 20 }, () => lazy.organization.addPerson()))
      ).map((person) => person.api);
      for (let round = 0; round < 5; round++) {
        const { id } = (
          await lazy.machine.api.create({
            expires_at: inMs(1_800_000),
            callback_url: receiver.url,
          })
        ).body;
        await lazy.machine.api.setSteps(id, [{ name: "many", required_approvals: 10 }]);
        const [row] = await lazy.services.sql<{ expiresAt: number }>(
          `update requests set expires_at = now() + interval '200 milliseconds' where id = $1
             returning extract(epoch from expires_at)::float8 * 1000 as "expiresAt"`,
          [id],
        );
        const { expiresAt } = must(row);
        await sleep(expiresAt - Date.now() - 12);
        const votes = voters.map(async (voter, i) => {
          await sleep(i);
          const sentAt = Date.now();
          return { sentAt, answer: await voter.approve(id) };
        });
        for (const { sentAt, answer } of await Promise.all(votes)) {
          // Two processors of a virtual machine can differ by a few milliseconds.
          if (sentAt >= expiresAt + 5) expect(answer.status).toBe(409);
        }
        const rows = await lazy.services.sql<{ status: string; votes: number }>(
          "select status, (select count(*)::int from votes v where v.request_id = r.id) as votes from requests r where id = $1",
          [id],
        );
        expect(["expired", "approved"]).toContain(must(rows[0]).status);
        await expectSound(lazy.services, id);
      }
      const { id } = (await lazy.machine.api.create({ expires_at: inMs(1_800_000) })).body;
      await letExpire(lazy.services, id);
      expect((await lazy.machine.api.get(id)).body.status).toBe("pending");
      const late = await Promise.all([
        lazy.alice.api.approve(id),
        lazy.bob.api.reject(id),
        lazy.machine.api.cancel(id),
      ]);
      late.forEach((answer) =>
        expect(answer).toMatchObject({ status: 409, error: { details: { status: "expired" } } }),
      );
      expect((await lazy.machine.api.get(id)).body.status).toBe("expired");
      await expectAllSound(lazy.services);
    } finally {
      await lazy.close();
    }
  });

  test("a request expires when it is due, though nobody reads it", async () => {
    const { id } = (
      await machine.api.create({ expires_at: inMs(1_800_000), callback_url: receiver.url })
    ).body;
    await letExpire(services, id);
    const callback = await receiver.waitFor((r) => r.json.request_id === id);
    const [row] = await services.sql<{ late_ms: number }>(
      "select extract(epoch from decided_at - expires_at) * 1000 as late_ms from requests where id = $1",
      [id],
    );
    expect(callback.json.status).toBe("expired");
    expect(Number(must(row).late_ms)).toBeGreaterThanOrEqual(0);
  });

  test("an automatic action is taken, of its kind, and no vote after it", async () => {
    for (const [action, status] of [
      ["approve", "approved"],
      ["reject", "rejected"],
    ]) {
      const { id } = (
        await machine.api.create({
          ...(action === "approve"
            ? await stage.organization.approvingItself(1)
            : { auto_action: action, auto_action_after_minutes: 1 }),
          callback_url: receiver.url,
        })
      ).body;
      await services.sql(
        "update requests set auto_action_at = now() + interval '300 milliseconds' where id = $1",
        [id],
      );
      expect((await receiver.waitFor((r) => r.json.request_id === id)).json).toMatchObject({
        status,
        decided_by: null,
      });
      expect((await alice.api.approve(id)).status).toBe(409);
      await expectSound(services, id);
    }
  });
});

describe.concurrent("61: when a server's clock jumps", () => {
  test.each([
    ["back", -HOUR_MS],
    ["ahead", HOUR_MS],
  ])(
    "%s, callbacks are neither stalled nor sent in a storm, and deadlines are met",
    async (_how, offsetMs) => {
      const alone = await openStage();
      const sick = await startReceiver();
      sick.answerWith({ status: 500 });
      try {
        const ask = async (url: string, more = {}) =>
          (await alone.machine.api.create({ callback_url: url, ...more })).body.id;
        const failing = await ask(sick.url);
        await alone.alice.api.approve(failing);
        await sick.next(1);
        await alone.server.shiftClock(offsetMs);

        const begun = performance.now();
        const expiring = await ask(receiver.url, { expires_at: inMs(1_800_000) });
        await letExpire(alone.services, expiring);
        const id = await ask(receiver.url);
        await alone.alice.api.approve(id);
        await receiver.waitFor((r) => r.json.request_id === id);
        await receiver.waitFor((r) => r.json.request_id === expiring);
        // The second attempt comes 4 to 6 s after the first, the third five minutes later.
        await sick.next(1);
        expect(performance.now() - begun).toBeGreaterThan(3_000);
        await sleep(1_500);
        expect(sick.requests).toHaveLength(2);
        expect(receiver.requests.filter((r) => r.json.request_id === id)).toHaveLength(1);
        await expectAllSound(alone.services);
      } finally {
        await Promise.all([alone.close(), sick.stop()]);
      }
    },
  );
});

describe("62: times", () => {
  const future = new Date().getUTCFullYear() + 1;
  test.each([
    ["summer time in an offset", `${future}-07-01T12:00:00+02:00`, `${future}-07-01T10:00:00.000Z`],
    [
      "an offset of half an hour",
      `${future}-01-01T00:00:00+05:30`,
      `${future - 1}-12-31T18:30:00.000Z`,
    ],
    [
      "the largest offset, on another day",
      `${future}-03-01T01:00:00+14:00`,
      `${future}-02-28T11:00:00.000Z`,
    ],
    ["a negative offset", `${future}-12-31T20:00:00-08:00`, `${future + 1}-01-01T04:00:00.000Z`],
    [
      "the hour that summer time skips",
      `${future}-03-28T02:30:00Z`,
      `${future}-03-28T02:30:00.000Z`,
    ],
    ["milliseconds", `${future}-05-05T05:05:05.678Z`, `${future}-05-05T05:05:05.678Z`],
  ])("with %s are told in UTC", async (_what, given, reported) => {
    const { status, body } = await machine.api.create({ expires_at: given });
    expect([status, body.expires_at]).toEqual([201, reported]);
    expect((await machine.api.get(body.id)).body.expires_at).toBe(reported);
  });

  test("that don't exist are refused: a leap second, the 30th of February, 24 o'clock, none with an offset missing", async () => {
    for (const expires_at of [
      `${future}-06-30T23:59:60Z`,
      `${future}-02-30T00:00:00Z`,
      `${future}-01-01T24:00:00Z`,
      `${future}-01-01T00:00:00`,
      `${future}-01-01`,
      "tomorrow",
    ]) {
      expect((await machine.api.create({ expires_at })).status, expires_at).toBe(400);
    }
  });

  test("are the same whatever time zone the server and the database live in", async () => {
    const elsewhere = await openStage({ env: { TZ: "Pacific/Apia" } });
    try {
      await elsewhere.services.sql(
        `alter database ${elsewhere.server.database.name} set timezone to 'America/New_York'`,
      );
      const replica = await startServer({
        database: elsewhere.server.database,
        env: { TZ: "America/St_Johns" },
      });
      try {
        const there = api(replica.url, elsewhere.machine.key);
        const given = `${future}-11-07T01:30:00-04:00`;
        const { body } = await there.create({ expires_at: given });
        expect(body.expires_at).toBe(`${future}-11-07T05:30:00.000Z`);
        for (const reader of [there, elsewhere.machine.api]) {
          const read = (await reader.get(body.id)).body;
          expect(read).toMatchObject({ expires_at: body.expires_at, created_at: body.created_at });
          expect(Math.abs(Date.parse(read.created_at) - Date.now())).toBeLessThan(HANG_MS);
          const since = await reader.list({
            created_after: inMs(-60_000),
            created_before: inMs(60_000),
          });
          expect(since.body.data.map((r) => r.id)).toEqual([body.id]);
        }
        const { id } = (await there.create({ expires_at: inMs(1_800_000) })).body;
        await letExpire(elsewhere.services, id);
        await until(async () => (await there.get(id)).body.status === "expired", "it expires");
      } finally {
        await replica.stop();
      }
    } finally {
      await elsewhere.close();
    }
  });
});

test("afterwards every request is sound", async () => {
  const { id } = (await machine.api.create({ expires_at: inMs(1_800_000) })).body;
  await letExpire(services, id);
  await until(async () => (await statusOf(id)) === "expired", "it expires");
  await expectAllSound(services);
});

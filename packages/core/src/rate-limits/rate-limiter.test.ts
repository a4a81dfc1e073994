import { setTimeout as sleep } from "node:timers/promises";
import { openPool } from "@sayso/database";
import { must } from "@sayso/must";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Services } from "../services.ts";
import { newId } from "../ids.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";
import { forgetPastRates } from "./lease.ts";
import { createRateLimiter, type RateDecision, type RateLimiter } from "./rate-limiter.ts";

let database: TestDatabase;
let services: Services;
let organizationId: string;
const limiters: RateLimiter[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  ({ services } = database);
  ({ organizationId } = database.owner);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(limiters.splice(0).map((limiter) => limiter.close()));
});
afterAll(() => database.close());

/** A rate limiter with leases of its own, as another process would have. */
function newReplica(): RateLimiter {
  const limiter = createRateLimiter(services);
  limiters.push(limiter);
  return limiter;
}

async function used(bucketId: string): Promise<number> {
  const { rows } = await services.system.query<{ used: number }>(
    "select sum(used) as used from rate_windows where bucket_id = $1",
    [bucketId],
  );
  return must(rows[0]).used;
}

const countAllowed = (decisions: RateDecision[]): number =>
  decisions.filter(({ allowed }) => allowed).length;

describe("three replicas", () => {
  test.each([1, 5, 100, 1000])(
    "together allow exactly %i an hour, asked in turn",
    async (limit) => {
      const replicas = [newReplica(), newReplica(), newReplica()];
      const bucketId = newId();
      let allowed = 0;
      for (let refusals = 0; refusals < replicas.length;) {
        refusals = 0;
        for (const replica of replicas) {
          const decision = await replica.take(organizationId, bucketId, limit);
          if (decision.allowed) allowed++;
          else refusals++;
        }
      }
      expect(allowed).toBe(limit);
    },
  );

  test("together never allow more, asked all at once", async () => {
    const replicas = [newReplica(), newReplica(), newReplica()];
    const bucketId = newId();
    const decisions = await Promise.all(
      Array.from({ length: 1500 }, (_, i) =>
        must(replicas[i % 3]).take(organizationId, bucketId, 400),
      ),
    );
    expect(countAllowed(decisions)).toBe(400);
    expect(decisions.every(({ remaining }) => remaining >= 0)).toBe(true);
  });

  test("give back what they don't use, so that no request of the hour is lost", async () => {
    const [quiet, busy] = [newReplica(), newReplica()];
    const bucketId = newId();
    await quiet.take(organizationId, bucketId, 200);
    expect(await used(bucketId)).toBeGreaterThan(1);
    await expect.poll(() => used(bucketId)).toBe(1);
    const decisions = await Promise.all(
      Array.from({ length: 300 }, () => busy.take(organizationId, bucketId, 200)),
    );
    expect(countAllowed(decisions)).toBe(199);
  });
});

describe("one replica", () => {
  test("says truly what is left, request by request", async () => {
    const replica = newReplica();
    const bucketId = newId();
    const decisions: RateDecision[] = [];
    const hour = async () => {
      const { rows } = await services.system.query<{ reset: number; left: number }>(
        "select extract(epoch from date_trunc('hour', now(), 'UTC')) + 3600 as reset, 3600 - extract(epoch from now())::int8 % 3600 as left",
      );
      return must(rows[0]);
    };
    const before = await hour();
    for (let i = 0; i < 102; i++) decisions.push(await replica.take(organizationId, bucketId, 100));
    expect(decisions.slice(0, 100).map(({ remaining }) => remaining)).toEqual(
      Array.from({ length: 100 }, (_, i) => 99 - i),
    );
    const after = await hour();
    expect(decisions.every(({ resetAtSeconds }) => resetAtSeconds === after.reset)).toBe(true);
    expect(decisions[0]).toMatchObject({ allowed: true, limit: 100, retryAfterSeconds: 0 });
    expect(decisions[100]).toMatchObject({ allowed: false, limit: 100, remaining: 0 });
    // A second more on both sides, for rounding.
    const { retryAfterSeconds } = must(decisions[101]);
    expect(retryAfterSeconds).toBeLessThanOrEqual(before.left + 1);
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(after.left - 1);
  });

  test("asks the database once for all who arrive together, and seldom altogether", async () => {
    const replica = newReplica();
    const bucketId = newId();
    let queries = 0;
    const count = (): void => void queries++;
    services.system.on("acquire", count);
    await Promise.all(
      Array.from({ length: 500 }, () => replica.take(organizationId, bucketId, 10_000)),
    );
    expect(queries).toBe(1);
    for (let i = 0; i < 640; i++) await replica.take(organizationId, bucketId, 10_000);
    services.system.off("acquire", count);
    expect(queries).toBeLessThanOrEqual(12);
  });

  test("keeps to a limit that is lowered or raised meanwhile", async () => {
    const replica = newReplica();
    const bucketId = newId();
    for (let i = 0; i < 50; i++) await replica.take(organizationId, bucketId, 1000);
    expect((await replica.take(organizationId, bucketId, 50)).allowed).toBe(false);
    // What was leased under the first limit is given back beside the answer.
    await expect.poll(() => used(bucketId)).toBe(50);
    expect(await replica.take(organizationId, bucketId, 60)).toMatchObject({
      allowed: true,
      limit: 60,
    });
  });

  test("keeps what was used when it is stopped and started", async () => {
    const bucketId = newId();
    const before = newReplica();
    await before.take(organizationId, bucketId, 100);
    await before.close();
    expect((await newReplica().take(organizationId, bucketId, 100)).remaining).toBe(98);
  });
});

describe("the hour", () => {
  test.each([-3_600_000, 3_600_000])(
    "is the database's, with a process clock that is off by %i ms from the start",
    async (offset) => {
      const now = Date.now;
      vi.spyOn(Date, "now").mockImplementation(() => now() + offset);
      const replica = newReplica();
      const bucketId = newId();
      const endOfHour = () => Math.floor(now() / 3_600_000) * 3600 + 3600;
      const before = endOfHour();
      const decisions = await Promise.all(
        Array.from({ length: 30 }, () => replica.take(organizationId, bucketId, 20)),
      );
      expect(countAllowed(decisions)).toBe(20);
      expect([before, endOfHour()]).toContain(must(decisions[0]).resetAtSeconds);
      expect(must(decisions[29]).retryAfterSeconds).toBeLessThanOrEqual(3600);
    },
  );

  test("doesn't begin anew when the process clock jumps", async () => {
    const replica = newReplica();
    const bucketId = newId();
    for (let i = 0; i < 10; i++) await replica.take(organizationId, bucketId, 20);
    const now = Date.now;
    for (const offset of [3_600_000, -3_600_000, 0]) {
      vi.spyOn(Date, "now").mockImplementation(() => now() + offset);
      await replica.take(organizationId, bucketId, 20);
    }
    const rest = await Promise.all(
      Array.from({ length: 20 }, () => replica.take(organizationId, bucketId, 20)),
    );
    expect(countAllowed(rest)).toBe(7);
  });

  test("ends when the database's clock says so: everything is allowed anew, and nothing old is used", async () => {
    const bucketId = newId();
    const replica = newReplica();
    for (let i = 0; i < 20; i++) await replica.take(organizationId, bucketId, 20);
    expect((await replica.take(organizationId, bucketId, 20)).allowed).toBe(false);
    // As if that had been an hour ago.
    await services.system.query(
      "update rate_windows set window_start = window_start - interval '1 hour' where bucket_id = $1",
      [bucketId],
    );
    await sleep(1100);
    const decisions = await Promise.all(
      Array.from({ length: 30 }, () => replica.take(organizationId, bucketId, 20)),
    );
    expect(countAllowed(decisions)).toBe(20);
  });

  test("is forgotten when it is long over", async () => {
    const bucketId = newId();
    await newReplica().take(organizationId, bucketId, 20);
    await services.system.query(
      "update rate_windows set window_start = window_start - interval '4 hours' where bucket_id = $1",
      [bucketId],
    );
    await forgetPastRates(services);
    const { rowCount } = await services.system.query(
      "select from rate_windows where bucket_id = $1",
      [bucketId],
    );
    expect(rowCount).toBe(0);
  });
});

test("without a database a request is refused as unavailable, and counted again when it is back", async () => {
  const bucketId = newId();
  const pool = openPool({
    url: "postgres://nobody@127.0.0.1:1/none",
    role: "sayso_system",
    max: 1,
    applicationName: "rate test",
  });
  const broken = createRateLimiter({ system: pool });
  await expect(broken.take(organizationId, bucketId, 10)).rejects.toMatchObject({
    code: "unavailable",
  });
  await broken.close();
  await pool.end();
});

/** The requests that the other replica can hold while one refuses: a sixteenth of a minute's. */
const LEASED_ELSEWHERE = 3;

describe("the minute", () => {
  test("allows exactly so many before it is over, however many replicas are asked", async () => {
    const replicas = [newReplica(), newReplica()];
    const bucketId = newId();
    const allowed = new Map<number, number>();
    for (let i = 0; ; i++) {
      const decision = await must(replicas[i % 2]).take(organizationId, bucketId, 60, "minute");
      const { resetAtSeconds } = decision;
      expect(resetAtSeconds % 60).toBe(0);
      if (!decision.allowed) {
        // A minute may have ended on the way. The replica that refuses has used everything that it had.
        expect(decision.retryAfterSeconds).toBeLessThanOrEqual(60);
        expect(allowed.get(resetAtSeconds)).toBeGreaterThanOrEqual(60 - LEASED_ELSEWHERE);
        expect(allowed.get(resetAtSeconds)).toBeLessThanOrEqual(60);
        return;
      }
      allowed.set(resetAtSeconds, (allowed.get(resetAtSeconds) ?? 0) + 1);
    }
  });

  test("is counted apart from the hour of the same bucket", async () => {
    const [replica, bucketId] = [newReplica(), newId()];
    for (let i = 0; i < 3; i++) await replica.take(organizationId, bucketId, 100);
    const minute = await replica.take(organizationId, bucketId, 100, "minute");
    expect(minute).toMatchObject({ allowed: true, remaining: 99 });
    const { remaining } = await replica.take(organizationId, bucketId, 100);
    expect(remaining).toBeGreaterThanOrEqual(96);
    expect(remaining).toBeLessThan(100);
  });
});

// Reading events has a limit of its own, so a client that polls keeps its calls for asking.
import { openStage, until, type Answer, type TestConnection } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";

const stage = await openStage();
afterAll(() => stage.close());
const { organization, services } = stage;

const poll = (by: TestConnection) => by.api.call("GET", "/api/v1/events", { query: { last: 1 } });
const limitsOf = ({ status, headers }: Answer) => ({
  status,
  limit: Number(headers.get("x-ratelimit-limit")),
  remaining: Number(headers.get("x-ratelimit-remaining")),
});

/** Runs the work again if the hour ended meanwhile. */
async function withinOneHour(work: () => Promise<void>): Promise<void> {
  const hourNow = () => Math.floor(Date.now() / 3_600_000);
  for (let tries = 0; tries < 2; tries++) {
    const hour = hourNow();
    try {
      await work();
      return;
    } catch (error) {
      if (hourNow() === hour) throw error;
    }
  }
}

test("polls leave the connection's own calls alone, and go on when those are used up", () =>
  withinOneHour(async () => {
    const modest = await organization.addConnection({ rateLimitPerHour: 3 });
    for (const left of [3599, 3598, 3597, 3596, 3595])
      expect(limitsOf(await poll(modest))).toEqual({ status: 200, limit: 3600, remaining: left });
    for (const left of [2, 1, 0])
      expect(limitsOf(await modest.api.create())).toEqual({
        status: 201,
        limit: 3,
        remaining: left,
      });
    expect(limitsOf(await modest.api.create()).status).toBe(429);
    expect(limitsOf(await poll(modest))).toEqual({ status: 200, limit: 3600, remaining: 3594 });
  }));

test("a connection that may call more often may poll as often", async () => {
  const busy = await organization.addConnection({ rateLimitPerHour: 9000 });
  expect(limitsOf(await poll(busy)).limit).toBe(9000);
});

test("polls have their limit, too, and say when to come again; asking goes on", () =>
  withinOneHour(async () => {
    const eager = await organization.addConnection({ rateLimitPerHour: 10 });
    const known = (await services.sql<{ id: string }>("select bucket_id as id from rate_windows"))
      .map(({ id }) => id)
      .concat(eager.id);
    await poll(eager);
    // The server returns the calls that it reserved and didn't use. After that, the rest of the hour is used up.
    await until(
      async () =>
        (
          await services.sql(
            "update rate_windows set used = 3600 where bucket_id <> all ($1::uuid[]) and used = 1 returning 1",
            [known],
          )
        ).length === 1,
      "the hour is used up",
    );
    const refused = await poll(eager);
    expect([refused.status, refused.error?.code]).toEqual([429, "RATE_LIMITED"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await eager.api.create()).status).toBe(201);
  }));

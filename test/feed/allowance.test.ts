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

test("a wait costs one call however long it is, for a decision and for events; a read in between counts", () =>
  withinOneHour(async () => {
    const patient = await organization.addConnection({ rateLimitPerHour: 100 });
    const { body } = await patient.api.create();
    const wait = () => patient.api.get(body.id, { wait: 10 });
    const left = async (answer: Promise<Answer>) => limitsOf(await answer).remaining;
    expect(await left(wait())).toBe(3599);
    await wait();
    expect(await left(patient.api.get(body.id))).toBe(3598);
    await wait();
    const { body: head } = await patient.api.call<{ next_cursor: string }>(
      "GET",
      "/api/v1/events",
      {
        query: { last: 1 },
      },
    );
    const events = () =>
      patient.api.call<{ data: unknown[] }>("GET", "/api/v1/events", {
        query: { after: head.next_cursor, wait: 10 },
      });
    expect(await left(events())).toBe(3596);
    await events();
    expect(await left(patient.api.get(body.id))).toBe(3595);
  }));

test("reading one request by its id is such a read on every surface", () =>
  withinOneHour(async () => {
    const script = await organization.addConnection({ rateLimitPerHour: 4 });
    const { body } = await script.api.create();
    const read = (path: string) => script.api.call("GET", `${path}/${body.id}`);
    expect(limitsOf(await read("/api/v1/requests")).remaining).toBe(3599);
    expect(limitsOf(await read("/changes/api/v1/approvals"))).toMatchObject({ limit: 3600 });
    expect(limitsOf(await script.api.create()).remaining).toBe(2);
  }));

test("waits that end early, and short ones, are calls like others", () =>
  withinOneHour(async () => {
    const hasty = await organization.addConnection({ rateLimitPerHour: 100 });
    const { body } = await hasty.api.create();
    const left = async (seconds: number) =>
      limitsOf(await hasty.api.get(body.id, { wait: seconds })).remaining;
    expect([await left(1), await left(1)]).toEqual([3599, 3598]);
    await stage.alice.api.approve(body.id);
    expect([await left(30), await left(30)]).toEqual([3597, 3596]);
  }));

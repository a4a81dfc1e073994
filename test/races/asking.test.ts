import { randomUUID } from "node:crypto";
import { must } from "@sayso/must";
import { openStage, type Approval, type TestConnection } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { expectAllSound, expectSound } from "../request-history.ts";
import { inRounds, openRaces, ROUNDS, statusesOf } from "./lanes.ts";

// docs/faults.md, races 48, 49 and 57: three real processes on one PostgreSQL.

const stage = await openStage({ replicas: 3 });
const races = await openRaces(stage);
const { openCast, on } = races;
const { services } = stage;
afterAll(() => Promise.all([stage.close(), races.close()]));
const ask = { title: "Deploy", description: "To production", priority: "high" };
const shuffled = { priority: "high", description: "To production", title: "Deploy" };

test("48: the same idempotency key a hundred times at once over three replicas makes one request", async () => {
  const { organization } = await openCast();
  let machine = await organization.addConnection();
  for (let n = 0; n < ROUNDS; n++) {
    // A connection may make 10,000 calls an hour.
    if (n % 60 === 59) machine = await organization.addConnection();
    const key = randomUUID();
    let isOverloaded = false;
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        for (;;) {
          const answer = await on(machine, i).call<Approval>("POST", "/api/v1/approvals", {
            body: { idempotency_key: key, ...(i % 2 ? ask : shuffled) },
          });
          if (answer.status !== 503) return answer;
          // The request can exist nevertheless. The idempotency key is for this case.
          isOverloaded = true;
        }
      }),
    );
    const made = answers.filter((a) => a.status === 201);
    expect(answers.filter((a) => a.status === 200)).toHaveLength(100 - made.length);
    if (!isOverloaded) expect(made).toHaveLength(1);
    expect(made.length).toBeLessThanOrEqual(1);
    expect(new Set(answers.map((a) => a.body.id)).size).toBe(1);
    const first = (made[0] ?? must(answers[0])).body;
    // Each of these replicas has another address in its answers.
    const texts = answers.map((a) => JSON.stringify({ ...a.body, url: "" }));
    expect([...new Set(texts)]).toEqual([JSON.stringify({ ...first, url: "" })]);
    expect(
      await services.sql("select 1 from requests where idempotency_key = $1", [key]),
    ).toHaveLength(1);
    await expectSound(services, first.id);
  }
});

describe("49: an idempotency key with another body", () => {
  test("is a conflict that names the first request, and leaves that as it was", async () => {
    const { machine } = await openCast();
    const key = randomUUID();
    const first = (await machine.api.create({ ...ask, idempotency_key: key })).body;
    const other = await machine.api.create({ ...ask, title: "Delete", idempotency_key: key });
    expect(other).toMatchObject({
      status: 409,
      error: { code: "CONFLICT", details: { field: "idempotency_key", id: first.id } },
    });
    expect((await machine.api.get(first.id)).body).toEqual({ ...first, context_html: null });
  });

  test("at the same instant on other replicas: one body wins, the other is a conflict", async () => {
    const { machine } = await openCast();
    await inRounds(Math.ceil(ROUNDS / 3), async () => {
      const key = randomUUID();
      const titles = ["Deploy", "Delete"];
      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const title = must(titles[i % 2]);
          return {
            title,
            answer: await on(machine, i).create({ ...ask, title, idempotency_key: key }),
          };
        }),
      );
      const made = answers.filter(({ answer }) => answer.status === 201);
      expect(made).toHaveLength(1);
      for (const { title, answer } of answers) {
        if (answer.status === 201) continue;
        expect(answer.status).toBe(title === must(made[0]).title ? 200 : 409);
      }
      await expectSound(services, must(made[0]).answer.body.id);
    });
  });

  test("is free in another organization", async () => {
    const [one, other] = await Promise.all([openCast(), openCast()]);
    const key = randomUUID();
    const answers = await Promise.all(
      [one, other].map(({ machine }) => machine.api.create({ ...ask, idempotency_key: key })),
    );
    expect(statusesOf(answers)).toEqual([201, 201]);
    expect(must(answers[0]).body.id).not.toBe(must(answers[1]).body.id);
  });
});

test("requests made at once by many, some of them faulty, fail or succeed each for itself", async () => {
  const { machine } = await openCast();
  await inRounds(Math.ceil(ROUNDS / 10), async () => {
    const past = new Date(Date.now() - 1000).toISOString();
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        on(machine, i).create({
          ...ask,
          title: `request ${i}`,
          expires_at: i % 6 === 5 ? past : soon,
        }),
      ),
    );
    answers.forEach((answer, i) => expect(answer.status).toBe(i % 6 === 5 ? 400 : 201));
    const made = answers.filter((a) => a.status === 201).map((a) => a.body);
    expect(new Set(made.map((r) => r.id)).size).toBe(50);
    await expectSound(services, ...made.map((r) => r.id));
  });
});

describe("57: the hourly limit of a connection", () => {
  /** The current hour by the database's clock. A run that crosses the end of an hour is repeated. */
  const hour = async () =>
    must(
      (await services.sql<{ hour: Date }>("select date_trunc('hour', now()) as hour"))[0],
    ).hour.getTime();
  const withinOneHour = async (attempt: () => Promise<void>): Promise<void> => {
    for (;;) {
      const begunIn = await hour();
      try {
        return await attempt();
      } catch (error) {
        if ((await hour()) === begunIn) throw error;
      }
    }
  };

  test("is kept by three replicas together, to the last request", async () => {
    await withinOneHour(async () => {
      const { organization } = await openCast();
      const machine = await organization.addConnection({ rateLimitPerHour: 100 });
      const answers = await Promise.all(
        Array.from({ length: 300 }, (_, i) => on(machine, i).list()),
      );
      const allowed = answers.filter((a) => a.status === 200);
      expect(answers.filter((a) => a.status !== 200 && a.status !== 429)).toEqual([]);
      expect(allowed.length).toBeLessThanOrEqual(100);
      // Calls that another replica reserved and doesn't need come back to a caller who tries again.
      let late = allowed.length;
      const patience = performance.now() + 15_000;
      while (late < 100 && performance.now() < patience)
        if ((await on(machine, late).list()).status === 200) late++;
      expect(late).toBe(100);
      for (let i = 0; i < 3; i++) expect((await on(machine, i).list()).status).toBe(429);
    });
  });

  /**
   * Calls until five calls were refused, and checks the headers of each answer. @returns the number of allowed calls
   */
  const follow = async (machine: TestConnection, replicas: number, deviation: number) => {
    const header = (answer: { headers: Headers }, name: string) => Number(answer.headers.get(name));
    const resetAt = (await hour()) / 1000 + 3600;
    let allowed = 0;
    for (let [i, refused] = [0, 0]; refused < 5; i++) {
      const answer = await on(machine, i % replicas).list();
      const remaining = header(answer, "x-ratelimit-remaining");
      expect(header(answer, "x-ratelimit-limit")).toBe(40);
      expect(header(answer, "x-ratelimit-reset")).toBe(resetAt);
      if (answer.status === 200) {
        allowed++;
        expect(
          Math.abs(remaining - (40 - allowed)),
          `${remaining} after ${allowed}`,
        ).toBeLessThanOrEqual(deviation);
        continue;
      }
      refused++;
      expect(answer).toMatchObject({ status: 429, error: { code: "RATE_LIMITED" } });
      expect(remaining).toBe(0);
      const left = resetAt - Date.now() / 1000;
      expect(Math.abs(header(answer, "retry-after") - left)).toBeLessThan(3);
    }
    return allowed;
  };

  test("is told truly in the headers of every answer", async () => {
    await withinOneHour(async () => {
      const { organization } = await openCast();
      expect(await follow(await organization.addConnection({ rateLimitPerHour: 40 }), 1, 0)).toBe(
        40,
      );
    });
  });

  test("is told by each replica with no more error than what the others have leased meanwhile", async () => {
    await withinOneHour(async () => {
      const { organization } = await openCast();
      // A replica reserves a sixteenth of the calls that are left, here 2 at most.
      const allowed = await follow(
        await organization.addConnection({ rateLimitPerHour: 40 }),
        3,
        2 * 3,
      );
      expect(allowed).toBeLessThanOrEqual(40);
      expect(allowed).toBeGreaterThan(30);
    });
  });

  test("is each connection's own", async () => {
    await withinOneHour(async () => {
      const { organization } = await openCast();
      const [one, other] = [
        await organization.addConnection({ rateLimitPerHour: 1 }),
        await organization.addConnection({ rateLimitPerHour: 1 }),
      ];
      expect((await on(one, 0).list()).status).toBe(200);
      expect((await on(one, 1).list()).status).toBe(429);
      expect((await on(other, 1).list()).status).toBe(200);
    });
  });
});

test("afterwards every request of all these races is sound and the counters are exact", async () => {
  await expectAllSound(services);
});

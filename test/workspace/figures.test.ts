// The statistics, compared with requests whose times are known.
import { must } from "@sayso/must";
import { createOrganization, shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

interface Times {
  count: number;
  p50_seconds: number | null;
  p90_seconds: number | null;
}
interface Outcomes {
  approved: number;
  rejected: number;
  cancelled: number;
  expired: number;
}
interface Named {
  id: string;
  name: string | null;
}
interface Figures {
  pending: { total: number; oldest_at: string | null; by_age: Record<string, number | null>[] };
  outcomes: Outcomes;
  approval_rate: number | null;
  days: (Outcomes & { day: string })[];
  decision_time: Times;
  by_priority: (Times & { priority: string })[];
  by_team: (Times & { team: Named })[];
  by_connection: (Outcomes & { connection: Named | null })[];
  steps: { name: string | null; team: Named | null; count: number; p50_seconds: number }[];
  steps_sampled: number;
  asked: {
    person: Named | null;
    team: Named | null;
    requests: number;
    pending: number;
    decided: number | null;
  }[];
  everybody_asked: number;
}

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, owner, alice, bob, machine, services, server } = stage;
const team = await organization.addTeam("Ops", [alice, bob]);

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];
const march = { from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z" };
const figures = async (query: Record<string, string> = march, by = owner.api): Promise<Figures> =>
  (await by.call<Figures>("GET", "/api/v1/figures", { query })).body;
/** Allows the promised deviation of 1 %, and half a second of rounding. */
const about = (seconds: number): unknown =>
  expect.closeTo(seconds, -Math.log10(seconds * 0.022 + 1.1));

/** Pretends that a request was asked at this time and ended some seconds later. */
const backdate = async (id: string, askedAt: string, afterSeconds?: number) =>
  services.sql(
    `update requests set created_at = $2, decided_at = case when decided_at is not null then $2::timestamptz + make_interval(secs => $3) end
     where id = $1`,
    [id, askedAt, afterSeconds ?? 0],
  );
const ask = async (body: Record<string, unknown> = {}) => (await machine.api.create(body)).body.id;

// Three requests that Alice approved after 1, 2 and 30 minutes; one that Bob rejected after a day; one cancelled.
for (const minutes of [1, 2, 30]) {
  const id = await ask({ priority: "high", assigned_approvers: [alice.id] });
  await alice.api.approve(id);
  await backdate(id, "2026-03-10T12:00:00Z", minutes * MINUTE);
}
const rejected = await ask({ priority: "low", assigned_team_id: team.id });
await bob.api.reject(rejected);
await backdate(rejected, "2026-03-11T23:30:00Z", DAY);
const cancelled = await ask();
await machine.api.cancel(cancelled);
await backdate(cancelled, "2026-03-12T00:00:00Z", HOUR);
const logged = await ask({ is_log: true });
await backdate(logged, "2026-03-12T00:00:00Z", HOUR);
// An automatic action decided this request, not a person.
const automatic = await ask(await organization.approvingItself(1));
await services.sql(
  `update requests set status = 'approved', created_at = '2026-03-13Z', decided_at = '2026-03-13T01:00Z', auto_action_at = null where id = $1`,
  [automatic],
);
const stepwise = await ask({ is_sequential: true });
await machine.api.setSteps(stepwise, [
  { name: "Legal", assigned_user_ids: [alice.id] },
  { name: "Money", assigned_team_id: team.id },
]);
for (const person of [alice, bob]) await person.api.approve(stepwise);
await backdate(stepwise, "2026-03-14T00:00:00Z", 3 * HOUR);
await services.sql(
  `update steps set decided_at = '2026-03-14T00:00Z'::timestamptz + case name when 'Legal' then interval '1 hour' else interval '3 hours' end
   where request_id = $1`,
  [stepwise],
);

describe("of March", () => {
  test("say what was decided, and how much of it approved; log entries don't count", async () => {
    const { outcomes, approval_rate: rate } = await figures();
    expect(outcomes).toEqual({ approved: 5, rejected: 1, cancelled: 1, expired: 0 });
    expect(rate).toBeCloseTo(5 / 6);
  });

  test("say how long people took, without what decided itself", async () => {
    const { decision_time: all, by_priority: byPriority, by_team: byTeam } = await figures();
    expect(all).toEqual({ count: 5, p50_seconds: about(30 * MINUTE), p90_seconds: about(DAY) });
    expect(byPriority.find(({ priority }) => priority === "low")).toMatchObject({
      count: 1,
      p50_seconds: about(DAY),
    });
    expect(byPriority.find(({ priority }) => priority === "critical")).toMatchObject({
      count: 0,
      p50_seconds: null,
    });
    expect(byTeam).toEqual([
      {
        team: { id: team.id, name: "Ops" },
        count: 1,
        p50_seconds: about(DAY),
        p90_seconds: about(DAY),
      },
    ]);
  });

  test("have every day, in the time zone that is asked for", async () => {
    const { days } = await figures();
    expect(days).toHaveLength(31);
    const of = (list: Figures["days"], day: string) => must(list.find((one) => one.day === day));
    expect(of(days, "2026-03-10").approved).toBe(3);
    expect(of(days, "2026-03-12").rejected).toBe(1);
    expect(of(days, "2026-03-20")).toEqual({
      day: "2026-03-20",
      approved: 0,
      rejected: 0,
      cancelled: 0,
      expired: 0,
    });
    const inBerlin = (await figures({ ...march, time_zone: "Europe/Berlin" })).days;
    expect(of(inBerlin, "2026-03-13").rejected).toBe(1);
    // The clocks go forward on the 29th. The span ends there at 2 o'clock on 1 April.
    expect(inBerlin.map(({ day }) => day).slice(-3)).toEqual([
      "2026-03-30",
      "2026-03-31",
      "2026-04-01",
    ]);
  });

  test("say where it gets stuck: a step's time begins when it could be voted on", async () => {
    const { steps, steps_sampled: sampled } = await figures();
    expect(sampled).toBe(2);
    expect(steps.map(({ name, team: asked, p50_seconds: half }) => [name, asked, half])).toEqual([
      ["Money", { id: team.id, name: "Ops" }, 2 * HOUR],
      ["Legal", null, HOUR],
    ]);
  });

  test("say who is asked most, and what they decided", async () => {
    const { asked, everybody_asked: everybody } = await figures();
    expect(asked[0]).toEqual({
      person: { id: alice.id, name: alice.name },
      team: null,
      requests: 4,
      pending: 0,
      decided: 3,
    });
    expect(asked[1]).toMatchObject({ person: null, team: { name: "Ops" }, requests: 2 });
    expect(everybody).toBe(2);
  });

  test("say what came by which connection", async () => {
    const { by_connection: byConnection } = await figures();
    expect(byConnection).toEqual([
      {
        connection: { id: machine.id, name: "machine" },
        approved: 5,
        rejected: 1,
        cancelled: 1,
        expired: 0,
      },
    ]);
  });
});

test("what waits is counted by its age, whatever the span", async () => {
  const ids = [await ask({ priority: "critical" }), await ask({ priority: "low" })];
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR * 1000).toISOString();
  await backdate(must(ids[0]), hoursAgo(2));
  await backdate(must(ids[1]), hoursAgo(24 * 30));
  const { pending } = await figures();
  expect(pending.total).toBe(2);
  expect(pending.by_age).toEqual([
    { up_to_seconds: HOUR, low: 0, medium: 0, high: 0, critical: 0 },
    { up_to_seconds: 4 * HOUR, low: 0, medium: 0, high: 0, critical: 1 },
    { up_to_seconds: DAY, low: 0, medium: 0, high: 0, critical: 0 },
    { up_to_seconds: 3 * DAY, low: 0, medium: 0, high: 0, critical: 0 },
    { up_to_seconds: 7 * DAY, low: 0, medium: 0, high: 0, critical: 0 },
    { up_to_seconds: null, low: 1, medium: 0, high: 0, critical: 0 },
  ]);
  expect(Date.parse(must(pending.oldest_at))).toBeCloseTo(Date.now() - 30 * DAY * 1000, -6);
});

test("another organization has its own", async () => {
  const theirs = await createOrganization(services, server);
  const {
    outcomes,
    pending,
    asked,
    steps,
    by_connection: connections,
  } = await figures(march, theirs.owner.api);
  expect(outcomes).toEqual({ approved: 0, rejected: 0, cancelled: 0, expired: 0 });
  expect([pending.total, asked, steps, connections]).toEqual([0, [], [], []]);
});

test.each([
  [{ ...march, time_zone: "Mars/Olympus" }, "time_zone"],
  [{ from: march.to, to: march.from }, "to"],
  [{ from: "2025-01-01T00:00:00Z", to: "2026-04-01T00:00:00Z" }, "from"],
])("%o is refused by its field %s", async (query, field) => {
  const { status, error } = await owner.api.call("GET", "/api/v1/figures", { query });
  expect([status, error?.details?.fields?.[0]?.field]).toEqual([400, field]);
});

test("a machine is shown none", async () => {
  expect((await machine.api.call("GET", "/api/v1/figures", { query: march })).status).toBe(403);
});

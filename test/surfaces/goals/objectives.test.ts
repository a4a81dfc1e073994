import { must } from "@sayso/must";
import {
  api,
  createOrganization,
  shareStage,
  startReceiver,
  until,
  type Api,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { subscriptions, reportedAt } from "../../feed/delivered.ts";
import {
  addGoalsKey,
  goalsApi,
  type CheckIn,
  type Cycle,
  type KeyResult,
  type Kpi,
  type Objective,
  type Refused,
} from "./goals-api.ts";

const stage = await shareStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { owner, alice, bob, machine, server, services, organization } = stage;
const bot = goalsApi(server.url, machine.key);
const admin = goalsApi(server.url, owner.token);
const member = goalsApi(server.url, alice.token);

const day = (offset: number) =>
  new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
let cycles = 0;
const makeCycle = async (from: number, to: number) =>
  (
    await bot.post<Cycle>("/cycles", {
      name: `Cycle ${++cycles}`,
      starts_on: day(from),
      ends_on: day(to),
    })
  ).body;
const make = async (body: Record<string, unknown> = {}) => {
  const answer = await bot.post<Objective>("/okrs", { title: "Objective", ...body });
  expect([answer.status, answer.body]).toMatchObject([201, {}]);
  return answer.body;
};

describe("an objective", () => {
  test("is made with its key results at once, and read the same everywhere", async () => {
    const cycle = await makeCycle(-5, 85);
    const made = await make({
      title: "  Grow  ",
      description: "On purpose",
      type: "team",
      owner_id: alice.id,
      cycle_id: cycle.id,
      key_results: [
        { title: "Sales", target: 200, start: 100, current: 150, unit: "k€", weight: 3 },
        { title: "Churn", target: 2, start: 10, current: 10, owner_id: bob.id },
      ],
    });
    expect(made).toMatchObject({
      title: "Grow",
      owner: alice.name,
      cycle: cycle.name,
      // (3 × 0.5 + 1 × 0) ÷ 4
      progress: 0.375,
      needs_approval: false,
      version: 1,
    });
    expect(made.key_results).toMatchObject([
      { title: "Sales", progress: 0.5, current: 150, last_checkin_at: null },
      { title: "Churn", progress: 0, owner: bob.name, weight: 1, checkins_count: 0 },
    ]);
    const found = (await member.get<Objective>(`/okrs/${made.id}`)).body;
    expect(found).toMatchObject({ ...made, health_score: found.health_score });
    const { body: list } = await bot.get<Objective[]>("/okrs", { cycle_id: cycle.id });
    expect(list.map(({ id }) => id)).toEqual([made.id]);
    const { body: keyResults } = await bot.get<KeyResult[]>("/key-results", {
      objective_id: made.id,
      search: "sAl",
    });
    expect(keyResults.map(({ title }) => title)).toEqual(["Sales"]);
  });

  test("is listed newest first, and found by its type and by words of its title", async () => {
    const first = await make({ title: "Needle one", type: "individual" });
    const second = await make({ title: "a NEEDLE, too", type: "org" });
    const ids = async (query: Record<string, string | number>) =>
      (await bot.get<Objective[]>("/okrs", query)).body.map(({ id }) => id);
    expect(await ids({ search: "needle" })).toEqual([second.id, first.id]);
    expect(await ids({ search: "needle", type: "individual" })).toEqual([first.id]);
    expect(await ids({ search: "needle", limit: 1 })).toEqual([second.id]);
    expect(await ids({ search: "100%_" })).toEqual([]);
    for (const query of [{ limit: 501 }, { limit: 0 }, { type: "other" }, { cycle_id: "x" }])
      expect((await bot.get("/okrs", query)).status).toBe(400);
  });

  test("changes by what is given; nothing given twice is a new version", async () => {
    const { id } = await make();
    const changed = await bot.patch<Objective>(`/okrs/${id}`, {
      title: "Other",
      owner_id: alice.id,
    });
    expect(changed).toMatchObject({ status: 200, body: { version: 2, owner: alice.name } });
    const same = await bot.patch<Objective>(`/okrs/${id}`, { title: "Other" });
    expect(same.body.version).toBe(2);
    const cleared = await bot.patch<Objective>(`/okrs/${id}`, { owner_id: null });
    expect(cleared.body).toMatchObject({ version: 3, owner: null, owner_id: null, title: "Other" });
  });

  test("is archived with its key results, and is gone then", async () => {
    const { id, key_results } = await make({ key_results: [{ title: "KR", target: 1 }] });
    const keyResult = must(key_results[0]).id;
    expect((await bot.remove(`/okrs/${id}`)).body).toEqual({ id, archived: true });
    for (const [path, body] of [
      [`/okrs/${id}`, undefined],
      [`/key-results/${keyResult}`, undefined],
      [`/key-results/${keyResult}/checkins`, { value: 1 }],
      [`/okrs/${id}/key-results`, { title: "Late", target: 1 }],
    ] as const) {
      const answer = body ? await bot.post(path, body) : await bot.get(path);
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect((await bot.remove(`/okrs/${id}`)).status).toBe(404);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["no title", { title: undefined }, "title"],
    ["an empty title", { title: " " }, "title"],
    ["a long title", { title: "x".repeat(501) }, "title"],
    ["an unknown type", { type: "galaxy" }, "type"],
    ["somebody else's owner", { owner_id: "01234567-89ab-7def-8123-456789abcdef" }, "owner_id"],
    ["an unknown cycle", { cycle_id: "01234567-89ab-7def-8123-456789abcdef" }, "cycle_id"],
    ["no way to go", { key_results: [{ title: "KR", target: 0 }] }, "target"],
    ["no weight", { key_results: [{ title: "KR", target: 1, weight: 0 }] }, "weight"],
    ["a number beyond reason", { key_results: [{ title: "KR", target: 1e16 }] }, "target"],
    [
      "too many key results",
      { key_results: Array.from({ length: 51 }, () => ({ title: "KR", target: 1 })) },
      "key_results",
    ],
  ])("with %s is refused, naming the field, and nothing is made", async (_, body, field) => {
    const count = async () =>
      services.sql("select 1 from objectives where organization_id = $1", [organization.id]);
    const before = (await count()).length;
    const answer = await bot.post<Refused>("/okrs", { title: "Objective", ...body });
    expect(answer).toMatchObject({ status: 400, body: { error: "bad_request" } });
    expect(answer.body.message).toContain(field);
    expect((await count()).length).toBe(before);
  });

  test("takes no field that it doesn't have", async () => {
    const made = await bot.post("/okrs", { title: "Objective", progress: 1, organization_id: "x" });
    expect(made).toMatchObject({
      status: 400,
      body: { message: "progress: unknown field" },
    });
  });
});

describe("health", () => {
  test("falls with the gap and rises with a check-in", async () => {
    const cycle = await makeCycle(-60, 30);
    const made = await make({
      cycle_id: cycle.id,
      key_results: [{ title: "KR", target: 100 }],
    });
    // Pretends that the key results are two months old.
    await services.sql(
      `update key_results set created_at = now() - interval '60 days' where objective_id = $1`,
      [made.id],
    );
    const read = async () => (await bot.get<Objective>(`/okrs/${made.id}`)).body;
    const neglected = await read();
    expect(neglected).toMatchObject({ status: "off_track", progress: 0 });
    expect(neglected.health_score).toBeLessThan(10);
    const keyResult = must(made.key_results[0]).id;
    const { body: checkIn } = await bot.post<CheckIn>(`/key-results/${keyResult}/checkins`, {
      value: 70,
    });
    // The check-in gave no status, so the server computed it.
    expect(checkIn).toMatchObject({ previous_value: 0, status: "on_track" });
    expect(await read()).toMatchObject({ progress: 0.7, health_score: 100, status: "on_track" });
  });

  test("what people say of a key result is worse than what is computed, so it stands", async () => {
    const made = await make({
      key_results: [
        { title: "One", target: 10 },
        { title: "Two", target: 10 },
      ],
    });
    const [one, two] = made.key_results.map(({ id }) => id);
    const say = (id: string | undefined, status: string) =>
      bot.post(`/key-results/${id}/checkins`, { value: 10, status });
    const status = async () => (await bot.get<Objective>(`/okrs/${made.id}`)).body.status;
    expect(await status()).toBe("on_track");
    await say(one, "off_track");
    expect(await status()).toBe("at_risk");
    await say(two, "off_track");
    expect(await status()).toBe("off_track");
    await say(one, "on_track");
    await say(two, "on_track");
    expect(await status()).toBe("on_track");
  });

  test("weights as small and as large as they may be still give a mean", async () => {
    const made = await make({
      key_results: [
        { title: "Light", target: 1, current: 1, weight: 1e-300 },
        { title: "Heavy", target: 1, weight: 1000 },
      ],
    });
    expect(made.progress).toBe(0);
    expect(made.health_score).toBeLessThanOrEqual(100);
  });
});

describe("who may what", () => {
  test("only an admin puts a goal under approval or takes it out", async () => {
    const refused = { status: 403, body: { error: "forbidden" } };
    for (const by of [bot, member]) {
      expect(await by.post("/okrs", { title: "X", needs_approval: true })).toMatchObject(refused);
      expect(await by.post("/kpis", { name: "X", target: 1, needs_approval: true })).toMatchObject(
        refused,
      );
    }
    const { body: kpi } = await admin.post<Kpi>("/kpis", {
      name: "Guarded",
      target: 1,
      needs_approval: true,
    });
    expect(kpi.needs_approval).toBe(true);
    for (const by of [bot, member]) {
      expect(await by.patch(`/kpis/${kpi.id}`, { needs_approval: false })).toMatchObject(refused);
      expect(await by.remove(`/kpis/${kpi.id}`)).toMatchObject(refused);
    }
    expect(
      (await admin.patch<Kpi>(`/kpis/${kpi.id}`, { needs_approval: false })).body,
    ).toMatchObject({ needs_approval: false, version: 2 });
  });

  test("review cycles are for admins, reviews for people, and a draft for its author alone", async () => {
    const round = { name: "Round" };
    for (const by of [bot, member])
      expect((await by.post("/review-cycles", round)).status).toBe(403);
    const { body: cycle } = await admin.post<{ id: string }>("/review-cycles", round);
    const body = { review_cycle_id: cycle.id, answers: [{ question: "How?", answer: "Well" }] };
    expect((await bot.post("/reviews", body)).status).toBe(403);
    // An id in upper case must not hide that author and reviewee are the same person.
    const asManager = { ...body, employee_id: alice.id.toUpperCase(), type: "manager" };
    expect((await member.post("/reviews", asManager)).status).toBe(400);
    const { body: review } = await member.post<{ id: string }>("/reviews", body);
    const { key } = await addGoalsKey(organization, ["reviews:read"]);
    const reader = goalsApi(server.url, key);
    const everybody = [admin, reader, member, goalsApi(server.url, bob.token)];
    for (const by of everybody) {
      expect((await by.get(`/reviews/${review.id}/summary`)).status).toBe(404);
      expect((await by.get<unknown[]>("/reviews")).body).toEqual([]);
    }
    for (const by of everybody.filter((one) => one !== member)) {
      const refused = by === reader ? 403 : 404;
      expect((await by.patch(`/reviews/${review.id}`, { answers: [] })).status).toBe(refused);
      expect((await by.post(`/reviews/${review.id}/share`)).status).toBe(refused);
      expect((await by.remove(`/reviews/${review.id}`)).status).toBe(refused);
    }
    expect((await member.post("/reviews", body)).status).toBe(409);
    expect((await member.post(`/reviews/${review.id}/share`)).status).toBe(200);
    // The review is shared with its two people, with admins, and with connections that an admin let read reviews.
    const seen = await Promise.all(
      everybody.map(async (by) => (await by.get(`/reviews/${review.id}/summary`)).status),
    );
    expect(seen).toEqual([200, 200, 200, 404]);
    expect((await bot.get(`/reviews/${review.id}/summary`)).status).toBe(403);
    expect((await member.patch(`/reviews/${review.id}`, { answers: [] })).status).toBe(409);
    expect((await member.remove(`/reviews/${review.id}`)).status).toBe(409);
    await admin.patch(`/review-cycles/${cycle.id}`, { status: "closed" });
    expect((await goalsApi(server.url, bob.token).post("/reviews", body)).status).toBe(409);
  });

  test("another organization sees and changes nothing", async () => {
    const theirs = await createOrganization(services, server);
    const them = goalsApi(server.url, theirs.owner.token);
    const made = await make({ key_results: [{ title: "KR", target: 1 }] });
    expect((await them.get<Objective[]>("/okrs")).body).toEqual([]);
    expect((await them.get(`/okrs/${made.id}`)).status).toBe(404);
    expect((await them.patch(`/okrs/${made.id}`, { title: "Mine" })).status).toBe(404);
    expect(
      (await them.post(`/okrs/${must(made.key_results[0]).id}/checkins`, { value: 1 })).status,
    ).toBe(404);
    expect(await them.post("/okrs", { title: "X", owner_id: alice.id })).toMatchObject({
      status: 400,
    });
  });
});

describe("events", () => {
  /** Creates an organization of its own, so that its feed contains only the test's events. */
  const openFeed = async () => {
    const fresh = await createOrganization(services, server);
    const { api: by, key, name } = await fresh.addConnection();
    return { by, name, writer: goalsApi(server.url, key) };
  };
  const read = async <Event>(by: Api, types?: string): Promise<Event[]> =>
    (await by.call<{ data: Event[] }>("GET", "/api/v1/events", { query: { types } })).body.data;

  test("each write is told by the feed and by webhook, in its order, with what it did", async () => {
    const { by, name, writer } = await openFeed();
    const mine = subscriptions(by);
    const made = await mine.create({
      target_url: `${receiver.url}/goals`,
      event_types: ["objective.*", "key_result.*", "checkin.*", "kpi.*"],
    });
    expect(made.status).toBe(201);
    const { body: objective } = await writer.post<Objective>("/okrs", {
      title: "To be told",
      key_results: [{ title: "KR", target: 10 }],
    });
    const keyResult = must(objective.key_results[0]).id;
    await writer.patch(`/okrs/${objective.id}`, { title: "Told" });
    await writer.patch(`/key-results/${keyResult}`, { target: 20 });
    await writer.post(`/key-results/${keyResult}/checkins`, { value: 5, comment: "Half" });
    const { body: kpi } = await writer.post<Kpi>("/kpis", { name: "K", target: 2, current: 1 });
    await writer.post(`/kpis/${kpi.id}/updates`, { value: 2 });
    await writer.patch(`/kpis/${kpi.id}`, { target: 3 });
    await writer.remove(`/kpis/${kpi.id}`);
    await writer.remove(`/okrs/${objective.id}`);
    const wanted = [
      "objective.created",
      "key_result.created",
      "objective.updated",
      "key_result.updated",
      "checkin.recorded",
      "kpi.created",
      "kpi.updated",
      "kpi.changed",
      "kpi.archived",
      "objective.archived",
    ];
    type Told = { type: string; data: Record<string, unknown>; actor: { name: string } };
    let events: Told[] = [];
    await until(async () => {
      events = await read<Told>(by, "objective.*,key_result.*,checkin.*,kpi.*");
      return events.length >= wanted.length;
    }, "the feed has all events");
    expect(events.map(({ type }) => type)).toEqual(wanted);
    expect(events.every(({ actor }) => actor.name === name)).toBe(true);
    expect(must(events[4]).data).toMatchObject({
      key_result_id: keyResult,
      previous_value: 0,
      value: 5,
      target: 20,
      comment: "Half",
    });
    expect(must(events[6]).data).toMatchObject({
      previous_value: 1,
      new_value: 2,
      status: "on_track",
    });
    expect(must(events[3]).data).toMatchObject({ version: 2, changes: { target: 20 } });
    await until(
      () => reportedAt(receiver, "/goals").length >= wanted.length,
      "the receiver was told everything",
    );
    expect(
      reportedAt(receiver, "/goals")
        .map(({ json }) => String(json.type))
        .toSorted(),
    ).toEqual(wanted.toSorted());
  });

  test("what is refused is told by nobody", async () => {
    const { by, writer } = await openFeed();
    const { body: objective } = await writer.post<Objective>("/okrs", { title: "Objective" });
    const path = `/okrs/${objective.id}`;
    await writer.patch(path, { owner_id: "01234567-89ab-7def-8123-456789abcdef" });
    await writer.post("/okrs", { title: "X", key_results: [{ title: "Y", target: 0 }] });
    await writer.patch(path, { title: "Last" });
    let types: string[] = [];
    await until(async () => {
      types = (await read<{ type: string }>(by)).map(({ type }) => type);
      return types.includes("objective.updated");
    }, "the last event is there");
    expect(types).toEqual(["objective.created", "objective.updated"]);
  });

  test("reviews are no news for everybody", async () => {
    const refused = await machine.api.call("GET", "/api/v1/events", {
      query: { types: "review.*" },
    });
    expect(refused.status).toBe(403);
    expect(
      (
        await api(server.url, owner.token).call("GET", "/api/v1/events", {
          query: { types: "review.*" },
        })
      ).status,
    ).toBe(200);
  });
});

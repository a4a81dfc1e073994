// The operations behind the pages of goals, beside the goals surface: timelines, histories, the parts of health,
// pending changes.
import type { ReplyOf, workspaceOperations } from "@sayso/catalogue";
import { api, shareStage } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  goalsApi,
  type HeldChange,
  type Kpi,
  type Objective,
} from "../surfaces/goals/goals-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { owner, alice, bob, machine, server, services, organization } = stage;
const admin = goalsApi(server.url, owner.token);
const member = goalsApi(server.url, alice.token);

type Operations = typeof workspaceOperations;
type Body<Name extends keyof Operations> = ReplyOf<Operations[Name]>["body"];
type Timeline = Body<"listObjectiveTimeline">;
type Histories = Body<"listKpiHistories">;

const objective = async (title: string, needs_approval = false) =>
  (
    await admin.post<Objective>("/okrs", {
      title,
      needs_approval,
      key_results: [{ title: "KR", target: 10, start: 2, unit: "€", needs_approval }],
    })
  ).body;
const kpi = async (body: object = {}) =>
  (await admin.post<Kpi>("/kpis", { name: "Margin", target: 10, ...body })).body;

describe("the timeline", () => {
  test("of an objective tells all that was done to it and its key results, newest first, by whom", async () => {
    const { id, key_results } = await objective("Told");
    const keyResult = key_results[0]?.id ?? "";
    await member.post(`/key-results/${keyResult}/checkins`, { value: 4, comment: "Half" });
    await admin.patch(`/okrs/${id}`, { title: "Told again" });
    await admin.patch(`/key-results/${keyResult}`, { target: 12 });
    await objective("Another");
    const { body } = await member.get<Timeline>(`/objectives/${id}/timeline`);
    expect(body.has_more).toBe(false);
    expect(body.data.map(({ type }) => type)).toEqual([
      "key_result.updated",
      "objective.updated",
      "checkin.recorded",
      "key_result.created",
      "objective.created",
    ]);
    expect(body.data[2]).toMatchObject({
      by: { kind: "person", id: alice.id, name: "Alice Approver" },
      data: { key_result_id: keyResult, previous_value: 2, value: 4, comment: "Half", unit: "€" },
    });
    expect(body.data[1]).toMatchObject({ data: { changes: { title: "Told again" } } });
  });

  test("is read in pages that miss nothing and repeat nothing, whatever stands at one instant", async () => {
    const { id } = await kpi({ current: 0 });
    // One statement has one point in time, so only the ids distinguish these entries.
    await services.sql(
      `insert into events (id, organization_id, sequence, type, actor_kind, data)
       select gen_random_uuid(), $1, 0, 'kpi.updated', 'system', json_build_object('kpi_id', $2::text, 'new_value', n)
       from generate_series(1, 25) n`,
      [organization.id, id],
    );
    const seen: string[] = [];
    for (let before: string | undefined, more = true; more;) {
      const query = { limit: 10, before };
      const { body } = await member.get<Timeline>(`/kpi-timelines/${id}`, query);
      seen.push(...body.data.map((entry) => entry.id));
      before = body.data.at(-1)?.id;
      more = body.has_more;
      expect(seen.length).toBeLessThanOrEqual(26);
    }
    expect(seen).toHaveLength(26);
    expect(new Set(seen).size).toBe(26);
  });

  test("refuses a place that is none of it, and knows nothing of what is archived", async () => {
    const mine = await kpi();
    const other = await kpi();
    const [elsewhere] = (await member.get<Timeline>(`/kpi-timelines/${other.id}`)).body.data;
    const wrong = await member.get(`/kpi-timelines/${mine.id}`, { before: elsewhere?.id });
    expect(wrong).toMatchObject({
      status: 400,
      error: { details: { fields: [{ field: "before" }] } },
    });
    await admin.remove(`/kpis/${mine.id}`);
    expect((await member.get(`/kpi-timelines/${mine.id}`)).status).toBe(404);
    expect((await member.get(`/objectives/${other.id}/timeline`)).status).toBe(404);
  });

  test("is read by its index alone, as the API reads it, among however many events", async () => {
    const { id } = await kpi();
    const db = await services.app.connect();
    try {
      // PostgreSQL reads and sorts few rows completely, because that is faster. These settings show the plan for many
      // rows.
      await db.query(
        `begin; set local sayso.organization_id = '${organization.id}';
         set local enable_seqscan = off; set local enable_bitmapscan = off`,
      );
      const { rows: plan } = await db.query<{ "QUERY PLAN": string }>(
        `explain select event_id from goal_events where organization_id = '${organization.id}' and goal_id = '${id}'
         and (created_at, event_id) < (now(), '${id}') order by created_at desc, event_id desc limit 31`,
      );
      const text = plan.map((line) => line["QUERY PLAN"]).join("\n");
      expect(text).toMatch(/Index (Only )?Scan Backward using goal_events_pkey/);
      expect(text).toMatch(/Index Cond: .*goal_id = .*ROW\(created_at, event_id\)/);
      expect(text).not.toContain("Sort");
    } finally {
      await db.query("rollback");
      db.release();
    }
  });
});

describe("the history of values", () => {
  test("begins with what the goal was made with, and ends with the newest", async () => {
    const { id } = await kpi({ current: 3 });
    const unmeasured = await kpi();
    for (const value of [5, 4]) await member.post(`/kpis/${id}/updates`, { value });
    const { body } = await member.get<Histories>("/kpi-histories");
    const valuesOf = (goal: string) =>
      body.data.find(({ goal_id }) => goal_id === goal)?.points.map(({ value }) => value);
    expect(valuesOf(id)).toEqual([3, 5, 4]);
    expect(valuesOf(unmeasured.id)).toEqual([]);

    const { id: okr, key_results } = await objective("Measured");
    const keyResult = key_results[0]?.id ?? "";
    for (const value of [6, 7]) await member.post(`/key-results/${keyResult}/checkins`, { value });
    const ofOkr = await member.get<Histories>(`/objectives/${okr}/histories`);
    expect(ofOkr.body.data).toMatchObject([
      { goal_id: keyResult, points: [{ value: 2 }, { value: 6 }, { value: 7 }] },
    ]);
  });

  test("holds the newest 24 values of a KPI; what it was made with is then among those left out", async () => {
    const { id } = await kpi({ current: 0 });
    for (let value = 1; value <= 25; value++) await member.post(`/kpis/${id}/updates`, { value });
    const { body } = await member.get<Histories>("/kpi-histories");
    const points = body.data.find(({ goal_id }) => goal_id === id)?.points ?? [];
    expect(points.map(({ value }) => value)).toEqual(Array.from({ length: 24 }, (_, i) => i + 2));
    expect(points.map(({ at }) => at)).toEqual(points.map(({ at }) => at).toSorted());
  });
});

test("the parts of health make up its score", async () => {
  const { id } = await objective("Healthy");
  const { body } = await member.get<Body<"getObjectiveHealth">>(`/objectives/${id}/health`);
  const { body: now } = await member.get<Objective>(`/okrs/${id}`);
  expect(body).toMatchObject({ objective_id: id, score: now.health_score });
  const [health] = body.key_results;
  expect(health).toMatchObject({
    key_result_id: now.key_results[0]?.id,
    progress_gap: 0,
    velocity: 1,
  });
  const { recency = 0, velocity = 0, gap = 0 } = health?.points ?? {};
  expect(Math.round(recency + velocity + gap)).toBe(now.key_results[0]?.health_score);
});

describe("what waits for a yes", () => {
  type Waiting = Body<"listWaitingGoalChanges">["data"];
  const waiting = async (goal_id?: string) =>
    (await member.get<{ data: Waiting }>("/goal-changes", { goal_id })).body.data;

  test("is told of a goal and its key results until it is decided", async () => {
    const guarded = await objective("Guarded", true);
    const free = await objective("Free");
    const keyResult = guarded.key_results[0]?.id ?? "";
    const title = await member.patch<HeldChange>(`/okrs/${guarded.id}`, { title: "Renamed" });
    const target = await member.patch<HeldChange>(`/key-results/${keyResult}`, { target: 20 });
    expect(await waiting(guarded.id)).toMatchObject([
      {
        id: target.body.id,
        entity_type: "keyResult",
        entity_id: keyResult,
        entity_name: "KR",
        patch: { target: 20 },
        requester_id: alice.id,
        requester_name: "Alice Approver",
      },
      { id: title.body.id, entity_type: "objective", patch: { title: "Renamed" } },
    ]);
    expect(await waiting(free.id)).toEqual([]);
    expect((await waiting()).map(({ id }) => id)).toEqual([target.body.id, title.body.id]);
    expect((await owner.api.reject(title.body.id)).status).toBe(200);
    expect((await owner.api.approve(target.body.id)).status).toBe(200);
    expect(await waiting(guarded.id)).toEqual([]);
  });

  test("of nobody's goal is not found", async () => {
    const query = { goal_id: "01234567-89ab-7def-8123-456789abcdef" };
    expect((await member.get("/goal-changes", query)).status).toBe(404);
  });
});

describe("goals keys", () => {
  const signedIn = async (method: string, path: string, body?: unknown) =>
    api(server.url, null).call<Body<"createGoalsKey">>(method, `/api/v1${path}`, {
      body,
      headers: { Cookie: `sayso_session=${session}`, Origin: server.url },
    });
  let session = "";
  beforeAll(async () => {
    session = await owner.signIn();
  });

  test("are made by an admin in person, shown once, and let in until they are revoked", async () => {
    const body = { name: "Weekly dashboard", scopes: ["kpis:read", "okrs:read", "kpis:read"] };
    const made = await signedIn("POST", "/goals-keys", body);
    expect(made).toMatchObject({ status: 201, body: { name: body.name } });
    expect(made.body.key).toMatch(/^okrt_[0-9a-f]{64}$/);
    const program = goalsApi(server.url, made.body.key);
    expect((await program.get("/okrs")).status).toBe(200);
    expect((await program.post("/okrs", { title: "No" })).status).toBe(403);

    const listed = await admin.get<Body<"listGoalsKeys">>("/goals-keys");
    expect(listed.body.data[0]).toMatchObject({
      id: made.body.id,
      scopes: ["okrs:read", "kpis:read"],
      last_four: made.body.key.slice(-4),
      revoked_at: null,
    });
    expect(JSON.stringify(listed.body)).not.toContain(made.body.key.slice(20));
    expect((await signedIn("DELETE", `/goals-keys/${made.body.id}`)).status).toBe(200);
    await expect.poll(async () => (await program.get("/okrs")).status).toBe(401);
    expect((await signedIn("DELETE", `/goals-keys/${made.body.id}`)).status).toBe(404);
  });

  test("are not made by a token: it could give itself more than it has", async () => {
    const body = { name: "More", scopes: ["reviews:read"] };
    const { token } = await owner.createToken(["approvals:write"]);
    expect((await goalsApi(server.url, token).post("/goals-keys", body)).status).toBe(403);
    expect((await member.get("/goals-keys")).status).toBe(403);
  });
});

test("a draft of a review is seen by its author alone; what is shared by both", async () => {
  const { body: cycle } = await admin.post<{ id: string }>("/review-cycles", { name: "Q2" });
  const answers = [{ question: "How?", answer: "Well" }];
  const { body: review } = await member.post<{ id: string }>("/reviews", {
    review_cycle_id: cycle.id,
    employee_id: bob.id,
    answers,
  });
  const path = `/me/reviews/${review.id}`;
  const about = goalsApi(server.url, bob.token);
  expect((await member.get<Body<"getVisibleReview">>(path)).body).toMatchObject({
    status: "draft",
    answers,
  });
  expect((await member.get<Body<"listVisibleReviews">>("/me/reviews")).body.data).toHaveLength(1);
  for (const other of [about, admin]) expect((await other.get(path)).status).toBe(404);
  expect((await about.get<Body<"listVisibleReviews">>("/me/reviews")).body.data).toEqual([]);
  await member.post(`/reviews/${review.id}/share`);
  expect((await about.get<Body<"getVisibleReview">>(path)).body.answers).toEqual(answers);
  expect((await goalsApi(server.url, machine.key).get(path)).status).toBe(403);
});

test("an import tells of every faulty row at once, and makes nothing", async () => {
  const before = (await member.get<Kpi[]>("/kpis")).body.length;
  const csv = "name,target,owner\nGood,1,\n,2,\nBad,many,\nNobody's,3,Nobody\n";
  const refused = await admin.post<{ message: string }>("/goals/import", { table: "kpis", csv });
  expect(refused).toMatchObject({
    status: 400,
    body: {
      message:
        "csv: line 3, column 1: name is required; csv: line 4, column 2: target must be a number, such as 12.5; " +
        "csv: line 5, column 3: owner is not a person of this organization: Nobody",
    },
  });
  const okrs = "objective,type,key_result,target\nA,nobody's,KR,1\nA,,KR,many\nB,,KR,0\n";
  const both = await admin.post<{ message: string }>("/goals/import", {
    table: "objectives",
    csv: okrs,
  });
  expect(both.body.message.match(/line \d+, column \d+/g)).toEqual([
    "line 2, column 2",
    "line 3, column 4",
    "line 4, column 4",
  ]);
  expect((await member.get<Kpi[]>("/kpis")).body).toHaveLength(before);
});

// The examples of the documentation of the goals API that Sayso imitates, as data of our own: the fields, shapes and
// values are the same. `node test/surfaces/goals/seed-replay.ts --seed FILE` replays the document itself.
import { createGoalsKey, createObjective, createReview, shareReview } from "@sayso/core";
import { must } from "@sayso/must";
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { findDifferences } from "../../approvals/resemblance.ts";
import {
  addGoalsKey,
  goalsApi,
  type Cycle,
  type Kpi,
  type Refused,
  type ReviewCycle,
} from "./goals-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { owner, organization, server } = stage;
const admin = goalsApi(server.url, owner.token);
const { key } = await createGoalsKey(organization.context, {
  name: "Dashboard",
  scopes: ["okrs:read", "kpis:read", "kpis:write", "okr-checkins:write", "reviews:read"],
});
const client = goalsApi(server.url, key);
const nowhere = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";

const cycle = (
  await admin.post<Cycle>("/cycles", {
    name: "Q2 2026",
    starts_on: "2026-04-01",
    ends_on: "2026-06-30",
  })
).body;
const alice = await organization.addPerson({ name: "Alice Nguyen" });
const objective = await createObjective(organization.context, {
  title: "Improve onboarding conversion",
  cycleId: cycle.id,
  ownerId: alice.id,
  keyResults: [{ title: "Conversion", start: 0, target: 100, current: 65 }],
});
const keyResultId = must(objective.keyResults[0]).id;

describe("OKRs", () => {
  test("GET /okrs answers a bare list with progress, status, health and cycle", async () => {
    const answer = await client.get("/okrs");
    expect(answer.status).toBe(200);
    const documented = [
      {
        id: nowhere,
        title: "Improve onboarding conversion",
        type: "org",
        owner: "Alice Nguyen",
        progress: 0.65,
        status: "on_track",
        health_score: 82,
        cycle: "Q2 2026",
      },
    ];
    expect(findDifferences(documented, answer.body, ["0.health_score", "0.status"])).toEqual([]);
    expect(answer.body).toMatchObject([{ key_results: [{ id: keyResultId, progress: 0.65 }] }]);
  });

  test.each(["okrs", "key-results"])("POST /%s/:id/checkins records a check-in", async (base) => {
    const answer = await client.post(`/${base}/${keyResultId}/checkins`, {
      value: 70,
      comment: "New flow shipped",
      status: "on_track",
    });
    expect(answer.status).toBe(200);
    const documented = {
      id: nowhere,
      kr_id: keyResultId,
      value: 70,
      status: "on_track",
      created_at: "2026-04-19T12:00:00Z",
    };
    expect(findDifferences(documented, answer.body)).toEqual([]);
    expect(answer.body).toMatchObject({ kr_id: keyResultId });
  });

  test("a check-in without a number is a 400, of an unknown key result a 404", async () => {
    const path = `/okrs/${keyResultId}/checkins`;
    for (const body of [{}, { value: "70" }, { value: null }]) {
      const answer = await client.post<Refused>(path, body);
      expect(answer).toMatchObject({ status: 400, body: { error: "bad_request" } });
      expect(answer.body.message).toContain("value");
    }
    for (const id of [nowhere, objective.id, "KR_ID"])
      expect(await client.post(`/okrs/${id}/checkins`, { value: 1 })).toMatchObject({
        status: 404,
        body: { error: "not_found" },
      });
  });
});

describe("KPIs", () => {
  const made = admin.post<Kpi>("/kpis", {
    name: "Weekly Active Users",
    current: 3721,
    target: 4500,
    unit: "users",
  });

  test("a new value captures the one before, and GET /kpis shows it", async () => {
    const { id } = (await made).body;
    const answer = await client.post(`/kpis/${id}/updates`, {
      value: 3810,
      comment: "Small uptick after release",
    });
    expect(answer.status).toBe(200);
    const documented = {
      id: nowhere,
      kpi_id: id,
      previous_value: 3721,
      new_value: 3810,
      created_at: "2026-04-19T12:00:00Z",
    };
    expect(findDifferences(documented, answer.body)).toEqual([]);
    const list = await client.get("/kpis");
    expect(list.status).toBe(200);
    expect(
      findDifferences(
        [
          {
            id: nowhere,
            name: "Weekly Active Users",
            current: 3810,
            target: 4500,
            unit: "users",
            status: "at_risk",
            last_updated: "2026-04-01T09:30:00Z",
          },
        ],
        list.body,
      ),
    ).toEqual([]);
  });

  test("no number is a 400, an unknown KPI a 404", async () => {
    const { id } = (await made).body;
    for (const body of [{}, { value: "3810" }, { value: [1] }])
      expect(await client.post(`/kpis/${id}/updates`, body)).toMatchObject({
        status: 400,
        body: { error: "bad_request" },
      });
    expect(await client.post(`/kpis/${nowhere}/updates`, { value: 1 })).toMatchObject({
      status: 404,
      body: { error: "not_found" },
    });
  });
});

describe("reviews", () => {
  test("GET /review-cycles counts reviewees, GET /reviews/:id/summary tells a shared review", async () => {
    const sarah = await organization.addPerson({ name: "Sarah Chen" });
    const { body: round } = await admin.post<ReviewCycle>("/review-cycles", {
      name: "Q2 2026 Mid-Year Review",
      due_date: "2026-05-03",
    });
    await createReview(alice.context, { reviewCycleId: round.id });
    const answers = [
      {
        question: "What went well this cycle?",
        answer: "Shipped the onboarding redesign on time",
      },
      { question: "What are your growth areas?", answer: "Delegation and prioritisation" },
    ];
    const review = await createReview(sarah.context, { reviewCycleId: round.id, answers });
    const list = await client.get("/review-cycles");
    const documented = {
      id: nowhere,
      name: "Q2 2026 Mid-Year Review",
      status: "active",
      due_date: "2026-05-03",
      reviewee_count: 2,
    };
    expect(findDifferences([documented], list.body)).toEqual([]);

    const path = `/reviews/${review.id}/summary`;
    expect(await client.get(path)).toMatchObject({ status: 404, body: { error: "not_found" } });
    await shareReview(sarah.context, review.id);
    const summary = await client.get(path);
    expect(summary.status).toBe(200);
    expect(summary.body).toEqual({
      review_id: review.id,
      employee: "Sarah Chen",
      cycle: "Q2 2026 Mid-Year Review",
      type: "self",
      status: "shared",
      answers,
      shared_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    });
  });
});

describe("errors", () => {
  test("401 without a key or with a wrong one", async () => {
    for (const credential of [null, "okrt_your_api_key_here", `okrt_${"0".repeat(64)}`])
      expect(await goalsApi(server.url, credential).get("/okrs")).toMatchObject({
        status: 401,
        body: { error: "unauthorized", message: expect.any(String) as string },
      });
  });

  test("403 names the scope that the key lacks", async () => {
    const reader = await addGoalsKey(organization, ["kpis:read"]);
    const refused = await goalsApi(server.url, reader.key).post(`/kpis/${nowhere}/updates`, {
      value: 1,
    });
    expect(refused).toMatchObject({
      status: 403,
      body: { error: "forbidden", message: "This key does not have kpis:write permission" },
    });
  });

  test("the sixty-first request of a UTC minute is a 429 with the documented body, other keys go on", async () => {
    const { key: busy } = await addGoalsKey(organization);
    const { get } = goalsApi(server.url, busy);
    const allowed = new Map<string, number>();
    for (;;) {
      const answer = await get<Refused>("/cycles");
      const minute = must(answer.headers.get("x-ratelimit-reset"));
      expect(Number(minute) % 60).toBe(0);
      if (answer.status === 200) {
        allowed.set(minute, (allowed.get(minute) ?? 0) + 1);
        continue;
      }
      expect(answer.status).toBe(429);
      expect(allowed.get(minute)).toBe(60);
      const seconds = Number(answer.headers.get("retry-after"));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(answer.body).toEqual({
        error: "rate_limit_exceeded",
        message: expect.stringContaining("60 requests") as string,
        retry_after_seconds: seconds,
      });
      break;
    }
    expect(Math.max(...allowed.values())).toBe(60);
    expect((await client.get("/cycles")).status).toBe(200);
  });

  test("what isn't there, a wrong method and a broken body are told in the same form", async () => {
    const { call } = stage.machine.api;
    const answers = [
      await call("GET", "/api/v1/okrs/a/b/c"),
      await call("PUT", "/api/v1/kpis"),
      await call("POST", "/api/v1/kpis", {
        rawBody: "{",
        headers: { "Content-Type": "application/json" },
      }),
      await call("POST", "/api/v1/kpis", { rawBody: "x", headers: { "Content-Type": "text/csv" } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 405, 400, 415]);
    for (const { body } of answers)
      expect(body).toEqual({
        error: expect.stringMatching(/^[a-z_]+$/) as string,
        message: expect.any(String) as string,
      });
  });
});

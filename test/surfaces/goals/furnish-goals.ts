import { createGoalsKey, createReview, createReviewCycle, shareReview } from "@sayso/core";
import { must } from "@sayso/must";
import type { Foreign, Furniture } from "../../tenancy/other-surfaces.ts";
import { goalsApi, type Cycle, type Kpi, type Objective } from "./goals-api.ts";

/** Creates one goal of each kind in the other organization. Tests try to reach them from this one. */
export async function furnishGoals({ theirs, them, url }: Foreign): Promise<Furniture> {
  const { post } = goalsApi(url, theirs.owner.token);
  const { body: objective } = await post<Objective>("/okrs", {
    title: "Theirs",
    key_results: [{ title: "Theirs", target: 1 }],
  });
  const keyResult = must(objective.key_results[0]);
  await post(`/key-results/${keyResult.id}/checkins`, { value: 0.5 });
  const { body: kpi } = await post<Kpi>("/kpis", { name: "Theirs", target: 1 });
  await post(`/kpis/${kpi.id}/updates`, { value: 0.5 });
  const { body: cycle } = await post<Cycle>("/cycles", {
    name: "Theirs",
    starts_on: "2026-01-01",
    ends_on: "2026-12-31",
  });
  const round = await createReviewCycle(theirs.context, { name: "Theirs" });
  const review = await createReview(them.context, {
    reviewCycleId: round.id,
    answers: [{ question: "How?", answer: "Well" }],
  });
  await shareReview(them.context, review.id);
  const key = await createGoalsKey(theirs.context, { name: "Theirs", scopes: ["okrs:read"] });
  const checkIn = { value: 1 };
  return {
    idsInPath: [
      // At this address the id is a key result's.
      [/^\/api\/v1\/okrs\/\{id\}\/checkins/, { id: keyResult.id }],
      [/^\/api\/v1\/okrs\/\{id\}/, { id: objective.id }],
      [/^\/api\/v1\/key-results\/\{id\}/, { id: keyResult.id }],
      [/^\/api\/v1\/kpis\/\{id\}/, { id: kpi.id }],
      [/^\/api\/v1\/cycles\/\{id\}/, { id: cycle.id }],
      [/^\/api\/v1\/review-cycles\/\{id\}/, { id: round.id }],
      [/^\/api\/v1\/reviews\/\{id\}/, { id: review.id }],
      [/^\/api\/v1\/me\/reviews\/\{id\}/, { id: review.id }],
      [/^\/api\/v1\/objectives\/\{id\}/, { id: objective.id }],
      [/^\/api\/v1\/kpi-timelines\/\{id\}/, { id: kpi.id }],
      [/^\/api\/v1\/goals-keys\/\{id\}/, { id: key.id }],
    ],
    bodies: {
      updateObjective: { title: "Mine" },
      createKeyResult: { title: "Mine", target: 1 },
      updateKeyResult: { title: "Mine" },
      recordCheckIn: checkIn,
      recordCheckInOfOkr: checkIn,
      updateKpi: { target: 2 },
      recordKpiUpdate: { value: 1 },
      updateCycle: { name: "Mine" },
      updateReviewCycle: { name: "Mine" },
      updateReview: { answers: [] },
    },
  };
}

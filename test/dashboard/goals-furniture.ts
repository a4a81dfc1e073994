import type { Stage } from "@sayso/testkit";
import {
  goalsApi,
  type Cycle,
  type HeldChange,
  type Kpi,
  type Objective,
  type ReviewCycle,
} from "../surfaces/goals/goals-api.ts";

const day = (offset: number) =>
  new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

/**
 * Creates a small organization in the middle of a quarter, with at least one of everything that the pages of goals
 * show.
 */
export async function furnishGoalPages({ server, services, owner, alice, bob }: Stage) {
  const admin = goalsApi(server.url, owner.token);
  const member = goalsApi(server.url, alice.token);
  const { body: cycle } = await admin.post<Cycle>("/cycles", {
    name: "Q2",
    starts_on: day(-45),
    ends_on: day(45),
  });
  const { body: last } = await admin.post<Cycle>("/cycles", {
    name: "Q1",
    starts_on: day(-140),
    ends_on: day(-46),
  });
  const { body: objective } = await admin.post<Objective>("/okrs", {
    title: "Improve onboarding",
    description: "New customers see their first approval on the first day.\nNothing else counts.",
    cycle_id: cycle.id,
    owner_id: alice.id,
    key_results: [
      { title: "Trial-to-paid conversion", start: 10, target: 20, unit: "%", owner_id: bob.id },
      { title: "Days to the first approval", start: 9, target: 2, unit: "days", weight: 2 },
      { title: "Guides that are read", start: 0, target: 5, needs_approval: true },
    ],
  });
  const { body: old } = await admin.post<Objective>("/okrs", { title: "Old", cycle_id: last.id });
  // A title from the time before hidden characters were refused.
  await services.sql("update objectives set title = $2 where id = $1", [
    old.id,
    "Old \u202eglory <img src=x onerror=alert(1)>",
  ]);
  const [conversion, days, guarded] = objective.key_results.map(({ id }) => id);
  for (const [value, comment] of [
    [12, "The new form is live"],
    [14.5, undefined],
    [16, "Fewer fields"],
  ])
    await member.post(`/key-results/${conversion}/checkins`, { value, comment });
  await admin.post(`/key-results/${days}/checkins`, { value: 7, status: "at_risk" });
  const { body: held } = await member.patch<HeldChange>(`/key-results/${guarded}`, {
    target: 4,
    owner_id: alice.id,
  });
  const { body: kpi } = await admin.post<Kpi>("/kpis", {
    name: "Weekly active users",
    current: 3100,
    target: 4500,
    unit: "users",
    owner_id: alice.id,
  });
  for (const value of [3300, 3250, 3600, 3721, 3810, 4120])
    await member.post(`/kpis/${kpi.id}/updates`, { value, comment: "After the release" });
  const { body: fresh } = await admin.post<Kpi>("/kpis", {
    name: "Churn",
    target: 2,
    unit: "%",
    direction: "decrease",
  });
  // Pretends that the KPI existed before the cycle.
  await services.sql("update kpis set created_at = created_at - interval '50 days' where id = $1", [
    kpi.id,
  ]);
  const { body: round } = await admin.post<ReviewCycle>("/review-cycles", {
    name: "Mid-Year",
    due_date: day(20),
  });
  const answers = [
    { question: "What went well this cycle?", answer: "Shipped the redesign on time." },
    { question: "What are your growth areas?", answer: "Estimates.\nAnd holidays." },
  ];
  const { body: draft } = await admin.post<{ id: string }>("/reviews", {
    review_cycle_id: round.id,
    answers,
  });
  const { body: shared } = await member.post<{ id: string }>("/reviews", {
    review_cycle_id: round.id,
    answers,
  });
  await member.post(`/reviews/${shared.id}/share`);
  return { cycle, last, objective, held, kpi, fresh, round, draft, shared };
}

/** One quarter of a small team, in examples of answers. */

export const exampleIds = {
  objective: "019aa400-10a0-7c11-9d0e-3f4a5b6c7d01",
  keyResult: "019aa400-10b0-7c11-9d0e-3f4a5b6c7d02",
  checkIn: "019aa400-10c0-7c11-9d0e-3f4a5b6c7d03",
  kpi: "019aa400-10d0-7c11-9d0e-3f4a5b6c7d04",
  kpiUpdate: "019aa400-10e0-7c11-9d0e-3f4a5b6c7d05",
  cycle: "019aa400-10f0-7c11-9d0e-3f4a5b6c7d06",
  reviewCycle: "019aa400-1100-7c11-9d0e-3f4a5b6c7d07",
  review: "019aa400-1110-7c11-9d0e-3f4a5b6c7d08",
  person: "019aa3f1-40bb-7e22-8a1b-4c5d6e7f8091",
  change: "019aa400-1120-7c11-9d0e-3f4a5b6c7d09",
};

export const exampleKeyResult = {
  id: exampleIds.keyResult,
  objective_id: exampleIds.objective,
  title: "Trial-to-paid conversion",
  unit: "%",
  start: 10,
  target: 20,
  current: 16.5,
  weight: 1,
  progress: 0.65,
  status: "on_track" as const,
  health_score: 82,
  owner: "Alice Approver",
  owner_id: exampleIds.person,
  checkins_count: 4,
  last_checkin_at: "2026-05-12T09:00:00.000Z",
  needs_approval: false,
  version: 1,
  created_at: "2026-04-01T08:00:00.000Z",
  updated_at: "2026-04-01T08:00:00.000Z",
};

export const exampleObjective = {
  id: exampleIds.objective,
  title: "Improve onboarding",
  description: null,
  type: "org" as const,
  owner: "Alice Approver",
  owner_id: exampleIds.person,
  progress: 0.65,
  status: "on_track" as const,
  health_score: 82,
  cycle: "Q2 2026",
  cycle_id: exampleIds.cycle,
  needs_approval: false,
  version: 1,
  created_at: "2026-04-01T08:00:00.000Z",
  updated_at: "2026-04-01T08:00:00.000Z",
  key_results: [exampleKeyResult],
};

export const exampleCheckIn = {
  id: exampleIds.checkIn,
  kr_id: exampleIds.keyResult,
  previous_value: 14,
  value: 16.5,
  status: "on_track" as const,
  comment: "The new flow is live",
  created_at: "2026-05-12T09:00:00.000Z",
};

export const exampleKpi = {
  id: exampleIds.kpi,
  name: "Weekly active users",
  description: null,
  current: 3810,
  target: 4500,
  unit: "users",
  direction: "increase" as const,
  status: "at_risk" as const,
  owner: "Alice Approver",
  owner_id: exampleIds.person,
  last_updated: "2026-04-19T12:00:00.000Z",
  needs_approval: true,
  version: 1,
  created_at: "2026-01-05T08:00:00.000Z",
  updated_at: "2026-01-05T08:00:00.000Z",
};

export const exampleKpiUpdate = {
  id: exampleIds.kpiUpdate,
  kpi_id: exampleIds.kpi,
  previous_value: 3721,
  new_value: 3810,
  comment: "After the release",
  created_at: "2026-04-19T12:00:00.000Z",
};

/** The actor of an event in the feed. */
export const exampleActor = { kind: "person", id: exampleIds.person, name: "Alice Approver" };

export const exampleBy = { ...exampleActor, full_name: "Alice Approver" };

export const exampleCycle = {
  id: exampleIds.cycle,
  name: "Q2 2026",
  starts_on: "2026-04-01",
  ends_on: "2026-06-30",
  created_at: "2026-03-20T08:00:00.000Z",
};

export const exampleReviewCycle = {
  id: exampleIds.reviewCycle,
  name: "Q2 2026 Mid-Year Review",
  status: "active" as const,
  due_date: "2026-05-03",
  reviewee_count: 2,
  created_at: "2026-04-15T08:00:00.000Z",
};

export const exampleReview = {
  id: exampleIds.review,
  review_cycle_id: exampleIds.reviewCycle,
  cycle: "Q2 2026 Mid-Year Review",
  employee: "Alice Approver",
  employee_id: exampleIds.person,
  author: "Alice Approver",
  author_id: exampleIds.person,
  type: "self" as const,
  status: "shared" as const,
  shared_at: "2026-04-19T12:00:00.000Z",
  created_at: "2026-04-16T08:00:00.000Z",
};

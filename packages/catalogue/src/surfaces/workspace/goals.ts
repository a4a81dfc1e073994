import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { connectionSettings, id, jsonObject, timestamp, wholeNumber } from "@sayso/fields";
import { wholeNumberText } from "../../query.ts";
import { listOf } from "../approvals/schemas.ts";
import { exampleBy, exampleIds } from "../goals/examples.ts";
import { By } from "../goals/schemas.ts";

const nullableText = z.string().nullable();
const objectiveById = z.object({ id: id.describe("The objective") });
const kpiById = z.object({ id: id.describe("The KPI") });

const TimelineEntry = z
  .object({
    id,
    type: z.string().describe("The type of event, such as checkin.recorded or key_result.updated"),
    data: jsonObject.describe("The further facts of this type of event"),
    by: By,
    created_at: timestamp,
  })
  .meta({
    id: "GoalTimelineEntry",
    examples: [
      {
        id: exampleIds.checkIn,
        type: "checkin.recorded",
        data: { key_result_id: exampleIds.keyResult, previous_value: 14, value: 16.5 },
        by: exampleBy,
        created_at: "2026-05-12T09:00:00.000Z",
      },
    ],
  });

const page = z.object({
  before: id.optional().describe("Only entries before this one: the last one of the previous page"),
  limit: wholeNumberText(1, 100).default(30).describe("The maximum number of entries"),
});
const timeline = z.object({ data: z.array(TimelineEntry), has_more: z.boolean() });

const listObjectiveTimeline = defineOperation({
  key: "goal.list_objective_timeline",
  http: { method: "GET", path: "/api/v1/objectives/{id}/timeline" },
  scope: "okrs:read",
  label: "List Objective Timeline",
  description: "List the events of an objective and its key results, newest first",
  input: { params: objectiveById, query: page },
  responses: { 200: timeline },
  errors: ["validation_failed", "not_found", "rate_limited"],
});

const listKpiTimeline = defineOperation({
  key: "goal.list_kpi_timeline",
  http: { method: "GET", path: "/api/v1/kpi-timelines/{id}" },
  scope: "kpis:read",
  label: "List KPI Timeline",
  description: "List the events of a KPI, newest first",
  input: { params: kpiById, query: page },
  responses: { 200: timeline },
  errors: ["validation_failed", "not_found", "rate_limited"],
});

const ValueHistory = z
  .object({
    goal_id: id.describe("The key result or the KPI"),
    points: z
      .array(z.object({ value: z.number(), at: timestamp }))
      .describe(
        "The newest values, oldest first; if there are no more, the first is the initial value",
      ),
  })
  .meta({
    id: "GoalValueHistory",
    examples: [
      {
        goal_id: exampleIds.keyResult,
        points: [{ value: 16.5, at: "2026-05-12T09:00:00.000Z" }],
      },
    ],
  });

const listKeyResultHistories = defineOperation({
  key: "goal.list_key_result_histories",
  http: { method: "GET", path: "/api/v1/objectives/{id}/histories" },
  scope: "okrs:read",
  label: "List Key Result Histories",
  description: "List the newest 100 values of each key result of an objective",
  input: { params: objectiveById },
  responses: { 200: listOf(ValueHistory) },
  errors: ["not_found", "rate_limited"],
});

const listKpiHistories = defineOperation({
  key: "goal.list_kpi_histories",
  http: { method: "GET", path: "/api/v1/kpi-histories" },
  scope: "kpis:read",
  label: "List KPI Histories",
  description: "List the newest 24 values of each of the newest 500 KPIs",
  input: {},
  responses: { 200: listOf(ValueHistory) },
  errors: ["rate_limited"],
});

const points = (max: number) => z.number().min(0).max(max);

const KeyResultHealth = z
  .object({
    key_result_id: id,
    score: wholeNumber(0, 100),
    days_since_checkin: z
      .number()
      .min(0)
      .describe("If there was no check-in, the days since the first one was possible"),
    velocity: z
      .number()
      .describe("Recent progress divided by required progress; 1: exactly enough"),
    progress_gap: z.number().describe("The distance of progress behind schedule; negative: ahead"),
    points: z
      .object({ recency: points(30), velocity: points(30), gap: points(40) })
      .describe("The points of each part of the score"),
  })
  .meta({
    id: "KeyResultHealth",
    examples: [
      {
        key_result_id: exampleIds.keyResult,
        score: 82,
        days_since_checkin: 3,
        velocity: 0.8,
        progress_gap: 0.15,
        points: { recency: 30, velocity: 24, gap: 28 },
      },
    ],
  });

const getObjectiveHealth = defineOperation({
  key: "goal.get_health",
  http: { method: "GET", path: "/api/v1/objectives/{id}/health" },
  scope: "okrs:read",
  label: "Get Objective Health",
  description: "Read the health of an objective, with its parts for each key result",
  input: { params: objectiveById },
  responses: {
    200: z.object({
      objective_id: id,
      score: wholeNumber(0, 100),
      key_results: z.array(KeyResultHealth),
    }),
  },
  errors: ["not_found", "rate_limited"],
});

const WaitingGoalChange = z
  .object({
    id: id.describe("The request that people decide; its approval applies the change"),
    entity_type: z.enum(["objective", "keyResult", "kpi"]),
    entity_id: id,
    entity_name: z.string(),
    patch: jsonObject.describe("The changes, as a merge patch (RFC 7396)"),
    requester_id: id.nullable().describe("The asker: a person or a connection"),
    requester_name: nullableText,
    requester_full_name: nullableText.describe("The asker with the app that asked"),
    created_at: timestamp,
  })
  .meta({
    id: "WaitingGoalChange",
    examples: [
      {
        id: exampleIds.change,
        entity_type: "kpi",
        entity_id: exampleIds.kpi,
        entity_name: "Weekly active users",
        patch: { target: 5000 },
        requester_id: exampleIds.person,
        requester_name: "Alice Approver",
        requester_full_name: "Alice Approver",
        created_at: "2026-05-12T09:00:00.000Z",
      },
    ],
  });

const listWaitingGoalChanges = defineOperation({
  key: "goal.list_waiting_changes",
  http: { method: "GET", path: "/api/v1/goal-changes" },
  scope: "approvals:read",
  label: "List Waiting Goal Changes",
  description: "List the changes of goals that are waiting for approval, newest first, at most 200",
  input: {
    query: z.object({
      goal_id: id
        .optional()
        .describe("Only changes of this objective and its key results, or of this KPI"),
    }),
  },
  responses: { 200: listOf(WaitingGoalChange) },
  errors: ["validation_failed", "not_found", "rate_limited"],
});

const goalsScopes = [
  "okrs:read",
  "okrs:write",
  "okr-checkins:write",
  "kpis:read",
  "kpis:write",
  "reviews:read",
] as const;
const GoalsScope = z.enum(goalsScopes).meta({ id: "GoalsScope" });

const exampleKey = {
  id: "019aa400-1130-7c11-9d0e-3f4a5b6c7d10",
  connection_id: "019aa400-1140-7c11-9d0e-3f4a5b6c7d11",
  name: "Weekly dashboard",
  prefix: "okrt_a1b2c3d4",
  last_four: "9f0e",
  scopes: ["okrs:read" as const, "kpis:read" as const],
};

const GoalsKey = z
  .object({
    id,
    connection_id: id.describe("The connection that the key acts as"),
    name: z.string(),
    prefix: z.string(),
    last_four: z.string(),
    scopes: z.array(GoalsScope),
    owner_name: z.string().describe("The owner"),
    revoked_at: timestamp.nullable(),
    last_used_at: timestamp.nullable(),
    created_at: timestamp,
  })
  .meta({
    id: "GoalsKey",
    examples: [
      {
        ...exampleKey,
        owner_name: "Alice Approver",
        revoked_at: null,
        last_used_at: null,
        created_at: "2026-05-12T09:00:00.000Z",
      },
    ],
  });

const listGoalsKeys = defineOperation({
  key: "goals_key.list",
  http: { method: "GET", path: "/api/v1/goals-keys" },
  scope: "approvals:read",
  adminOnly: true,
  label: "List Goals Keys",
  description: "List the goals keys, newest first",
  input: {},
  responses: { 200: listOf(GoalsKey) },
  errors: ["forbidden", "rate_limited"],
});

const createGoalsKey = defineOperation({
  key: "goals_key.create",
  http: { method: "POST", path: "/api/v1/goals-keys" },
  scope: "approvals:write",
  adminOnly: true,
  caller: "session",
  label: "Create Goals Key",
  description: "Create a goals key; the response holds the key, shown only once",
  input: {
    body: z
      .object({
        name: connectionSettings.name.describe("The name of the program that uses it"),
        scopes: z.array(GoalsScope).min(1).describe("The scopes"),
      })
      .meta({ id: "CreateGoalsKeyBody" }),
  },
  responses: {
    201: z
      .object({
        id,
        connection_id: id,
        name: z.string(),
        prefix: z.string(),
        last_four: z.string(),
        scopes: z.array(GoalsScope),
        key: z.string().describe("Shown once"),
      })
      .meta({ id: "NewGoalsKey", examples: [{ ...exampleKey, key: "okrt_…" }] }),
  },
  errors: ["validation_failed", "forbidden", "rate_limited"],
  example: { body: { name: "Weekly dashboard", scopes: ["okrs:read", "kpis:read"] } },
});

const revokeGoalsKey = defineOperation({
  key: "goals_key.revoke",
  http: { method: "DELETE", path: "/api/v1/goals-keys/{id}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Revoke Goals Key",
  description: "Revoke a goals key and delete its connection",
  input: { params: z.object({ id: id.describe("The key") }) },
  responses: { 200: z.object({ id, revoked: z.literal(true) }) },
  errors: ["forbidden", "not_found", "rate_limited"],
});

/** The operations that the pages of goals need beside the goals surface. */
export const goalPageOperations = {
  listObjectiveTimeline,
  listKpiTimeline,
  listKeyResultHistories,
  listKpiHistories,
  getObjectiveHealth,
  listWaitingGoalChanges,
  listGoalsKeys,
  createGoalsKey,
  revokeGoalsKey,
};

export const goalPageResources = {
  goal: { label: "Goal", description: "The history of objectives, key results and KPIs" },
  goals_key: {
    label: "Goals Key",
    description: "A key that lets another program read and update goals",
  },
};

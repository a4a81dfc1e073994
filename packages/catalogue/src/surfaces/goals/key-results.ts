import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { checkInValues, id, keyResultValues, text, timestamp } from "@sayso/fields";
import { exampleBy, exampleCheckIn, exampleIds, exampleKeyResult } from "./examples.ts";
import { hints } from "./hints.ts";
import {
  archived,
  By,
  changing,
  goalFacts,
  goalSettings,
  GoalStatus,
  HeldChange,
  nullableText,
  share,
} from "./schemas.ts";

const byId = z.object({ id: id.describe("The key result") });

export const KeyResult = z
  .object({
    id,
    objective_id: id,
    title: z.string(),
    unit: nullableText,
    start: z.number(),
    target: z.number(),
    current: z.number(),
    weight: z.number().describe("Its weight in the objective's progress"),
    ...goalFacts,
    progress: share.describe("The share of the way from start to target"),
    status: GoalStatus.describe("As last reported, or else computed"),
    health_score: z.int().min(0).max(100),
    checkins_count: z.int(),
    last_checkin_at: timestamp.nullable(),
  })
  .meta({ id: "KeyResult", examples: [exampleKeyResult] });

const settings = {
  unit: keyResultValues.unit.optional().describe("The unit, such as %"),
  weight: keyResultValues.weight
    .optional()
    .describe("Its weight in the objective's progress; default 1"),
  ...goalSettings,
};

export const NewKeyResultBody = z
  .object({
    title: keyResultValues.title.describe("The name of the measure"),
    target: keyResultValues.target.describe("The value to reach; may be below the start"),
    start: keyResultValues.start.optional().describe("The start value; default 0"),
    current: keyResultValues.current
      .optional()
      .describe("The current value; default: the start value"),
    ...settings,
  })
  .meta({ id: "NewKeyResult" });

const fields = {
  owner_id: hints.owner,
  weight: { advanced: true },
  needs_approval: { advanced: true },
} as const;

const listKeyResults = defineOperation({
  key: "key_result.list",
  http: { method: "GET", path: "/api/v1/key-results" },
  scope: "okrs:read",
  label: "List Key Results",
  description: "List the key results of the newest objectives, at most 500",
  input: {
    query: z.object({
      objective_id: id.optional().describe("Only key results of this objective"),
      search: text(500).optional().describe("Only key results whose title contains these words"),
    }),
  },
  responses: { 200: z.array(KeyResult) },
  errors: ["validation_failed", "rate_limited"],
  fields: { objective_id: hints.objective },
  platforms: ["n8n"],
});

const getKeyResult = defineOperation({
  key: "key_result.get",
  http: { method: "GET", path: "/api/v1/key-results/{id}" },
  scope: "okrs:read",
  label: "Get Key Result",
  description: "One key result",
  input: { params: byId },
  responses: { 200: KeyResult },
  errors: ["not_found", "rate_limited"],
  fields: { id: hints.keyResult },
});

const createKeyResult = defineOperation({
  key: "key_result.create",
  http: { method: "POST", path: "/api/v1/okrs/{id}/key-results" },
  scope: "okrs:write",
  label: "Create Key Result",
  description: "Add a key result to an objective, which can have at most 50",
  input: { params: z.object({ id: id.describe("The objective") }), body: NewKeyResultBody },
  responses: { 201: KeyResult },
  errors: ["validation_failed", "forbidden", "not_found", "conflict", "rate_limited"],
  fields: { id: hints.objective, ...fields },
  example: { body: { title: "Trial-to-paid conversion", start: 10, target: 20, unit: "%" } },
});

const updateKeyResult = defineOperation({
  key: "key_result.update",
  http: { method: "PATCH", path: "/api/v1/key-results/{id}" },
  scope: "okrs:write",
  label: "Update Key Result",
  description: "Change a key result, or request the change if it needs approval",
  input: {
    params: byId,
    body: changing(
      z.object({
        title: keyResultValues.title.optional().describe("The name of the measure"),
        target: keyResultValues.target.optional().describe("The value to reach"),
        start: keyResultValues.start.optional().describe("The value to start from"),
        ...settings,
      }),
    ),
  },
  responses: { 200: KeyResult, 202: HeldChange },
  errors: ["validation_failed", "forbidden", "not_found", "conflict", "rate_limited"],
  fields: { id: hints.keyResult, ...fields },
  example: { body: { target: 25 } },
});

const archiveKeyResult = defineOperation({
  key: "key_result.archive",
  http: { method: "DELETE", path: "/api/v1/key-results/{id}" },
  scope: "okrs:write",
  label: "Archive Key Result",
  description: "Archive a key result",
  input: { params: byId },
  responses: { 200: archived },
  errors: ["forbidden", "not_found", "rate_limited"],
  fields: { id: hints.keyResult },
});

export const CheckIn = z
  .object({
    id,
    kr_id: id.describe("The key result"),
    previous_value: z.number(),
    value: z.number(),
    status: GoalStatus,
    comment: nullableText,
    created_at: timestamp,
  })
  .meta({ id: "CheckIn", examples: [exampleCheckIn] });

const recording = {
  scope: "okr-checkins:write",
  label: "Record Check-in",
  description: "Record a check-in on a key result",
  input: {
    params: byId,
    body: z
      .object({
        value: checkInValues.value.describe("The value now"),
        comment: checkInValues.comment.optional().describe("What happened"),
        status: GoalStatus.optional().describe("The status; default: computed from its health"),
      })
      .meta({ id: "RecordCheckInBody" }),
  },
  responses: { 200: CheckIn },
  errors: ["validation_failed", "not_found", "rate_limited"],
  fields: { id: hints.keyResult, comment: { multiline: true } },
  example: {
    params: { id: exampleIds.keyResult },
    body: { value: 70, comment: "New flow shipped", status: "on_track" },
  },
} as const;

const recordCheckIn = defineOperation({
  key: "checkin.record",
  http: { method: "POST", path: "/api/v1/key-results/{id}/checkins" },
  ...recording,
  platforms: ["n8n", "zapier", "make"],
});

/** The same operation at the address in that API's documentation. There, too, the id is the key result's. */
const recordCheckInOfOkr = defineOperation({
  key: "checkin.record_of_okr",
  http: { method: "POST", path: "/api/v1/okrs/{id}/checkins" },
  ...recording,
  description: "Record a check-in on a key result; here too, the id is the key result's",
});

const listCheckIns = defineOperation({
  key: "checkin.list",
  http: { method: "GET", path: "/api/v1/key-results/{id}/checkins" },
  scope: "okrs:read",
  label: "List Check-ins",
  description: "List the newest check-ins of a key result, at most 500",
  input: { params: byId },
  responses: {
    200: z.array(
      CheckIn.extend({ by: By }).meta({
        id: "RecordedCheckIn",
        examples: [{ ...exampleCheckIn, by: exampleBy }],
      }),
    ),
  },
  errors: ["not_found", "rate_limited"],
  fields: { id: hints.keyResult },
});

/** The operations of this file, in the order of the documents. */
export const keyResultOperations = {
  listKeyResults,
  createKeyResult,
  getKeyResult,
  updateKeyResult,
  archiveKeyResult,
  recordCheckIn,
  recordCheckInOfOkr,
  listCheckIns,
};

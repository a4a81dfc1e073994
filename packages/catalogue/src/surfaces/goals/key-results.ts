import { z } from "zod";
import { defineOperation } from "../../operation.ts";
import { filledText, id, text, timestamp } from "../../text.ts";
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
  measure,
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
    weight: z.number().describe("How much it counts in its objective"),
    ...goalFacts,
    progress: share.describe("Of the way from start to target"),
    status: GoalStatus.describe("As last reported; computed where nobody has"),
    health_score: z.int().min(0).max(100),
    checkins_count: z.int(),
    last_checkin_at: timestamp.nullable(),
  })
  .meta({ id: "KeyResult", examples: [exampleKeyResult] });

const settings = {
  unit: text(50).nullable().optional().describe("What is counted, such as %"),
  weight: z
    .number()
    .gt(0)
    .max(1000)
    .optional()
    .describe("How much it counts in its objective; default 1"),
  ...goalSettings,
};

export const NewKeyResultBody = z
  .object({
    title: filledText(500).describe("The name of the measure"),
    target: measure.describe("The value to reach; may be below the start"),
    start: measure.optional().describe("The value to start from; default 0"),
    current: measure.optional().describe("The value now; default: where it starts"),
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
  description: "The key results of the newest objectives, 500 at most",
  input: {
    query: z.object({
      objective_id: id.optional().describe("Only those of this objective"),
      search: text(500).optional().describe("Only those whose title has these words in it"),
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
  description: "Give an objective one more key result, of 50 at most",
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
  description: "Change a key result, or, where it is under change control, ask for the change",
  input: {
    params: byId,
    body: changing(
      z.object({
        title: filledText(500).optional().describe("The name of the measure"),
        target: measure.optional().describe("The value to reach"),
        start: measure.optional().describe("The value to start from"),
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
  description: "Take a key result out of its objective",
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
  description: "Report where a key result stands",
  input: {
    params: byId,
    body: z
      .object({
        value: measure.describe("The value now"),
        comment: text(5000).optional().describe("What happened"),
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
  description: "Report where a key result stands; the id is the key result's here as well",
});

const listCheckIns = defineOperation({
  key: "checkin.list",
  http: { method: "GET", path: "/api/v1/key-results/{id}/checkins" },
  scope: "okrs:read",
  label: "List Check-ins",
  description: "The newest check-ins of a key result, 500 at most",
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

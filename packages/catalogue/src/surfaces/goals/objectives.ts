import { z } from "zod";
import { defineOperation } from "../../operation.ts";
import { filledText, id, text, wholeNumber } from "../../text.ts";
import { exampleIds, exampleObjective } from "./examples.ts";
import { hints } from "./hints.ts";
import { KeyResult, NewKeyResultBody } from "./key-results.ts";
import {
  archived,
  changing,
  goalFacts,
  goalSettings,
  GoalStatus,
  HeldChange,
  nullableText,
  share,
} from "./schemas.ts";

const byId = z.object({ id: id.describe("The objective") });

const ObjectiveType = z.enum(["org", "team", "individual"]).meta({ id: "ObjectiveType" });

export const Objective = z
  .object({
    id,
    title: z.string(),
    description: nullableText,
    type: ObjectiveType.describe("Whose it is"),
    ...goalFacts,
    progress: share.describe("The weighted mean of its key results' progress"),
    status: GoalStatus.describe("Computed from its health and what was reported"),
    health_score: z.int().min(0).max(100).describe("From check-ins, velocity and progress gap"),
    cycle: nullableText.describe("The name of its cycle"),
    cycle_id: id.nullable(),
    key_results: z.array(KeyResult),
  })
  .meta({ id: "Objective", examples: [exampleObjective] });

const settings = {
  description: text(5000).nullable().optional().describe("The description"),
  type: ObjectiveType.optional().describe(
    "Whose it is: everybody's (the default), a team's, or one person's",
  ),
  cycle_id: id.nullable().optional().describe("The period in which it is to be reached"),
  ...goalSettings,
};

const fields = {
  description: { multiline: true },
  cycle_id: hints.cycle,
  owner_id: hints.owner,
  needs_approval: { advanced: true },
} as const;

const listObjectives = defineOperation({
  key: "objective.list",
  http: { method: "GET", path: "/api/v1/okrs" },
  scope: "okrs:read",
  label: "List Objectives",
  description: "The newest objectives with their key results, progress and health, 500 at most",
  input: {
    query: z.object({
      cycle_id: id.optional().describe("Only those of this cycle"),
      type: ObjectiveType.optional().describe("Only those of the organization, a team or a person"),
      search: text(500).optional().describe("Only those whose title has these words in it"),
      limit: wholeNumber(1, 500).default(500).describe("How many, at most"),
    }),
  },
  responses: { 200: z.array(Objective) },
  errors: ["validation_failed", "rate_limited"],
  fields: { cycle_id: hints.cycle },
  platforms: ["n8n", "zapier", "make"],
  example: { query: { type: "team", limit: "50" } },
});

const getObjective = defineOperation({
  key: "objective.get",
  http: { method: "GET", path: "/api/v1/okrs/{id}" },
  scope: "okrs:read",
  label: "Get Objective",
  description: "One objective with its key results",
  input: { params: byId },
  responses: { 200: Objective },
  errors: ["not_found", "rate_limited"],
  fields: { id: hints.objective },
  platforms: ["n8n", "zapier", "make"],
});

const createObjective = defineOperation({
  key: "objective.create",
  http: { method: "POST", path: "/api/v1/okrs" },
  scope: "okrs:write",
  label: "Create Objective",
  description: "Set an objective, with its key results at once if you like",
  input: {
    body: z
      .object({
        title: filledText(500).describe("The goal in words"),
        ...settings,
        key_results: z
          .array(NewKeyResultBody)
          .max(50)
          .optional()
          .describe("The key results; you can add more later"),
      })
      .meta({ id: "CreateObjectiveBody" }),
  },
  responses: { 201: Objective },
  errors: ["validation_failed", "forbidden", "rate_limited"],
  fields,
  platforms: ["n8n", "zapier", "make"],
  example: {
    body: {
      title: "Improve onboarding",
      type: "org",
      key_results: [{ title: "Trial-to-paid conversion", start: 10, target: 20, unit: "%" }],
    },
  },
});

const updateObjective = defineOperation({
  key: "objective.update",
  http: { method: "PATCH", path: "/api/v1/okrs/{id}" },
  scope: "okrs:write",
  label: "Update Objective",
  description: "Change an objective, or, where it is under change control, ask for the change",
  input: {
    params: byId,
    body: changing(
      z.object({
        title: filledText(500).optional().describe("The goal in words"),
        ...settings,
      }),
    ),
  },
  responses: { 200: Objective, 202: HeldChange },
  errors: ["validation_failed", "forbidden", "not_found", "conflict", "rate_limited"],
  fields: { id: hints.objective, ...fields },
  platforms: ["n8n", "zapier", "make"],
  example: { params: { id: exampleIds.objective }, body: { title: "Improve onboarding a lot" } },
});

const archiveObjective = defineOperation({
  key: "objective.archive",
  http: { method: "DELETE", path: "/api/v1/okrs/{id}" },
  scope: "okrs:write",
  label: "Archive Objective",
  description: "Take an objective and its key results out of every list",
  input: { params: byId },
  responses: { 200: archived },
  errors: ["forbidden", "not_found", "rate_limited"],
  fields: { id: hints.objective },
});

/** The operations of this file, in the order of the documents. */
export const objectiveOperations = {
  listObjectives,
  createObjective,
  getObjective,
  updateObjective,
  archiveObjective,
};

import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { id, objectiveValues, text } from "@sayso/fields";
import { wholeNumberText } from "../../query.ts";
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

const ObjectiveType = objectiveValues.type.meta({ id: "ObjectiveType" });

export const Objective = z
  .object({
    id,
    title: z.string(),
    description: nullableText,
    type: ObjectiveType.describe("Whose it is"),
    ...goalFacts,
    progress: share.describe("The weighted mean of its key results' progress"),
    status: GoalStatus.describe("Computed from its health and its key results"),
    health_score: z.int().min(0).max(100).describe("From check-ins, velocity and progress gap"),
    cycle: nullableText.describe("The name of its cycle"),
    cycle_id: id.nullable(),
    key_results: z.array(KeyResult),
  })
  .meta({ id: "Objective", examples: [exampleObjective] });

const settings = {
  description: objectiveValues.description.optional().describe("The description"),
  type: ObjectiveType.optional().describe("The level: organization (default), team or individual"),
  cycle_id: objectiveValues.cycle_id.optional().describe("The cycle of the objective"),
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
  description:
    "List the newest objectives with their key results, progress and health, at most 500",
  input: {
    query: z.object({
      cycle_id: id.optional().describe("Only objectives of this cycle"),
      type: ObjectiveType.optional().describe("Only objectives of this level"),
      search: text(500).optional().describe("Only objectives whose title contains these words"),
      limit: wholeNumberText(1, 500).default(500).describe("The maximum number of objectives"),
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
  description: "Read one objective with its key results",
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
  description: "Create an objective, optionally with its key results",
  input: {
    body: z
      .object({
        title: objectiveValues.title.describe("The title of the objective"),
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
  description: "Change an objective, or request the change if it needs approval",
  input: {
    params: byId,
    body: changing(
      z.object({
        title: objectiveValues.title.optional().describe("The title of the objective"),
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
  description: "Archive an objective and its key results",
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

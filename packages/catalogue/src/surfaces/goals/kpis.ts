import { z } from "zod";
import { defineOperation } from "../../operation.ts";
import { filledText, id, text, timestamp, wholeNumber } from "../../text.ts";
import { exampleBy, exampleIds, exampleKpi, exampleKpiUpdate } from "./examples.ts";
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
} from "./schemas.ts";

const byId = z.object({ id: id.describe("The KPI") });

const Direction = z.enum(["increase", "decrease"]).meta({ id: "KpiDirection" });

export const Kpi = z
  .object({
    id,
    name: z.string(),
    description: nullableText,
    current: z.number().nullable().describe("null: never measured"),
    target: z.number(),
    unit: nullableText,
    direction: Direction.describe("Whether more or less is better"),
    status: GoalStatus.describe("By how close it is to its target"),
    last_updated: timestamp.nullable(),
    ...goalFacts,
  })
  .meta({ id: "Kpi", examples: [exampleKpi] });

const settings = {
  description: text(5000).nullable().optional().describe("How it is measured"),
  unit: text(50).nullable().optional().describe("What is counted, such as users"),
  direction: Direction.optional().describe("Whether more (the default) or less is better"),
  ...goalSettings,
};

const fields = {
  description: { multiline: true },
  owner_id: hints.owner,
  needs_approval: { advanced: true },
} as const;

const listKpis = defineOperation({
  key: "kpi.list",
  http: { method: "GET", path: "/api/v1/kpis" },
  scope: "kpis:read",
  label: "List KPIs",
  description: "KPIs with their current value, target and status, newest first, 500 at most",
  input: {
    query: z.object({
      search: text(500).optional().describe("Only those whose name has these words in it"),
      limit: wholeNumber(1, 500).default(500).describe("How many, at most"),
    }),
  },
  responses: { 200: z.array(Kpi) },
  errors: ["validation_failed", "rate_limited"],
  platforms: ["n8n", "zapier", "make"],
  example: { query: { search: "users" } },
});

const getKpi = defineOperation({
  key: "kpi.get",
  http: { method: "GET", path: "/api/v1/kpis/{id}" },
  scope: "kpis:read",
  label: "Get KPI",
  description: "One KPI",
  input: { params: byId },
  responses: { 200: Kpi },
  errors: ["not_found", "rate_limited"],
  fields: { id: hints.kpi },
  platforms: ["n8n", "zapier", "make"],
});

const createKpi = defineOperation({
  key: "kpi.create",
  http: { method: "POST", path: "/api/v1/kpis" },
  scope: "okrs:write",
  label: "Create KPI",
  description: "Set up a number that is measured again and again",
  input: {
    body: z
      .object({
        name: filledText(200).describe("The name"),
        target: measure.describe("The value to reach"),
        current: measure.nullable().optional().describe("The value now, if it is known"),
        ...settings,
      })
      .meta({ id: "CreateKpiBody" }),
  },
  responses: { 201: Kpi },
  errors: ["validation_failed", "forbidden", "rate_limited"],
  fields,
  example: { body: { name: "Weekly active users", target: 4500, current: 3721, unit: "users" } },
});

const updateKpi = defineOperation({
  key: "kpi.change",
  http: { method: "PATCH", path: "/api/v1/kpis/{id}" },
  scope: "okrs:write",
  label: "Change KPI",
  description: "Change what a KPI is, or, where it is under change control, ask for the change",
  input: {
    params: byId,
    body: changing(
      z.object({
        name: filledText(200).optional().describe("The name"),
        target: measure.optional().describe("The value to reach"),
        ...settings,
      }),
    ),
  },
  responses: { 200: Kpi, 202: HeldChange },
  errors: ["validation_failed", "forbidden", "not_found", "conflict", "rate_limited"],
  fields: { id: hints.kpi, ...fields },
  platforms: ["n8n"],
  example: { params: { id: exampleIds.kpi }, body: { target: 5000 } },
});

const archiveKpi = defineOperation({
  key: "kpi.archive",
  http: { method: "DELETE", path: "/api/v1/kpis/{id}" },
  scope: "okrs:write",
  label: "Archive KPI",
  description: "Take a KPI out of every list",
  input: { params: byId },
  responses: { 200: archived },
  errors: ["forbidden", "not_found", "rate_limited"],
  fields: { id: hints.kpi },
});

export const KpiUpdate = z
  .object({
    id,
    kpi_id: id,
    previous_value: z.number().nullable().describe("null: it was never measured before"),
    new_value: z.number(),
    comment: nullableText,
    created_at: timestamp,
  })
  .meta({ id: "KpiUpdate", examples: [exampleKpiUpdate] });

const recordKpiUpdate = defineOperation({
  key: "kpi.update",
  http: { method: "POST", path: "/api/v1/kpis/{id}/updates" },
  scope: "kpis:write",
  label: "Submit KPI Update",
  description: "Report a new value of a KPI; the value before is kept beside it",
  input: {
    params: byId,
    body: z
      .object({
        value: measure.describe("The new value"),
        comment: text(5000).optional().describe("A comment"),
      })
      .meta({ id: "RecordKpiUpdateBody" }),
  },
  responses: { 200: KpiUpdate },
  errors: ["validation_failed", "not_found", "rate_limited"],
  fields: { id: hints.kpi, comment: { multiline: true } },
  platforms: ["n8n", "zapier", "make"],
  example: {
    params: { id: exampleIds.kpi },
    body: { value: 3810, comment: "Small uptick after release" },
  },
});

const listKpiUpdates = defineOperation({
  key: "kpi.list_updates",
  http: { method: "GET", path: "/api/v1/kpis/{id}/updates" },
  scope: "kpis:read",
  label: "List KPI Updates",
  description: "The newest values of a KPI, 500 at most",
  input: { params: byId },
  responses: {
    200: z.array(
      KpiUpdate.extend({ by: By }).meta({
        id: "RecordedKpiUpdate",
        examples: [{ ...exampleKpiUpdate, by: exampleBy }],
      }),
    ),
  },
  errors: ["not_found", "rate_limited"],
  fields: { id: hints.kpi },
});

/** The operations of this file, in the order of the documents. */
export const kpiOperations = {
  listKpis,
  createKpi,
  getKpi,
  updateKpi,
  archiveKpi,
  recordKpiUpdate,
  listKpiUpdates,
};

import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { id, kpiUpdateValues, kpiValues, text, timestamp } from "@sayso/fields";
import { wholeNumberText } from "../../query.ts";
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
  nullableText,
} from "./schemas.ts";

const byId = z.object({ id: id.describe("The KPI") });

const Direction = kpiValues.direction.meta({ id: "KpiDirection" });

export const Kpi = z
  .object({
    id,
    name: z.string(),
    description: nullableText,
    current: z.number().nullable().describe("null: never measured"),
    target: z.number(),
    unit: nullableText,
    direction: Direction.describe("Whether more or less is better"),
    status: GoalStatus.describe("Computed from the distance to its target"),
    last_updated: timestamp.nullable(),
    ...goalFacts,
  })
  .meta({ id: "Kpi", examples: [exampleKpi] });

const settings = {
  description: kpiValues.description.optional().describe("How the KPI is measured"),
  unit: kpiValues.unit.optional().describe("The unit, such as users"),
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
  description: "List KPIs with their current value, target and status, newest first, at most 500",
  input: {
    query: z.object({
      search: text(500).optional().describe("Only KPIs whose name contains these words"),
      limit: wholeNumberText(1, 500).default(500).describe("The maximum number of KPIs"),
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
  description: "Create a KPI",
  input: {
    body: z
      .object({
        name: kpiValues.name.describe("The name"),
        target: kpiValues.target.describe("The value to reach"),
        current: kpiValues.current.nullable().optional().describe("The current value, if known"),
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
  description: "Change a KPI, or request the change if it needs approval",
  input: {
    params: byId,
    body: changing(
      z.object({
        name: kpiValues.name.optional().describe("The name"),
        target: kpiValues.target.optional().describe("The value to reach"),
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
  description: "Archive a KPI",
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
  description: "Record a new value of a KPI; its history keeps the earlier values",
  input: {
    params: byId,
    body: z
      .object({
        value: kpiUpdateValues.value.describe("The new value"),
        comment: kpiUpdateValues.comment.optional().describe("A comment"),
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
  description: "List the newest values of a KPI, at most 500",
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

import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { text } from "@sayso/fields";

const csvOf = z.object({ csv: z.string().describe("RFC 4180; no cell of it is a formula") });

const exportObjectives = defineOperation({
  key: "goals_table.export_objectives",
  http: { method: "GET", path: "/api/v1/goals/export/objectives" },
  scope: "okrs:read",
  label: "Export Objectives",
  description: "Export the newest 500 objectives as CSV, with one row per key result",
  input: {},
  responses: { 200: csvOf },
  errors: ["rate_limited"],
});

const exportKpis = defineOperation({
  key: "goals_table.export_kpis",
  http: { method: "GET", path: "/api/v1/goals/export/kpis" },
  scope: "kpis:read",
  label: "Export KPIs",
  description: "Export the newest 500 KPIs as CSV",
  input: {},
  responses: { 200: csvOf },
  errors: ["rate_limited"],
});

const importGoals = defineOperation({
  key: "goals_table.import",
  http: { method: "POST", path: "/api/v1/goals/import" },
  scope: "okrs:write",
  label: "Import Goals",
  description: "Import objectives with key results, or KPIs, from CSV: all rows or none",
  input: {
    body: z.object({
      table: z.enum(["objectives", "kpis"]).describe("The content of the rows"),
      csv: text(900_000).describe("CSV in the format of the export; at most 1000 rows"),
    }),
  },
  responses: {
    201: z.object({ objectives: z.int(), key_results: z.int(), kpis: z.int() }),
  },
  errors: ["validation_failed", "rate_limited"],
  example: { body: { table: "kpis", csv: "name,target,unit\nWeekly active users,4500,users\n" } },
});

/** The operations of this file, in the order of the documents. */
export const tableOperations = {
  exportObjectives,
  exportKpis,
  importGoals,
};

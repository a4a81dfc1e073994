import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { cycleValues, day, id, timestamp } from "@sayso/fields";
import { exampleCycle } from "./examples.ts";
import { hints } from "./hints.ts";
import { changing } from "./schemas.ts";

export const Cycle = z
  .object({
    id,
    name: z.string(),
    starts_on: day,
    ends_on: day.describe("Its last day, in UTC"),
    created_at: timestamp,
  })
  .meta({ id: "Cycle", examples: [exampleCycle] });

const settings = {
  name: cycleValues.name.describe("The name of the period"),
  starts_on: cycleValues.starts_on.describe("Its first day"),
  ends_on: cycleValues.ends_on.describe("Its last day"),
};

const listCycles = defineOperation({
  key: "cycle.list",
  http: { method: "GET", path: "/api/v1/cycles" },
  scope: "okrs:read",
  label: "List Cycles",
  description: "List the cycles, latest first",
  input: {},
  responses: { 200: z.array(Cycle) },
  errors: ["rate_limited"],
});

const createCycle = defineOperation({
  key: "cycle.create",
  http: { method: "POST", path: "/api/v1/cycles" },
  scope: "okrs:write",
  label: "Create Cycle",
  description: "Create a cycle",
  input: { body: z.object(settings) },
  responses: { 201: Cycle },
  errors: ["validation_failed", "conflict", "rate_limited"],
  example: { body: { name: "Q2 2026", starts_on: "2026-04-01", ends_on: "2026-06-30" } },
});

const updateCycle = defineOperation({
  key: "cycle.update",
  http: { method: "PATCH", path: "/api/v1/cycles/{id}" },
  scope: "okrs:write",
  label: "Update Cycle",
  description: "Change a cycle's name or days",
  input: {
    params: z.object({ id: id.describe("The cycle") }),
    body: changing(z.object(settings).partial()),
  },
  responses: { 200: Cycle },
  errors: ["validation_failed", "forbidden", "not_found", "conflict", "rate_limited"],
  fields: { id: hints.cycle },
  example: { body: { ends_on: "2026-07-15" } },
});

/** The operations of this file, in the order of the documents. */
export const cycleOperations = {
  listCycles,
  createCycle,
  updateCycle,
};

import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { id, timestamp } from "@sayso/fields";
import { hints } from "../approvals/hints.ts";

const byId = z.object({ id: id.describe("The request") });

const anything = z.unknown();

const Differing = z
  .object({
    path: z.string().describe("JSON Pointer (RFC 6901)"),
    kind: z.enum(["added", "removed", "changed"]),
    before: anything.optional(),
    after: anything.optional(),
  })
  .meta({ id: "Differing" });

const DifferingChange = z
  .object({
    entity_type: z.string(),
    entity_id: z.string(),
    entity_name: z.string(),
    action: z.enum(["create", "update", "delete"]),
    made_for_version: z.int(),
    current_version: z
      .int()
      .nullable()
      .describe(
        "The current version while the change is pending; if it differs from made_for_version, the change can't be approved",
      ),
    entity_version: z.int().nullable().describe("The version that the change creates"),
    state: z
      .enum(["proposed", "applying", "applied", "failed", "abandoned"])
      .describe("The state of the change after its approval"),
    applied_at: timestamp.nullable(),
    applier: z
      .object({
        attempts: z.int(),
        status_code: z.int().nullable(),
        error: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({ id: "DifferingChange" });

const getDifference = defineOperation({
  key: "approval.difference",
  http: { method: "GET", path: "/api/v1/approvals/{id}/difference" },
  scope: "approvals:read",
  label: "Get Difference",
  description:
    "Read the differences between before and after: of a change, of a run, or of metadata with before and after",
  input: { params: byId },
  responses: {
    200: z
      .object({
        data: z.array(Differing).nullable().describe("The first 500; null: nothing to compare"),
        has_more: z.boolean(),
        change: DifferingChange.nullable().describe("The entity that the approval changes"),
        is_context: z.boolean().describe("Whether context_html shows the same differences"),
      })
      .meta({ id: "RequestDifference" }),
  },
  errors: ["not_found", "rate_limited"],
  fields: { id: hints.request },
});

/** The operation of this file. */
export const differenceOperations = { getDifference };

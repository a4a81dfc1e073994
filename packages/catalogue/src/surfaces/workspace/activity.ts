import * as z from "zod";
import { defineOperation, download } from "../../operation.ts";
import { id, instant, jsonObject, timestamp } from "@sayso/fields";
import { commaList, wholeNumberText } from "../../query.ts";
import { eventTypePatterns } from "../approvals/events.ts";

const Activity = z
  .object({
    entry: z.int().describe("Its number in the organization's audit trail: from 1, without gaps"),
    id,
    type: z.string().describe("Such as approval.approved"),
    created_at: timestamp,
    actor: z.object({
      kind: z.enum(["person", "connection", "system"]),
      id: id.nullable(),
      name: z.string().nullable(),
      full_name: z
        .string()
        .nullable()
        .describe("The name with the machine that acted: Release pipeline, for Ada Lovelace"),
    }),
    request: z.object({ id, title: z.string() }).nullable(),
    data: jsonObject.describe("Further facts of this type of event"),
  })
  .meta({ id: "Activity" });

const filters = {
  types: commaList(eventTypePatterns)
    .optional()
    .describe("Only these types; approval.* selects a family"),
  actor_id: id.optional().describe("Only events by this person or connection"),
  request_id: id.optional().describe("Only events of this request"),
  about: id.optional().describe("Only events about this person, team, goal or other object"),
  from: instant.optional().describe("Not before this time"),
  to: instant.optional().describe("Before this time"),
};

const listActivity = defineOperation({
  key: "activity.list",
  http: { method: "GET", path: "/api/v1/activity" },
  scope: "approvals:read",
  label: "List Activity",
  description:
    "List the audit trail, newest first, with the names behind its ids. Only admins see events of the administration",
  input: {
    query: z.object({
      ...filters,
      before: wholeNumberText(1, Number.MAX_SAFE_INTEGER)
        .optional()
        .describe("next_before of the last answer; nothing: the newest"),
      limit: wholeNumberText(1, 100).default(50).describe("The maximum number of events"),
    }),
  },
  responses: {
    200: z.object({
      data: z.array(Activity),
      names: z.array(z.object({ id, name: z.string() })).describe("The names of the ids in data"),
      next_before: z
        .int()
        .nullable()
        .describe(
          "The cursor for the next page, also after a short or empty page; null: no more events",
        ),
      searched_to: timestamp
        .nullable()
        .describe("The oldest entry that was searched; null: all entries were searched"),
    }),
  },
  errors: ["validation_failed", "forbidden", "rate_limited"],
});

const exportActivity = defineOperation({
  key: "activity.export",
  http: { method: "GET", path: "/api/v1/activity/export" },
  scope: "approvals:read",
  label: "Export Activity",
  description: "Export all matching events of the audit trail, newest first, as a file",
  input: {
    query: z.object({
      ...filters,
      format: z
        .enum(["csv", "ndjson"])
        .default("csv")
        .describe("csv: a table without formulas; jsonl: one event on each line"),
    }),
  },
  responses: { 200: download("text/csv", "application/x-ndjson") },
  errors: ["validation_failed", "forbidden", "rate_limited"],
});

const verifyActivity = defineOperation({
  key: "activity.verify",
  http: { method: "GET", path: "/api/v1/activity/verification" },
  scope: "approvals:read",
  adminOnly: true,
  label: "Verify Activity",
  description: "Verify the next 5,000 entries of the audit trail's hash chain",
  input: {
    query: z.object({
      after: wholeNumberText(0, Number.MAX_SAFE_INTEGER)
        .default(0)
        .describe("The verified_to of the last response; absent: from the first entry"),
    }),
  },
  responses: {
    200: z.object({
      verified_to: z.int().describe("The last verified entry; continue after it"),
      size: z.int().describe("The number of entries"),
      fault: z
        .object({ kind: z.string(), entry: z.int().nullable(), message: z.string() })
        .nullable()
        .describe("The first entry that was changed"),
    }),
  },
  errors: ["validation_failed", "forbidden", "rate_limited"],
});

/** The operations of this file, in the order of the documents. */
export const activityOperations = {
  listActivity,
  exportActivity,
  verifyActivity,
};

import { z } from "zod";
import { defineOperation, download } from "../../operation.ts";
import { commaList, id, instant, jsonObject, timestamp, wholeNumber } from "../../text.ts";
import { eventTypePatterns } from "../approvals/events.ts";

const Activity = z
  .object({
    entry: z.int().describe("Its number in the organization's audit trail: dense, from 1"),
    id,
    type: z.string().describe("Such as approval.approved"),
    created_at: timestamp,
    actor: z.object({
      kind: z.enum(["person", "connection", "system"]),
      id: id.nullable(),
      name: z.string().nullable(),
    }),
    request: z.object({ id, title: z.string() }).nullable(),
    data: jsonObject.describe("What this type of event tells besides"),
  })
  .meta({ id: "Activity" });

const filters = {
  types: commaList(eventTypePatterns)
    .optional()
    .describe("Only these; approval.* stands for a family"),
  actor_id: id.optional().describe("Only what this person or connection did"),
  request_id: id.optional().describe("Only what happened to this request"),
  about: id.optional().describe("Only what tells of this person, team, goal or other thing"),
  from: instant.optional().describe("Not before this time"),
  to: instant.optional().describe("Before this time"),
};

const listActivity = defineOperation({
  key: "activity.list",
  http: { method: "GET", path: "/api/v1/activity" },
  scope: "approvals:read",
  label: "List Activity",
  description:
    "The audit trail, newest first, with the names of whom it tells. What concerns only the administration is shown to admins",
  input: {
    query: z.object({
      ...filters,
      before: wholeNumber(1, Number.MAX_SAFE_INTEGER)
        .optional()
        .describe("next_before of the last answer; nothing: the newest"),
      limit: wholeNumber(1, 100).default(50).describe("Events in an answer, at most"),
    }),
  },
  responses: {
    200: z.object({
      data: z.array(Activity),
      names: z
        .array(z.object({ id, name: z.string() }))
        .describe("How those are called whose ids stand in data"),
      next_before: z
        .int()
        .nullable()
        .describe("Go on from here, also after a short or empty answer; null: that was all"),
      searched_to: timestamp
        .nullable()
        .describe("How far back was looked for what is rare; null: to the end"),
    }),
  },
  errors: ["validation_failed", "forbidden", "rate_limited"],
});

const exportActivity = defineOperation({
  key: "activity.export",
  http: { method: "GET", path: "/api/v1/activity/export" },
  scope: "approvals:read",
  label: "Export Activity",
  description: "All of the audit trail that matches, newest first, as a file",
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
  description: "Compute the next 5,000 entries of the audit trail's hash chain anew, and compare",
  input: {
    query: z.object({
      after: wholeNumber(0, Number.MAX_SAFE_INTEGER)
        .default(0)
        .describe("The verified_to of the last answer; absent: from the first entry"),
    }),
  },
  responses: {
    200: z.object({
      verified_to: z.int().describe("Up to here it is what was written; go on after it"),
      size: z.int().describe("How many entries there are"),
      fault: z
        .object({ kind: z.string(), entry: z.int().nullable(), message: z.string() })
        .nullable()
        .describe("The first entry that is not what was written"),
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

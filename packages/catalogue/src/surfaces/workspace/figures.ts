import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { id, instant, text, timestamp } from "@sayso/fields";
import { Priority } from "../approvals/values.ts";

const Named = z
  .object({ id, name: z.string().nullable().describe("null: has been deleted") })
  .meta({ id: "Named" });

const outcomes = {
  approved: z.int(),
  rejected: z.int(),
  cancelled: z.int(),
  expired: z.int(),
};

const durations = {
  count: z.int(),
  p50_seconds: z.int().nullable().describe("The median"),
  p90_seconds: z.int().nullable().describe("The 90th percentile"),
};

const Figures = z
  .object({
    from: timestamp,
    to: timestamp,
    time_zone: z.string(),
    pending: z.object({
      total: z.int(),
      oldest_at: timestamp.nullable(),
      by_age: z.array(
        z.object({
          up_to_seconds: z
            .int()
            .nullable()
            .describe("The maximum wait of this group; null: longer than the other groups"),
          low: z.int(),
          medium: z.int(),
          high: z.int(),
          critical: z.int(),
        }),
      ),
    }),
    outcomes: z.object(outcomes),
    approval_rate: z
      .number()
      .nullable()
      .describe(
        "The approval rate: the share of approved among the approved and rejected requests, 0 to 1",
      ),
    days: z
      .array(z.object({ day: z.iso.date().meta({ examples: ["2026-03-25"] }), ...outcomes }))
      .describe("By the day on which requests ended, including days without any"),
    decision_time: z
      .object(durations)
      .describe("From the request to a person's decision, with an error of at most 1 per cent"),
    by_priority: z.array(z.object({ priority: Priority, ...durations })),
    by_team: z.array(z.object({ team: Named, ...durations })),
    by_connection: z.array(
      z.object({ connection: Named.nullable().describe("null: people asked"), ...outcomes }),
    ),
    steps: z
      .array(
        z.object({
          name: z.string().nullable(),
          team: Named.nullable(),
          order: z.int().nullable().describe("The position of a step that has no name and no team"),
          count: z.int(),
          p50_seconds: z.int(),
          p90_seconds: z.int(),
        }),
      )
      .describe("The slowest steps, from their activation to their decision"),
    steps_sampled: z.int().describe("The number of decided steps that were read, newest first"),
    asked: z
      .array(
        z.object({
          person: Named.nullable(),
          team: Named.nullable(),
          requests: z.int(),
          pending: z.int().describe("The number of these that are still pending"),
          decided: z
            .int()
            .nullable()
            .describe("The number of requests that this person's vote decided"),
        }),
      )
      .describe("The approvers whom most requests name"),
    everybody_asked: z.int().describe("The number of requests that ask everybody who may approve"),
    asked_sampled: z.int().describe("The number of requests that were read, newest first"),
  })
  .meta({ id: "Figures" });

const getFigures = defineOperation({
  key: "figures.get",
  http: { method: "GET", path: "/api/v1/figures" },
  scope: "approvals:read",
  caller: "person",
  label: "Get Figures",
  description:
    "Read the insights: waiting requests by age, time to decision, decisions per day, requests by approver, and the slowest steps",
  input: {
    query: z.object({
      from: instant.describe("The start of the period; at most 366 days before to"),
      to: instant.describe("Before this time"),
      time_zone: text(100)
        .default("UTC")
        .describe("The time zone of the days, such as Europe/Berlin"),
    }),
  },
  responses: { 200: Figures },
  errors: ["validation_failed", "forbidden", "rate_limited"],
  example: {
    query: {
      from: "2026-03-01T00:00:00Z",
      to: "2026-04-01T00:00:00Z",
      time_zone: "Europe/Berlin",
    },
  },
});

/** The operations of this file, in the order of the documents. */
export const figureOperations = {
  getFigures,
};

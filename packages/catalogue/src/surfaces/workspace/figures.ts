import { z } from "zod";
import { defineOperation } from "../../operation.ts";
import { id, instant, text, timestamp } from "../../text.ts";
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
  p50_seconds: z.int().nullable().describe("Half were as fast as this"),
  p90_seconds: z.int().nullable().describe("Nine of ten were"),
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
            .describe("Waits no longer than this; null: longer than all before"),
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
      .describe("Of what was approved or rejected, how much was approved: 0 to 1"),
    days: z
      .array(z.object({ day: z.iso.date().meta({ examples: ["2026-03-25"] }), ...outcomes }))
      .describe("By the day on which they ended, days without any among them"),
    decision_time: z
      .object(durations)
      .describe("From asking to a person's decision, to within 1 per cent"),
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
          order: z.int().nullable().describe("Of a step with neither name nor team"),
          count: z.int(),
          p50_seconds: z.int(),
          p90_seconds: z.int(),
        }),
      )
      .describe("The slowest kinds of steps, from when they could be voted on"),
    steps_sampled: z.int().describe("From so many of the newest decided steps"),
    asked: z
      .array(
        z.object({
          person: Named.nullable(),
          team: Named.nullable(),
          requests: z.int(),
          pending: z.int().describe("How many of these still wait"),
          decided: z.int().nullable().describe("How many requests this person's vote ended"),
        }),
      )
      .describe("Who is asked most by name"),
    everybody_asked: z.int().describe("How many requests ask everybody who may approve"),
    asked_sampled: z.int().describe("From so many of the newest requests"),
  })
  .meta({ id: "Figures" });

const getFigures = defineOperation({
  key: "figures.get",
  http: { method: "GET", path: "/api/v1/figures" },
  scope: "approvals:read",
  caller: "person",
  label: "Get Figures",
  description:
    "What waits and how long, how long decisions took, what was decided, who is asked and where it gets stuck",
  input: {
    query: z.object({
      from: instant.describe("Not before this time; at most 366 days before to"),
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

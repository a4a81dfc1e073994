import { z } from "zod";
import { id, timestamp } from "../../text.ts";
import { exampleIds } from "./examples.ts";

export const GoalStatus = z.enum(["on_track", "at_risk", "off_track"]).meta({ id: "GoalStatus" });

/** A number that keeps its differences, which would be rounded away beyond ±10¹⁵. */
export const measure = z.number().min(-1e15).max(1e15);

/** A day of the calendar. */
export const day = z.iso
  .date("must be a day, such as 2026-03-31")
  .refine((text) => text >= "1000-01-01", "must be a day from the year 1000 on")
  .meta({ examples: ["2026-03-31"] });

export const share = z.number().min(0).max(1);
export const nullableText = z.string().nullable();

/** The fields that every goal shows. */
export const goalFacts = {
  owner: nullableText.describe("The owner's name"),
  owner_id: id.nullable(),
  needs_approval: z
    .boolean()
    .describe("Whether changes by people who aren't admins need an approval"),
  version: z.int().describe("Counts its changes; check-ins and new values are none"),
  created_at: timestamp,
  updated_at: timestamp,
};

/** The fields that can be set on every goal. */
export const goalSettings = {
  owner_id: id.nullable().optional().describe("The owner"),
  needs_approval: z
    .boolean()
    .optional()
    .describe("Whether changes by people who aren't admins need an approval; admins set it"),
};

/** Refuses a body that changes nothing. */
export const changing = <Schema extends z.ZodObject>(schema: Schema) =>
  schema.refine(
    (body) => Object.values(body).some((value) => value !== undefined),
    "must change something",
  );

/** The answer where a change has to be approved first. Nothing is changed yet. */
export const HeldChange = z
  .object({
    id: id.describe("The request that people decide; approved, it applies the change"),
    status: z.literal("pending"),
    entity_type: z.enum(["objective", "keyResult", "kpi"]),
    entity_id: id,
    message: z.string(),
  })
  .meta({
    id: "HeldChange",
    examples: [
      {
        id: exampleIds.change,
        status: "pending",
        entity_type: "kpi",
        entity_id: exampleIds.kpi,
        message: "This change waits for an approval; nothing has changed yet",
      },
    ],
  });

export const By = z
  .object({ kind: z.string(), id: id.nullable(), name: nullableText })
  .describe("Who did it: a person, a connection or the system")
  .meta({ id: "GoalActor" });

export const archived = z.object({ id, archived: z.literal(true) });

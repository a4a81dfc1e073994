import * as z from "zod";
import { checkInValues, id, kpiValues, timestamp } from "@sayso/fields";
import { exampleIds } from "./examples.ts";

export const GoalStatus = checkInValues.status.meta({ id: "GoalStatus" });

export const share = z.number().min(0).max(1);
export const nullableText = z.string().nullable();

/** The fields that every goal shows. */
export const goalFacts = {
  owner: nullableText.describe("The owner's name"),
  owner_id: id.nullable(),
  needs_approval: z
    .boolean()
    .describe("Whether changes by people who aren't admins need an approval"),
  version: z.int().describe("Increases with each change; check-ins and new values don't count"),
  created_at: timestamp,
  updated_at: timestamp,
};

/** The fields that can be set on every goal. */
export const goalSettings = {
  owner_id: kpiValues.owner_id.optional().describe("The owner"),
  needs_approval: kpiValues.needs_approval
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
    id: id.describe("The request that people decide; its approval applies the change"),
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
  .object({
    kind: z.string(),
    id: id.nullable(),
    name: nullableText,
    full_name: nullableText.describe(
      "The name with the machine that acted: Ada Lovelace, through the app Night robot",
    ),
  })
  .describe("The actor: a person, a connection or the system")
  .meta({ id: "GoalActor" });

export const archived = z.object({ id, archived: z.literal(true) });

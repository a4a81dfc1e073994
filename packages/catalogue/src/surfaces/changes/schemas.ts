import { z } from "zod";
import { filledText, id, jsonObject, timestamp } from "../../text.ts";
import { exampleAuditLog, exampleChange, exampleEntity, exampleEntityType } from "./examples.ts";
import { Via } from "../approvals/schemas.ts";

export const changeActions = ["create", "update", "delete"] as const;
/** The statuses on this surface, where withdrawn and expired changes are rejected. */
export const changeStatuses = ["pending", "approved", "rejected"] as const;
export const stageRoles = ["viewer", "editor", "admin"] as const;

export const entityTypeName = filledText(100);
export const entityId = filledText(200);
export const entityName = filledText(200);

/** The name of an organization's own entity type. An address on another server can't have this form. */
export const ownTypeName = z
  .string()
  .regex(
    /^[A-Za-z][\w.-]{0,99}$/,
    "must begin with a letter and hold up to 100 letters, digits, dots, hyphens and underscores",
  )
  .meta({ examples: ["priceList"] });

const Action = z.enum(changeActions).meta({ id: "ChangeAction" });

const ChangeStage = z
  .object({
    id,
    stageName: z.string().nullable(),
    requiredRole: z.enum(stageRoles),
    status: z.enum(["waiting", "active", "approved", "rejected", "skipped"]),
    decidedBy: id.nullable(),
    decidedAt: timestamp.nullable(),
  })
  .meta({ id: "ChangeStage" });

/** A change as every answer shows it. */
export const Change = z
  .object({
    id,
    entityType: z.string(),
    entityId: z.string(),
    entityName: z.string(),
    action: Action,
    status: z.enum(changeStatuses),
    requesterId: id.nullable().describe("The person or connection that asked"),
    requesterName: z.string().nullable(),
    payload: jsonObject.nullable().describe("The body of a create, the merge patch of an update"),
    createdAt: timestamp,
    entityVersion: z.int().describe("What it was made for; 0: nothing was registered"),
    approverId: id.nullable().describe("The person who decided last"),
    approverName: z.string().nullable(),
    approvedVia: Via.nullable().describe("The credential that decided last"),
    comments: z.string().nullable(),
    resolvedAt: timestamp.nullable(),
    applyStatus: z
      .enum(["applying", "applied", "failed", "abandoned"])
      .nullable()
      .describe(
        "What became of an approved change; applying: its applier has not answered with a 2xx yet",
      ),
    appliedAt: timestamp.nullable(),
    appliedVersion: z.int().nullable().describe("The version that it made, or is about to make"),
    before: jsonObject
      .nullable()
      .optional()
      .describe("The entity that it was applied to; only where a single change is read"),
    after: jsonObject
      .nullable()
      .optional()
      .describe("The entity after the change; only in an answer about a single change"),
    applier: z
      .object({
        attempts: z.int(),
        statusCode: z.int().nullable(),
        error: z.string().nullable(),
      })
      .nullable()
      .describe("How the calls of its applier fare, where there is one"),
    stages: z.array(ChangeStage),
    url: z.string().describe("Where people decide it"),
  })
  .meta({ id: "Change", examples: [exampleChange] });

export const ProposedChange = Change.extend({
  warnings: z
    .array(z.object({ field: z.string(), message: z.string() }))
    .optional()
    .describe("Warnings about values that are probably a mistake"),
}).meta({ id: "ProposedChange", examples: [exampleChange] });

export const Entity = z
  .object({
    entityType: z.string(),
    entityId: z.string(),
    entityName: z.string(),
    entityVersion: z.int().describe("Raised by every change, never used twice"),
    body: jsonObject,
    applyingChangeId: id.nullable().describe("The approved change that its applier is applying"),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: "Entity", examples: [exampleEntity] });

export const EntityType = z
  .object({
    name: z.string(),
    kind: z
      .enum(["built_in", "goal", "own"])
      .describe("What every organization has, its goals, or a type that it added"),
    applierUrl: z
      .string()
      .nullable()
      .describe("The address that is called with each approved change"),
    createdAt: timestamp.nullable().describe("Null for what every organization has"),
  })
  .meta({ id: "EntityType", examples: [exampleEntityType] });

export const NewEntityType = EntityType.extend({
  applierSecret: z
    .string()
    .nullable()
    .describe("Verifies the calls (Standard Webhooks), shown once: whsec_…"),
}).meta({
  id: "NewEntityType",
  examples: [{ ...exampleEntityType, applierSecret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }],
});

export const AuditLog = z
  .object({
    id: id.describe("The event's id"),
    changeId: id.nullable().describe("Null: an admin wrote the entity without a change"),
    action: Action,
    entityType: z.string(),
    entityId: z.string(),
    entityName: z.string(),
    entityVersion: z.int(),
    before: jsonObject.nullable(),
    after: jsonObject.nullable(),
    truncated: z
      .array(z.enum(["before", "after"]))
      .optional()
      .describe(
        "Fields that are null here though they are not, since the page would be longer than 2 MB; ask for a page with a smaller limit",
      ),
    userId: id.nullable().describe("Null where its applier's answer completed the change"),
    userName: z.string().nullable(),
    timestamp,
    integrityHash: z
      .string()
      .nullable()
      .describe("SHA-256 in hex over prevHash and this entry; null until it has its place"),
    prevHash: z.string().nullable().describe("That of the organization's event before"),
  })
  .meta({ id: "AuditLog", examples: [exampleAuditLog] });

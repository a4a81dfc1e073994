import * as z from "zod";
import { filledText, id, jsonObject, timestamp } from "@sayso/fields";
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
    requesterFullName: z
      .string()
      .nullable()
      .describe("The asker with the app that asked: Ada Lovelace, through the app Night robot"),
    payload: jsonObject.nullable().describe("The body of a create, the merge patch of an update"),
    createdAt: timestamp,
    entityVersion: z
      .int()
      .describe("The version that the change was made for; 0: no entity was registered"),
    approverId: id.nullable().describe("The person who decided last"),
    approverName: z.string().nullable(),
    approverFullName: z
      .string()
      .nullable()
      .describe("The person with the machine that decided: Release pipeline, for Ada Lovelace"),
    approvedVia: Via.nullable().describe("The credential that decided last"),
    comments: z.string().nullable(),
    resolvedAt: timestamp.nullable(),
    applyStatus: z
      .enum(["applying", "applied", "failed", "abandoned"])
      .nullable()
      .describe(
        "The state of an approved change; applying: its applier has not answered with a 2xx yet",
      ),
    appliedAt: timestamp.nullable(),
    appliedVersion: z.int().nullable().describe("The version that the change creates"),
    before: jsonObject
      .nullable()
      .optional()
      .describe("The entity that the change was applied to; only when reading a single change"),
    after: jsonObject
      .nullable()
      .optional()
      .describe("The entity after the change; only when reading a single change"),
    applier: z
      .object({
        attempts: z.int(),
        statusCode: z.int().nullable(),
        error: z.string().nullable(),
      })
      .nullable()
      .describe("The state of the applier's calls, if there is an applier"),
    stages: z.array(ChangeStage),
    url: z.string().describe("The URL of the page on which people decide"),
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
    entityVersion: z.int().describe("Increases with every change, and is never reused"),
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
      .describe("Built-in, a goal type, or the organization's own"),
    applierUrl: z.string().nullable().describe("The URL that receives each approved change"),
    createdAt: timestamp.nullable().describe("Null for built-in types"),
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
        "The fields that were set to null because the page would exceed 2 MB; use a smaller limit for their values",
      ),
    userId: id.nullable().describe("Null where its applier's answer completed the change"),
    userName: z.string().nullable(),
    userFullName: z.string().nullable().describe("The actor with the machine that acted"),
    timestamp,
    integrityHash: z
      .string()
      .nullable()
      .describe("SHA-256 in hex over prevHash and this entry; null until it has its place"),
    prevHash: z.string().nullable().describe("The hash of the organization's previous event"),
  })
  .meta({ id: "AuditLog", examples: [exampleAuditLog] });

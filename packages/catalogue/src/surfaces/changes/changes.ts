import * as z from "zod";
import { defineOperation, type FieldHint } from "../../operation.ts";
import { filledText, id, jsonObject, text, webAddress } from "@sayso/fields";
import { wholeNumberText } from "../../query.ts";
import {
  Change,
  changeActions,
  changeStatuses,
  entityId,
  entityName,
  entityTypeName,
  ProposedChange,
  stageRoles,
} from "./schemas.ts";

const byId = z.object({ id: id.describe("The change") });

const hints = {
  change: {
    label: "Change",
    choices: { operation: "listChanges", value: "id", label: "entityName" },
  },
  entityType: {
    choices: { operation: "listEntityTypes", value: "name", label: "name" },
  },
} as const satisfies Record<string, FieldHint>;

const platforms = ["n8n", "zapier", "make"] as const;

const listChanges = defineOperation({
  key: "change.list",
  http: { method: "GET", path: "/changes/api/v1/approvals" },
  scope: "approvals:read",
  label: "List Changes",
  description: "List the organization's changes of one status, newest first",
  input: {
    query: z.object({
      status: z
        .enum(changeStatuses)
        .optional()
        .describe(
          "Only changes in this status; default: pending, or approved if applyStatus is given",
        ),
      applyStatus: z
        .enum(["applying", "failed"])
        .optional()
        .describe("Only approved changes that their applier has not applied yet, or has refused"),
      limit: wholeNumberText(1, 500).default(500).describe("The maximum number of changes"),
      before: id
        .optional()
        .describe("Only changes created before this one: the last one of the previous page"),
    }),
  },
  responses: { 200: z.array(Change) },
  errors: ["validation_failed", "rate_limited"],
  fields: { limit: { advanced: true }, before: { advanced: true } },
  platforms,
  example: { query: { status: "pending" } },
});

const proposeChange = defineOperation({
  key: "change.propose",
  http: { method: "POST", path: "/changes/api/v1/approvals" },
  scope: "approvals:write",
  label: "Propose Change",
  description:
    "Ask people to approve a change of an entity, which is applied together with the last approval",
  input: {
    body: z
      .object({
        entityType: entityTypeName.describe(
          "A built-in type such as offer, a goal type (objective, keyResult, kpi), or the organization's own type",
        ),
        entityId: entityId.describe("The entity to change"),
        entityName: entityName.describe("The name"),
        action: z.enum(changeActions).describe("The action"),
        payload: jsonObject
          .optional()
          .describe(
            "For create the body; for update a merge patch (RFC 7396), where null removes a field",
          ),
        entityVersion: z
          .int()
          .min(0)
          .optional()
          .describe("The version that the change is for; default: the current version"),
        stages: z
          .array(
            z.object({
              stageName: filledText(200).describe("The name of the stage"),
              requiredRole: z
                .enum(stageRoles)
                .describe(
                  "The role that decides the stage; viewer and editor: everybody who may approve",
                ),
            }),
          )
          .min(1)
          .max(10)
          .optional()
          .describe("The stages in order; default: one admin stage"),
        callbackUrl: webAddress.optional().describe("The URL that receives the decision"),
        idempotencyKey: filledText(500)
          .optional()
          .describe("The same key and body return the same change again"),
      })
      .meta({ id: "ProposeChangeBody" }),
  },
  tolerance: {
    numbers: ["entityId"],
    blanks: { stages: "one admin decides", entityVersion: "the change is for the present version" },
  },
  responses: { 201: ProposedChange, 200: ProposedChange },
  errors: [
    "validation_failed",
    "forbidden",
    "not_found",
    "conflict",
    "rate_limited",
    "emergency_stop",
  ],
  fields: {
    entityType: hints.entityType,
    entityVersion: { advanced: true },
    stages: { advanced: true },
    callbackUrl: { label: "Callback URL", advanced: true },
    idempotencyKey: { advanced: true },
  },
  platforms,
  example: {
    body: {
      entityType: "qualificationRule",
      entityId: "qr_001",
      entityName: "Credit Score Rule",
      action: "update",
      payload: { config: { threshold: 650 } },
    },
  },
});

const getChange = defineOperation({
  key: "change.get",
  http: { method: "GET", path: "/changes/api/v1/approvals/{id}" },
  scope: "approvals:read",
  readsFeed: true,
  label: "Get Change",
  description: "Read one change with its stages, its decision and the applied entity",
  input: { params: byId },
  responses: { 200: Change },
  errors: ["not_found", "rate_limited"],
  fields: { id: hints.change },
  platforms,
});

const resolveChange = defineOperation({
  key: "change.resolve",
  http: { method: "POST", path: "/changes/api/v1/approvals/{id}" },
  scope: "approvals:decide",
  label: "Resolve Change",
  description: "Approve or reject a change at its current stage; the last approval applies it",
  input: {
    params: byId,
    body: z
      .object({
        action: z.enum(["approve", "reject"]).describe("Whether to approve or to reject"),
        comments: text(2000).optional().describe("Why"),
      })
      .meta({ id: "ResolveChangeBody" }),
  },
  responses: { 200: Change },
  errors: [
    "validation_failed",
    "forbidden",
    "not_found",
    "conflict",
    "invalid_state",
    "rate_limited",
    "emergency_stop",
  ],
  fields: { id: hints.change, comments: { multiline: true } },
  platforms,
  example: { body: { action: "approve", comments: "Looks good, deploying to production" } },
});

const retryChange = defineOperation({
  key: "change.retry",
  http: { method: "POST", path: "/changes/api/v1/approvals/{id}/retry" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Retry Change",
  description: "Retry the applier of an approved change at once",
  input: { params: byId },
  responses: { 200: Change },
  errors: ["forbidden", "not_found", "invalid_state", "rate_limited"],
  fields: { id: hints.change },
});

const abandonChange = defineOperation({
  key: "change.abandon",
  http: { method: "POST", path: "/changes/api/v1/approvals/{id}/abandon" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Abandon Change",
  description:
    "Abandon an approved change that its applier has not applied; the entity stays unchanged",
  input: { params: byId },
  responses: { 200: Change },
  errors: ["forbidden", "not_found", "invalid_state", "rate_limited"],
  fields: { id: hints.change },
});

/** The operations of this file, in the order of the documents. */
export const changeOperations = {
  listChanges,
  proposeChange,
  getChange,
  resolveChange,
  retryChange,
  abandonChange,
};

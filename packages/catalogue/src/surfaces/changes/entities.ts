import { z } from "zod";
import { defineOperation } from "../../operation.ts";
import { jsonObject, text, timestamp, webAddress, wholeNumber } from "../../text.ts";
import {
  AuditLog,
  Entity,
  entityId,
  entityName,
  EntityType,
  entityTypeName,
  NewEntityType,
  ownTypeName,
} from "./schemas.ts";

const ofType = { entityType: entityTypeName.describe("The type") };
const oneEntity = z.object({ ...ofType, entityId: entityId.describe("The entity") });
const byName = z.object({ name: text(100).describe("The type") });

const listEntityTypes = defineOperation({
  key: "entity_type.list",
  http: { method: "GET", path: "/changes/api/v1/entity-types" },
  scope: "approvals:read",
  label: "List Entity Types",
  description: "What can be changed with approval, and who carries changes out",
  input: {},
  responses: { 200: z.object({ data: z.array(EntityType) }) },
  errors: ["rate_limited"],
});

const createEntityType = defineOperation({
  key: "entity_type.create",
  http: { method: "POST", path: "/changes/api/v1/entity-types" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Create Entity Type",
  description:
    "Add a type of the organization's own, with an applier that is called with each approved change",
  input: {
    body: z
      .object({
        name: ownTypeName.describe("The name that proposals use"),
        applierUrl: webAddress
          .optional()
          .describe("Where to POST approved changes; default: only the registry is changed"),
      })
      .meta({ id: "CreateEntityTypeBody" }),
  },
  responses: { 201: NewEntityType },
  errors: ["validation_failed", "forbidden", "conflict", "rate_limited"],
  example: { body: { name: "priceList", applierUrl: "https://prices.example.com/apply" } },
});

const updateEntityType = defineOperation({
  key: "entity_type.update",
  http: { method: "PATCH", path: "/changes/api/v1/entity-types/{name}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Update Entity Type",
  description: "Give a type another applier, or none",
  input: {
    params: byName,
    body: z
      .object({
        applierUrl: webAddress.nullable().describe("Where to POST approved changes; null: nowhere"),
      })
      .meta({ id: "UpdateEntityTypeBody" }),
  },
  responses: { 200: NewEntityType },
  errors: ["validation_failed", "forbidden", "not_found", "rate_limited"],
  example: { body: { applierUrl: "https://prices.example.com/v2/apply" } },
});

const rotateApplierSecret = defineOperation({
  key: "entity_type.rotate_secret",
  http: { method: "POST", path: "/changes/api/v1/entity-types/{name}/rotate-secret" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Rotate Applier Secret",
  description: "Make a new secret for a type's applier; for 24 hours calls are signed with both",
  input: { params: byName },
  responses: {
    200: z.object({
      name: z.string(),
      applierSecret: z.string().describe("Shown once"),
      oldSecretExpiresAt: timestamp,
    }),
  },
  errors: ["forbidden", "not_found", "invalid_state", "rate_limited"],
});

const listEntities = defineOperation({
  key: "entity.list",
  http: { method: "GET", path: "/changes/api/v1/entities/{entityType}" },
  scope: "approvals:read",
  label: "List Entities",
  description: "The registered entities of a type, by id",
  input: {
    params: z.object(ofType),
    query: z.object({
      after: entityId.optional().describe("nextAfter of the page before"),
      limit: wholeNumber(1, 100).default(50).describe("Entities in an answer, at most"),
    }),
  },
  responses: {
    200: z.object({
      data: z.array(Entity),
      nextAfter: z.string().nullable().describe("Go on from here; null: this is the last page"),
    }),
  },
  errors: ["validation_failed", "not_found", "rate_limited"],
});

const getEntity = defineOperation({
  key: "entity.get",
  http: { method: "GET", path: "/changes/api/v1/entities/{entityType}/{entityId}" },
  scope: "approvals:read",
  label: "Get Entity",
  description: "Read one registered entity with its version",
  input: { params: oneEntity },
  responses: { 200: Entity },
  errors: ["not_found", "rate_limited"],
});

const putEntity = defineOperation({
  key: "entity.put",
  http: { method: "PUT", path: "/changes/api/v1/entities/{entityType}/{entityId}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Register Entity",
  description:
    "Register an entity, or replace it, without an approval; changes made for the version before are stale then",
  input: {
    params: oneEntity,
    body: z
      .object({
        entityName: entityName.describe("The name"),
        body: jsonObject.describe("All of it; at most 100,000 characters of JSON"),
        entityVersion: z
          .int()
          .min(0)
          .optional()
          .describe("Only if this is its version; 0: only if it is not there yet"),
      })
      .meta({ id: "PutEntityBody" }),
  },
  responses: { 200: Entity },
  errors: ["validation_failed", "forbidden", "not_found", "conflict", "rate_limited"],
  example: {
    body: { entityName: "Credit Score Rule", body: { config: { threshold: 700 } } },
  },
});

const listAuditLogs = defineOperation({
  key: "audit_log.list",
  http: { method: "GET", path: "/changes/api/v1/audit-logs" },
  scope: "approvals:read",
  adminOnly: true,
  label: "List Audit Logs",
  description: "How entities came to be what they are, newest first",
  input: {
    query: z.object({
      entityType: entityTypeName.optional().describe("Only entities of this type"),
      entityId: entityId.optional().describe("Only this entity"),
      page: wholeNumber(1, 100_000).default(1).describe("Counts from 1"),
      limit: wholeNumber(1, 100).default(50).describe("Entries on a page"),
    }),
  },
  responses: {
    200: z.object({
      logs: z.array(AuditLog),
      total: z.int().describe("Exact up to 10,000, where counting ends"),
      page: z.int(),
      limit: z.int(),
    }),
  },
  errors: ["validation_failed", "forbidden", "rate_limited"],
});

/** The operations of this file, in the order of the documents. */
export const entityOperations = {
  listEntityTypes,
  createEntityType,
  updateEntityType,
  rotateApplierSecret,
  listEntities,
  getEntity,
  putEntity,
  listAuditLogs,
};

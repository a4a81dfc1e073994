import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { jsonObject, text, timestamp, webAddress } from "@sayso/fields";
import { wholeNumberText } from "../../query.ts";
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
  description: "List the types of entities that can be changed with approval, with their appliers",
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
  description: "Create an entity type with an applier, which receives each approved change",
  input: {
    body: z
      .object({
        name: ownTypeName.describe("The name that proposals use"),
        applierUrl: webAddress
          .optional()
          .describe(
            "The URL that receives approved changes; default: Sayso changes only the registry",
          ),
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
  caller: "session",
  label: "Update Entity Type",
  description: "Change or remove the applier of a type, as an admin in person",
  input: {
    params: byName,
    body: z
      .object({
        applierUrl: webAddress
          .nullable()
          .describe("The URL that receives approved changes; null: none"),
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
  caller: "session",
  label: "Rotate Applier Secret",
  description:
    "Create a new secret for a type's applier, as an admin in person; for 24 hours both secrets sign calls",
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
  description: "List the registered entities of a type, by id",
  input: {
    params: z.object(ofType),
    query: z.object({
      after: entityId.optional().describe("nextAfter of the page before"),
      limit: wholeNumberText(1, 100).default(50).describe("The maximum number of entities"),
    }),
  },
  responses: {
    200: z.object({
      data: z.array(Entity),
      nextAfter: z
        .string()
        .nullable()
        .describe("The cursor for the next page; null: this is the last page"),
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
    "Register or replace an entity without approval; changes for its earlier version become stale",
  input: {
    params: oneEntity,
    body: z
      .object({
        entityName: entityName.describe("The name"),
        body: jsonObject.describe("The whole entity; at most 100,000 characters of JSON"),
        entityVersion: z
          .int()
          .min(0)
          .optional()
          .describe("The expected version; 0: the entity must not exist yet"),
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
  description: "List the history of entities, newest first",
  input: {
    query: z.object({
      entityType: entityTypeName.optional().describe("Only entities of this type"),
      entityId: entityId.optional().describe("Only this entity"),
      page: wholeNumberText(1, 100_000).default(1).describe("Counts from 1"),
      limit: wholeNumberText(1, 100).default(50).describe("The number of entries per page"),
    }),
  },
  responses: {
    200: z.object({
      logs: z.array(AuditLog),
      total: z.int().describe("Exact up to 10,000, the maximum"),
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

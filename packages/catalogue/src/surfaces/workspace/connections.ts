import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { id, text, timestamp } from "@sayso/fields";
import { wholeNumberText } from "../../query.ts";
import { listOf } from "../approvals/schemas.ts";

const byId = z.object({ id: id.describe("The connection") });

/** A list that is read on from a cursor. */
export const walkedList = <Item extends z.ZodType>(item: Item) =>
  z.object({
    data: z.array(item),
    next_cursor: z
      .string()
      .nullable()
      .describe("The cursor for the next page; null: no more pages"),
  });

/** The query parameters of such a list. */
export const walk = (what: string) => ({
  cursor: text(200).optional().describe("next_cursor of the last answer; nothing: the newest"),
  limit: wholeNumberText(1, 100).default(50).describe(`The maximum number of ${what}`),
});

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const statusClasses = ["2xx", "3xx", "4xx", "5xx"] as const;

const LoggedCall = z
  .object({
    id,
    at: timestamp.describe("The time at which the response ended"),
    method: z.string(),
    path: z.string().describe("Without its query"),
    operation: z
      .string()
      .nullable()
      .describe("The operation, such as approval.create; null: unknown"),
    status: z
      .int()
      .describe("The HTTP status; 499: the client closed the connection before the response"),
    duration_ms: z.int(),
    request_id: z.string().describe("The answer's X-Request-Id"),
    error_code: z.string().nullable().describe("The error code of a refused or failed call"),
  })
  .meta({ id: "LoggedCall" });

const listConnectionCalls = defineOperation({
  key: "connection.list_calls",
  http: { method: "GET", path: "/api/v1/connections/{id}/calls" },
  scope: "approvals:read",
  adminOnly: true,
  label: "List Connection's Calls",
  description:
    "List the connection's request log: the newest 1,000 calls of the last 7 days, newest first. A call appears about a second after its response",
  input: {
    params: byId,
    query: z.object({
      status: z.enum(statusClasses).optional().describe("Only calls with a status of this class"),
      method: z.enum(methods).optional().describe("Only calls with this method"),
      search: text(200)
        .optional()
        .describe("A part of the path, the operation, the request ID or the error code"),
      ...walk("Calls"),
    }),
  },
  responses: { 200: walkedList(LoggedCall) },
  errors: ["validation_failed", "forbidden", "not_found", "rate_limited"],
});

const ConnectionUsage = z
  .object({
    limit_per_hour: z.int(),
    used: z
      .int()
      .describe(
        "The calls of this hour with the connection's keys. Calls of apps in a person's name count separately",
      ),
    remaining: z.int(),
    resets_at: timestamp,
    hours: z
      .array(
        z.object({
          starts_at: timestamp,
          calls: z.int(),
          refused: z.int().describe("Answered with 400 to 499"),
          failed: z.int().describe("Calls with a status of 500 or more"),
        }),
      )
      .describe("The last 24 hours, oldest first, including the current one"),
  })
  .meta({ id: "ConnectionUsage" });

const getConnectionUsage = defineOperation({
  key: "connection.usage",
  http: { method: "GET", path: "/api/v1/connections/{id}/usage" },
  scope: "approvals:read",
  adminOnly: true,
  label: "Get Connection's Usage",
  description:
    "Read the connection's remaining calls of this hour, and its calls in the last 24 hours",
  input: { params: byId },
  responses: { 200: ConnectionUsage },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const ConnectionKey = z
  .object({
    id,
    prefix: z.string(),
    last_four: z.string(),
    status: z
      .enum(["valid", "expired", "revoked", "inactive"])
      .describe("inactive: its connection is switched off"),
    scopes: z.array(z.string()).nullable().describe("null: all that a connection may"),
    made_by: z
      .object({ id, name: z.string() })
      .nullable()
      .describe("null: it was made before this was noted"),
    ends_with_deciding: z
      .boolean()
      .describe(
        "Whether the key is revoked when the owner lets the connection vote, because they did not create it while signed in",
      ),
    expires_at: timestamp.nullable(),
    revoked_at: timestamp.nullable(),
    revoked_reason: z
      .enum(["not_made_by_owner"])
      .nullable()
      .describe(
        "not_made_by_owner: the owner let the connection decide, and had not made this key",
      ),
    last_used_at: timestamp.nullable(),
    created_at: timestamp,
  })
  .meta({ id: "ConnectionKey" });

const listConnectionKeys = defineOperation({
  key: "connection.list_keys",
  http: { method: "GET", path: "/api/v1/connections/{id}/keys" },
  scope: "approvals:read",
  caller: "person",
  label: "List Connection's Keys",
  description: "List the connection's keys, newest first, including expired and revoked ones",
  input: { params: byId },
  responses: { 200: listOf(ConnectionKey) },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const createConnectionKey = defineOperation({
  key: "connection.create_key",
  http: { method: "POST", path: "/api/v1/connections/{id}/keys" },
  scope: "approvals:write",
  caller: "person",
  label: "Create Connection's Key",
  description:
    "Create another key of the connection, as its owner. A connection that can vote needs the same confirmation as can_decide",
  input: { params: byId },
  responses: {
    201: z.object({
      id,
      api_key: z.string().describe("Shown once"),
      prefix: z.string(),
      last_four: z.string(),
    }),
  },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const revokeConnectionKey = defineOperation({
  key: "connection.revoke_key",
  http: { method: "DELETE", path: "/api/v1/connections/{id}/keys/{keyId}" },
  scope: "approvals:write",
  caller: "person",
  label: "Revoke Connection's Key",
  description: "Revoke a key; it stops working within a second",
  input: { params: byId.extend({ keyId: id.describe("The key") }) },
  responses: { 200: z.object({ id, revoked: z.literal(true) }) },
  errors: ["forbidden", "not_found", "rate_limited"],
});

/** The operations that the connections' pages need beside the approvals surface. */
export const connectionPageOperations = {
  listConnectionCalls,
  getConnectionUsage,
  listConnectionKeys,
  createConnectionKey,
  revokeConnectionKey,
};

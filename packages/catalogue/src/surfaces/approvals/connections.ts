import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { connectionSettings, id, minutesOfGrace, timestamp } from "@sayso/fields";
import { listOf } from "./schemas.ts";
import { Priority } from "./values.ts";

const byId = z.object({ id: id.describe("The connection") });

const ApproversNeeded = connectionSettings.approvers_needed.meta({ id: "ApproversNeeded" });

const Connection = z
  .object({
    id,
    name: z.string(),
    preset: z.enum(["n8n", "zapier", "make"]).nullable(),
    owner_id: id.describe("The connection's owner"),
    owner_name: z.string(),
    is_active: z.boolean(),
    can_decide: z
      .boolean()
      .describe("Whether its votes count as its owner's, with the owner's permission"),
    can_decide_own: z
      .boolean()
      .describe("Whether it can also vote on its own requests, with the owner's permission"),
    decides_since: timestamp
      .nullable()
      .describe("The time of the owner's permission; null: its votes don't count"),
    decides_by: z
      .enum(["session", "command_line"])
      .nullable()
      .describe("Where the owner gave permission: signed in, or on the server's command line"),
    can_read_all: z
      .boolean()
      .describe("Whether it sees all requests, even where connections see only their own"),
    rate_limit_per_hour: z.int(),
    allowed_action_types: z.array(z.string()).nullable(),
    max_priority: Priority.nullable(),
    default_title: z.string().nullable(),
    default_priority: Priority.nullable(),
    default_description: z.string().nullable(),
    approvers_needed: ApproversNeeded,
    api_key_prefix: z.string().nullable(),
    api_key_last_four: z.string().nullable(),
    last_used_at: timestamp.nullable(),
    created_at: timestamp,
  })
  .meta({ id: "Connection" });

const NewKey = {
  api_key: z.string().describe("Shown once"),
};

const ConnectionBody = z.object({
  name: connectionSettings.name.describe("The name of the connection"),
  preset: z
    .enum(["n8n", "zapier", "make"])
    .optional()
    .describe("The platform whose defaults apply"),
  can_decide: z
    .boolean()
    .optional()
    .describe(
      "Whether its votes count as its owner's; default false. Only the signed-in owner can enable this, after confirming their identity in the last 15 minutes; keys that they did not create are then revoked. The owner and admins can disable it",
    ),
  can_decide_own: z
    .boolean()
    .optional()
    .describe(
      "Whether it can also vote on its own requests; default false. Requires can_decide, and the same confirmation",
    ),
  rate_limit_per_hour: connectionSettings.rate_limit_per_hour
    .optional()
    .describe("Default 100, with a preset 1000. Reading one request or events counts apart"),
  allowed_action_types: connectionSettings.allowed_action_types
    .optional()
    .describe("The only action types that its requests may have; null: any"),
  max_priority: Priority.nullable().optional().describe("The maximum priority of its requests"),
  default_title: connectionSettings.default_title
    .optional()
    .describe("The title of requests without one"),
  default_priority: Priority.nullable().optional().describe("The priority of requests without one"),
  default_description: connectionSettings.default_description
    .optional()
    .describe("The description of requests without one"),
  approvers_needed: ApproversNeeded.optional().describe(
    "How many of assigned_approvers must approve a request without required_approvals; default: one",
  ),
});

const listConnections = defineOperation({
  key: "connection.list",
  http: { method: "GET", path: "/api/v1/connections" },
  scope: "approvals:read",
  adminOnly: true,
  label: "List Connections",
  description: "List the connections with their limits and last use",
  input: {},
  responses: { 200: listOf(Connection) },
  errors: ["forbidden", "rate_limited"],
});

const createConnection = defineOperation({
  key: "connection.create",
  http: { method: "POST", path: "/api/v1/connections" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Create Connection",
  description:
    "Create a connection; the response holds its API key and webhook secret, shown only once",
  input: { body: ConnectionBody },
  responses: {
    201: Connection.extend({
      ...NewKey,
      webhook_secret: z.string().describe("The secret that signs its callbacks. Shown only once"),
    }),
  },
  errors: ["validation_failed", "forbidden", "rate_limited"],
  example: { body: { name: "Deploy pipeline", preset: "n8n", rate_limit_per_hour: 500 } },
});

const getConnection = defineOperation({
  key: "connection.get",
  http: { method: "GET", path: "/api/v1/connections/{id}" },
  scope: "approvals:read",
  caller: "person",
  label: "Get Connection",
  description: "Read one connection: admins read all, other people their own",
  input: { params: byId },
  responses: { 200: Connection },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const updateConnection = defineOperation({
  key: "connection.update",
  http: { method: "PATCH", path: "/api/v1/connections/{id}" },
  scope: "approvals:write",
  caller: "person",
  label: "Update Connection",
  description:
    "Change a connection: admins set its name, limits and defaults, and disable it; its owner sets whether it can vote",
  input: {
    params: byId,
    body: ConnectionBody.omit({ preset: true })
      .extend({
        is_active: z.boolean().describe("Whether the connection is enabled"),
        can_read_all: z
          .boolean()
          .describe("Whether it sees all requests, even where connections see only their own"),
      })
      .partial(),
  },
  responses: { 200: Connection },
  errors: ["validation_failed", "forbidden", "not_found", "rate_limited"],
  example: { body: { is_active: false } },
});

const deleteConnection = defineOperation({
  key: "connection.delete",
  http: { method: "DELETE", path: "/api/v1/connections/{id}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Delete Connection",
  description: "Delete a connection and its keys; its requests stay",
  input: { params: byId },
  responses: { 200: z.object({ id, deleted: z.literal(true) }) },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const rotateKey = defineOperation({
  key: "connection.rotate",
  http: { method: "POST", path: "/api/v1/connections/{id}/rotate" },
  scope: "approvals:write",
  caller: "person",
  label: "Rotate API Key",
  description:
    "Create a new key, as the owner; the old keys work for a grace period. A connection that can vote needs the same confirmation as can_decide",
  input: {
    params: byId,
    body: z
      .object({
        grace_minutes: minutesOfGrace
          .optional()
          .describe("The minutes for which the old keys still work; default 1440"),
      })
      .optional(),
  },
  responses: { 200: Connection.extend({ ...NewKey, old_key_expires_at: timestamp.nullable() }) },
  errors: ["validation_failed", "forbidden", "not_found", "rate_limited"],
  example: { body: { grace_minutes: 60 } },
});

const rotateWebhookSecret = defineOperation({
  key: "connection.rotate_webhook_secret",
  http: { method: "POST", path: "/api/v1/connections/{id}/rotate-webhook-secret" },
  scope: "approvals:write",
  caller: "person",
  label: "Rotate Webhook Secret",
  description:
    "Create a new webhook secret, as the owner; for 24 hours both secrets sign callbacks",
  input: { params: byId },
  responses: {
    200: Connection.extend({
      webhook_secret: z.string().describe("Shown once"),
      old_secret_expires_at: timestamp,
    }),
  },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const readWebhookSecrets = defineOperation({
  key: "connection.read_webhook_secrets",
  http: { method: "GET", path: "/api/v1/webhook-secrets" },
  scope: "approvals:write",
  label: "Read Webhook Secrets",
  description: "Read the secrets that sign the callbacks of this credential's requests",
  input: {},
  responses: {
    200: listOf(z.string()).describe("The current secret first; two during a rotation"),
  },
  errors: ["forbidden", "rate_limited"],
});

/** The operations of this file, in the order of the documents. */
export const connectionOperations = {
  listConnections,
  createConnection,
  getConnection,
  updateConnection,
  deleteConnection,
  rotateKey,
  rotateWebhookSecret,
  readWebhookSecrets,
};

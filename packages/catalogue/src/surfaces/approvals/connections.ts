import { z } from "zod";
import { defineOperation } from "../../operation.ts";
import { filledText, id, text, timestamp } from "../../text.ts";
import { listOf } from "./schemas.ts";
import { Priority } from "./values.ts";

const byId = z.object({ id: id.describe("The connection") });

const Connection = z
  .object({
    id,
    name: z.string(),
    preset: z.enum(["n8n", "zapier", "make"]).nullable(),
    owner_id: id.describe("The connection's owner"),
    owner_name: z.string(),
    is_active: z.boolean(),
    can_decide: z.boolean().describe("Whether its votes count as its owner's, who agreed to that"),
    can_decide_own: z
      .boolean()
      .describe("Whether the owner also agreed that it decides its own requests"),
    decides_since: timestamp
      .nullable()
      .describe("When the owner agreed; null: its votes don't count"),
    decides_by: z
      .enum(["session", "command_line"])
      .nullable()
      .describe("How the owner agreed: signed in, or on the server's command line"),
    can_read_all: z
      .boolean()
      .describe("Whether it sees every request, where others see only those that they asked"),
    rate_limit_per_hour: z.int(),
    allowed_action_types: z.array(z.string()).nullable(),
    max_priority: Priority.nullable(),
    default_priority: Priority.nullable(),
    default_description: z.string().nullable(),
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
  name: filledText(200).describe("What people call the machine"),
  preset: z
    .enum(["n8n", "zapier", "make"])
    .optional()
    .describe("Fills in what this app's clients leave out"),
  can_decide: z
    .boolean()
    .optional()
    .describe(
      "Whether its votes count as its owner's; default false. Only the owner switches it on, signed in, having confirmed with password or passkey in the last 15 minutes: then keys that they did not make end. They and admins switch it off",
    ),
  can_decide_own: z
    .boolean()
    .optional()
    .describe(
      "Whether it may decide also what was asked through it; default false. Switched on as can_decide, and only with it",
    ),
  rate_limit_per_hour: z.int().min(1).max(10_000).optional().describe("Default 100"),
  allowed_action_types: z
    .array(filledText(200))
    .min(1)
    .max(100)
    .nullable()
    .optional()
    .describe("It may ask for these only; null: for any"),
  max_priority: Priority.nullable().optional().describe("It may not ask for more than this"),
  default_priority: Priority.nullable().optional().describe("Where a request names none"),
  default_description: text(5000).nullable().optional().describe("Where a request brings none"),
});

const listConnections = defineOperation({
  key: "connection.list",
  http: { method: "GET", path: "/api/v1/connections" },
  scope: "approvals:read",
  adminOnly: true,
  label: "List Connections",
  description: "The machines that may ask, with their limits and last use",
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
  description: "Let a machine ask; the answer holds its API key and webhook secret, once",
  input: { body: ConnectionBody },
  responses: {
    201: Connection.extend({
      ...NewKey,
      webhook_secret: z.string().describe("Signs its callbacks. Shown once"),
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
  description: "One connection: any for an admin, and one's own",
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
    "Change a connection's name, limits or defaults, or switch it off, as an admin; as its owner say whether it decides",
  input: {
    params: byId,
    body: ConnectionBody.omit({ preset: true })
      .extend({
        is_active: z.boolean().describe("Whether it may do anything at all"),
        can_read_all: z
          .boolean()
          .describe("Whether it sees every request, where others see only those that they asked"),
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
  description: "Revoke a connection and its keys; what it asked stays",
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
    "Make a new key, as its owner; the old one lives on for a grace period. Where the connection decides, as for can_decide",
  input: {
    params: byId,
    body: z
      .object({
        grace_minutes: z
          .int()
          .min(0)
          .max(10_080)
          .optional()
          .describe("Minutes for which the old key still works; default 1440"),
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
    "Make a new webhook secret, as its owner; for 24 hours callbacks are signed with both",
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
  description: "The secrets that sign the callbacks of what this credential asks for",
  input: {},
  responses: {
    200: listOf(z.string()).describe("The present one first; two while a rotation goes on"),
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

import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { allScopes } from "../../scopes.ts";
import { clientName, id, text, timestamp } from "@sayso/fields";
import { listOf } from "../approvals/schemas.ts";

const presets = ["n8n", "zapier", "make"] as const;
const kinds = ["web", "native"] as const;
const Scope = z.enum(allScopes);

const byId = z.object({ id: id.describe("The app: its client_id") });

const App = z
  .object({
    id: id.describe("The client_id"),
    name: z.string(),
    preset: z.enum(presets).nullable(),
    kind: z.enum(kinds).describe("native: it runs on people's own devices and has no secret"),
    redirect_uris: z.array(z.string()),
    scopes: z.array(z.string()).describe("The scopes that the app may ask for"),
    allows_client_credentials: z
      .boolean()
      .describe("Whether the app can also act without a person"),
    secret_last_four: z.string().nullable(),
    previous_secret_until: timestamp.nullable(),
    connection_id: id.describe("The connection that the app acts through"),
    created_by_name: z.string().nullable(),
    grants_count: z.int().describe("The number of authorizations"),
    created_at: timestamp,
  })
  .meta({ id: "App" });

const listApps = defineOperation({
  key: "app.list",
  http: { method: "GET", path: "/api/v1/apps" },
  scope: "approvals:read",
  adminOnly: true,
  label: "List Apps",
  description: "List the organization's OAuth clients, newest first, without self-registered ones",
  input: {},
  responses: { 200: listOf(App) },
  errors: ["forbidden", "rate_limited"],
});

const getApp = defineOperation({
  key: "app.get",
  http: { method: "GET", path: "/api/v1/apps/{id}" },
  scope: "approvals:read",
  adminOnly: true,
  label: "Get App",
  description: "Read one of the organization's OAuth clients",
  input: { params: byId },
  responses: { 200: App },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const createApp = defineOperation({
  key: "app.create",
  http: { method: "POST", path: "/api/v1/apps" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Create App",
  description: "Register an OAuth client with a connection of its own",
  input: {
    body: z.object({
      name: clientName.describe("The name that people see"),
      preset: z.enum(presets).optional().describe("The platform, which sets the redirect URIs"),
      kind: z.enum(kinds).optional().describe("Default web"),
      redirect_uris: z
        .array(text(2000))
        .max(10)
        .optional()
        .describe("The redirect URIs, which must match exactly; a preset sets them"),
      n8n_url: text(500).optional().describe("The URL of your n8n, for its preset"),
      zapier_app_id: text(30).optional().describe("The ID of your Zapier app, for its preset"),
      scopes: z
        .array(Scope)
        .min(1)
        .optional()
        .describe("The scopes that the app may ask for; default: all"),
      allows_client_credentials: z
        .boolean()
        .optional()
        .describe("Whether the app can also act without a person; default false"),
    }),
  },
  responses: {
    201: App.extend({
      client_secret: z
        .string()
        .nullable()
        .describe("Shown only once; null: a native app has no secret"),
    }),
  },
  errors: ["validation_failed", "forbidden", "rate_limited"],
  example: { body: { name: "Our intranet", redirect_uris: ["https://intranet.example.com/cb"] } },
});

const rotateAppSecret = defineOperation({
  key: "app.rotate_secret",
  http: { method: "POST", path: "/api/v1/apps/{id}/rotate-secret" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Rotate App's Secret",
  description:
    "Create a new secret, as the app's owner or an admin in person; the old one works for another 24 hours",
  input: { params: byId },
  responses: {
    200: z.object({
      id,
      client_secret: z.string().describe("Shown once"),
      old_secret_expires_at: timestamp,
    }),
  },
  errors: ["forbidden", "not_found", "conflict", "rate_limited"],
});

const deleteApp = defineOperation({
  key: "app.delete",
  http: { method: "DELETE", path: "/api/v1/apps/{id}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Delete App",
  description: "Delete an app, its connection and its authorizations; its requests stay",
  input: { params: byId },
  responses: { 200: z.object({ id, deleted: z.literal(true) }) },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const Grant = z
  .object({
    id,
    app_id: id,
    app_name: z.string(),
    preset: z.enum(presets).nullable(),
    person_id: id,
    person_name: z.string(),
    scopes: z.array(z.string()),
    created_at: timestamp,
    last_used_at: timestamp.nullable(),
  })
  .meta({ id: "Grant" });

const listGrants = defineOperation({
  key: "grant.list",
  http: { method: "GET", path: "/api/v1/grants" },
  scope: "approvals:read",
  caller: "person",
  label: "List Grants",
  description: "List your own authorizations of apps; admins see those of everybody",
  input: {
    query: z.object({
      whose: z
        .enum(["own", "organization"])
        .default("own")
        .describe("organization: everybody's, for admins"),
      app_id: id.optional().describe("Only authorizations of this app"),
    }),
  },
  responses: { 200: listOf(Grant) },
  errors: ["validation_failed", "forbidden", "rate_limited"],
});

const revokeGrant = defineOperation({
  key: "grant.revoke",
  http: { method: "DELETE", path: "/api/v1/grants/{id}" },
  scope: "approvals:write",
  caller: "person",
  label: "Revoke Grant",
  description: "Revoke an app's authorization: your own, or as an admin that of any person",
  input: { params: z.object({ id: id.describe("The grant") }) },
  responses: { 200: z.object({ id, revoked: z.literal(true) }) },
  errors: ["forbidden", "not_found", "rate_limited"],
});

/** The operations that the apps' pages need. */
export const appPageOperations = {
  listApps,
  getApp,
  createApp,
  rotateAppSecret,
  deleteApp,
  listGrants,
  revokeGrant,
};

export const appPageResources = {
  app: { label: "App", description: "An OAuth client that people can authorize" },
  grant: { label: "Grant", description: "One person's authorization of one app" },
};

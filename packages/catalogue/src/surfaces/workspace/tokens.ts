import { z } from "zod";
import { defineOperation } from "../../operation.ts";
import { allScopes } from "../../scopes.ts";
import { filledText, id, timestamp } from "../../text.ts";
import { listOf } from "../approvals/schemas.ts";

const PersonalToken = z
  .object({
    id,
    name: z.string(),
    prefix: z.string(),
    last_four: z.string(),
    scopes: z.array(z.string()),
    expires_at: timestamp.nullable(),
    revoked_at: timestamp.nullable(),
    last_used_at: timestamp.nullable(),
    created_at: timestamp,
  })
  .meta({ id: "PersonalToken" });

const listTokens = defineOperation({
  key: "token.list",
  http: { method: "GET", path: "/api/v1/tokens" },
  scope: "approvals:read",
  caller: "person",
  label: "List Personal Tokens",
  description: "Your own tokens, newest first, those that have ended as well",
  input: {},
  responses: { 200: listOf(PersonalToken) },
  errors: ["forbidden", "rate_limited"],
});

const createToken = defineOperation({
  key: "token.create",
  http: { method: "POST", path: "/api/v1/tokens" },
  scope: "approvals:write",
  caller: "session",
  label: "Create Personal Token",
  description:
    "A token by which a program uses the API as you; only while you are signed in, and with a proof of the last 15 minutes for one that decides",
  input: {
    body: z.object({
      name: filledText(100).describe("What it is for"),
      scopes: z.array(z.enum(allScopes)).min(1).describe("The scopes"),
      expires_in_minutes: z
        .int()
        .min(1)
        .max(525_600)
        .nullable()
        .describe("How long it works; null: until you revoke it"),
    }),
  },
  responses: {
    201: PersonalToken.extend({ token: z.string().describe("Shown once") }),
  },
  errors: ["validation_failed", "forbidden", "not_found", "rate_limited"],
  example: { body: { name: "My script", scopes: ["approvals:read"], expires_in_minutes: 1440 } },
});

const revokeToken = defineOperation({
  key: "token.revoke",
  http: { method: "DELETE", path: "/api/v1/tokens/{id}" },
  scope: "approvals:write",
  caller: "person",
  label: "Revoke Personal Token",
  description: "End a token: your own, or as an admin anybody's",
  input: { params: z.object({ id: id.describe("The token") }) },
  responses: { 200: z.object({ id, revoked: z.literal(true) }) },
  errors: ["forbidden", "not_found", "rate_limited"],
});

/** The operations that the page of a person's own tokens needs. */
export const tokenPageOperations = { listTokens, createToken, revokeToken };

export const tokenPageResources = {
  token: { label: "Personal Token", description: "By which a program acts as a person" },
};

import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { allScopes } from "../../scopes.ts";
import { id, timestamp, tokenName, wholeNumber } from "@sayso/fields";
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
  description: "List your own tokens, newest first, including expired and revoked ones",
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
    "Create a token that lets a program use the API as you. You must be signed in; a token that can vote also needs a confirmation of your identity in the last 15 minutes",
  input: {
    body: z.object({
      name: tokenName.describe("The name of the token"),
      scopes: z.array(z.enum(allScopes)).min(1).describe("The scopes"),
      expires_in_minutes: wholeNumber(1, 525_600)
        .nullable()
        .describe("The minutes until it expires; null: no expiration"),
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
  description: "Revoke a token: your own, or as an admin that of any person",
  input: { params: z.object({ id: id.describe("The token") }) },
  responses: { 200: z.object({ id, revoked: z.literal(true) }) },
  errors: ["forbidden", "not_found", "rate_limited"],
});

/** The operations that the page of a person's own tokens needs. */
export const tokenPageOperations = { listTokens, createToken, revokeToken };

export const tokenPageResources = {
  token: { label: "Personal Token", description: "A token that lets a program act as a person" },
};

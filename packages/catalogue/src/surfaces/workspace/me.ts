import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { PERSON_NAME_MAX, filledLine, id } from "@sayso/fields";
import { Role } from "../approvals/values.ts";

const NamedOrganization = z.object({ id, name: z.string() });

const Me = z
  .object({
    id,
    name: z.string(),
    email: z.string().nullable(),
    role: Role,
    can_approve: z.boolean().describe("Whether they may approve"),
    team_ids: z.array(id),
    organization: NamedOrganization,
    organizations: z
      .array(NamedOrganization)
      .describe("The organizations that they can switch to; for a token, only its own"),
  })
  .meta({ id: "Me" });

const getMe = defineOperation({
  key: "me.get",
  http: { method: "GET", path: "/api/v1/me" },
  scope: "approvals:read",
  caller: "person",
  label: "Get Me",
  description: "Read the signed-in person, or the person of the token",
  input: {},
  responses: { 200: Me },
  errors: ["forbidden", "rate_limited"],
});

const updateMe = defineOperation({
  key: "me.update",
  http: { method: "PATCH", path: "/api/v1/me" },
  scope: "approvals:write",
  caller: "session",
  label: "Update Me",
  description: "Change your own name, in every organization and on past events",
  input: { body: z.object({ name: filledLine(PERSON_NAME_MAX).describe("Your name") }) },
  responses: { 200: Me },
  errors: ["validation_failed", "forbidden", "rate_limited"],
  example: { body: { name: "Ada Byron" } },
});

const switchOrganization = defineOperation({
  key: "me.switch_organization",
  http: { method: "POST", path: "/api/v1/me/organization" },
  scope: "approvals:write",
  caller: "session",
  label: "Switch Organization",
  description: "Switch this session to another of your organizations",
  input: { body: z.object({ organization_id: id.describe("The organization to switch to") }) },
  responses: { 200: z.object({ organization_id: id }) },
  errors: ["validation_failed", "forbidden", "not_found", "rate_limited"],
  example: { body: { organization_id: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f04" } },
});

const signOut = defineOperation({
  key: "me.sign_out",
  http: { method: "POST", path: "/api/v1/me/sign-out" },
  scope: "approvals:read",
  caller: "session",
  label: "Sign Out",
  description: "End this session",
  input: {},
  responses: { 200: z.object({ signed_out: z.literal(true) }) },
  errors: ["forbidden", "rate_limited"],
});

/** The operations of this file, in the order of the documents. */
export const meOperations = {
  getMe,
  updateMe,
  switchOrganization,
  signOut,
};

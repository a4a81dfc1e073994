import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { PERSON_NAME_MAX, filledLine, id, text, timestamp } from "@sayso/fields";
import { wholeNumberText } from "../../query.ts";
import { Deleted } from "../approvals/administration.ts";
import { hints } from "../approvals/hints.ts";
import { pageOf } from "../approvals/schemas.ts";
import { Role } from "../approvals/values.ts";

const Person = z
  .object({
    id,
    name: z.string(),
    email: z.string().nullable(),
    role: Role,
    can_approve: z.boolean().describe("Whether they may approve"),
    status: z
      .enum(["active", "invited", "disabled"])
      .describe("invited: a member who has nothing to sign in with yet"),
    teams: z.array(z.object({ id, name: z.string() })),
    joined_at: timestamp,
  })
  .meta({ id: "Person" });

const SentLink = z
  .object({
    url: z
      .string()
      .nullable()
      .describe(
        "Shown only once; everybody with this link can sign in as this person. null: the server emailed it to them",
      ),
    expires_at: timestamp,
  })
  .meta({ id: "SentLink" });

const byId = z.object({ id: id.describe("The person") });
const errors = ["validation_failed", "forbidden", "not_found", "conflict", "rate_limited"] as const;

const listPeople = defineOperation({
  key: "person.list",
  http: { method: "GET", path: "/api/v1/people" },
  scope: "approvals:read",
  adminOnly: true,
  label: "List People",
  description: "List all people of the organization by name, including invited and disabled people",
  input: {
    query: z.object({
      page: wholeNumberText(1, 100_000).default(1).describe("Counts from 1"),
      page_size: wholeNumberText(1, 100).default(50).describe("The number of people per page"),
      search: text(200).optional().describe("A part of their name or email address"),
    }),
  },
  responses: { 200: pageOf(Person) },
  errors: ["validation_failed", "forbidden", "rate_limited"],
});

const getPerson = defineOperation({
  key: "person.get",
  http: { method: "GET", path: "/api/v1/people/{id}" },
  scope: "approvals:read",
  adminOnly: true,
  label: "Get Person",
  description: "Read one person of the organization, with the connections that they own",
  input: { params: byId },
  responses: {
    200: Person.extend({ connections: z.array(z.object({ id, name: z.string() })) }).meta({
      id: "PersonWithConnections",
    }),
  },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const invitePersonAgain = defineOperation({
  key: "person.invite_again",
  http: { method: "POST", path: "/api/v1/people/{id}/invitation" },
  scope: "approvals:write",
  adminOnly: true,
  caller: "session",
  label: "Invite Person Again",
  description: "Create a new link for a member who can't sign in yet; the old link stops working",
  input: { params: byId },
  responses: { 200: SentLink },
  errors: ["forbidden", "not_found", "conflict", "rate_limited"],
});

const resetPersonPassword = defineOperation({
  key: "person.reset_password",
  http: { method: "POST", path: "/api/v1/people/{id}/password-link" },
  scope: "approvals:write",
  adminOnly: true,
  caller: "session",
  label: "Reset Person's Password",
  description: "Create a link to set a new password; the old password works until then",
  input: { params: byId },
  responses: { 200: SentLink },
  errors: ["forbidden", "not_found", "conflict", "rate_limited"],
});

const updatePerson = defineOperation({
  key: "person.update",
  http: { method: "PATCH", path: "/api/v1/people/{id}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Update Person",
  description: "Change a person's name, role or right to approve; applies at once",
  input: {
    params: byId,
    body: z.object({
      name: filledLine(PERSON_NAME_MAX).optional().describe("The person's name"),
      role: Role.optional().describe("The role; only owners can change owners or promote to owner"),
      can_approve: z
        .boolean()
        .optional()
        .describe("Whether they may approve; true is somebody else's to say"),
    }),
  },
  responses: { 200: Person },
  errors,
  example: { body: { role: "admin" } },
});

const disablePerson = defineOperation({
  key: "person.disable",
  http: { method: "POST", path: "/api/v1/people/{id}/disable" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Disable Person",
  description:
    "Disable a person: signs them out everywhere and refuses their tokens, apps and keys",
  input: { params: byId },
  responses: { 200: Person },
  errors: ["forbidden", "not_found", "conflict", "rate_limited"],
});

const enablePerson = defineOperation({
  key: "person.enable",
  http: { method: "POST", path: "/api/v1/people/{id}/enable" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Enable Person",
  description: "Enable a disabled person",
  input: { params: byId },
  responses: { 200: Person },
  errors: ["forbidden", "not_found", "conflict", "rate_limited"],
});

const removePerson = defineOperation({
  key: "person.remove",
  http: { method: "DELETE", path: "/api/v1/people/{id}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Remove Person",
  description:
    "Remove a person from the organization, with their sessions, tokens and team memberships; their votes on pending requests become void",
  input: { params: byId },
  responses: { 200: Deleted },
  errors: ["forbidden", "not_found", "conflict", "rate_limited"],
});

const transferConnections = defineOperation({
  key: "person.transfer_connections",
  http: { method: "POST", path: "/api/v1/people/{id}/transfer-connections" },
  scope: "approvals:write",
  adminOnly: true,
  caller: "session",
  label: "Transfer Connections",
  description: "Transfer all connections of a person, who may have left already, to a new owner",
  input: {
    params: byId,
    body: z.object({ to_person_id: id.describe("The new owner") }),
  },
  responses: { 200: z.object({ transferred: z.int() }) },
  errors,
  fields: { to_person_id: { ...hints.approver, label: "New Owner" } },
  example: { body: { to_person_id: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f04" } },
});

/** The operations of this file, in the order of the documents. */
export const personOperations = {
  listPeople,
  getPerson,
  invitePersonAgain,
  resetPersonPassword,
  updatePerson,
  disablePerson,
  enablePerson,
  removePerson,
  transferConnections,
};

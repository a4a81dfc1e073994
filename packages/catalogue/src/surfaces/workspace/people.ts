import { z } from "zod";
import { defineOperation } from "../../operation.ts";
import { filledText, id, text, timestamp, wholeNumber } from "../../text.ts";
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
    can_approve: z.boolean().describe("Whether they may vote at all"),
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
        "Shown once; whoever has it signs in as this person. null where mail is configured: it went to them, and is shown to nobody else",
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
  description: "Everybody in the organization by name, invited and disabled people among them",
  input: {
    query: z.object({
      page: wholeNumber(1, 100_000).default(1).describe("Counts from 1"),
      page_size: wholeNumber(1, 100).default(50).describe("People on a page"),
      search: text(200).optional().describe("A part of their name or e-mail address"),
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
  description: "A person of the organization, and the connections that they answer for",
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
  description: "A fresh link for a member who has nothing to sign in with yet; the older one dies",
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
  description: "A link by which somebody chooses a new password; the old one works until then",
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
  description: "Change somebody's name, or what they may do; it holds for all that they do next",
  input: {
    params: byId,
    body: z.object({
      name: filledText(100).optional().describe("The person's name"),
      role: Role.optional().describe("Only an owner makes owners, or changes one"),
      can_approve: z
        .boolean()
        .optional()
        .describe("Whether they may vote at all; true is somebody else's to say"),
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
  description: "Shut somebody out: signed out everywhere, their tokens, apps and keys refused",
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
  description: "Let a disabled person sign in again",
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
    "Take somebody out of the organization, and their sessions, tokens and teams here; what they decided stays",
  input: { params: byId },
  responses: { 200: Deleted },
  errors: ["forbidden", "not_found", "conflict", "rate_limited"],
});

const transferConnections = defineOperation({
  key: "person.transfer_connections",
  http: { method: "POST", path: "/api/v1/people/{id}/transfer-connections" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Transfer Connections",
  description:
    "Make somebody else answer for all connections of a person, who may have left already",
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

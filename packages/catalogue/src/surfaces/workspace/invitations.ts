import { z } from "zod";
import { defineOperation } from "../../operation.ts";
import { filledText, id, timestamp } from "../../text.ts";
import { Deleted } from "../approvals/administration.ts";
import { listOf } from "../approvals/schemas.ts";
import { Role } from "../approvals/values.ts";

const Invitation = z
  .object({
    id,
    name: z.string().describe("What whoever invites calls them"),
    email: z.string(),
    role: Role,
    can_approve: z.boolean().describe("Whether they may vote once they have accepted"),
    invited_by_name: z.string().nullable().describe("null: the command line"),
    status: z.enum(["invited", "expired"]).describe("expired: has to be sent again"),
    expires_at: timestamp,
    created_at: timestamp,
  })
  .meta({ id: "Invitation" });

const InvitationLink = z
  .object({
    url: z.string().describe("Shown once; give it to that person only"),
    expires_at: timestamp,
  })
  .meta({ id: "InvitationLink" });

const Sent = z
  .object({
    id,
    link: InvitationLink.nullable().describe("null: it was sent by mail, and only there"),
  })
  .meta({ id: "SentInvitation" });

const byId = z.object({ id: id.describe("The invitation") });

const listInvitations = defineOperation({
  key: "invitation.list",
  http: { method: "GET", path: "/api/v1/invitations" },
  scope: "approvals:read",
  adminOnly: true,
  label: "List Invitations",
  description: "Who was invited and has not accepted yet, the newest first",
  input: {},
  responses: { 200: listOf(Invitation) },
  errors: ["forbidden", "rate_limited"],
});

const invitePerson = defineOperation({
  key: "invitation.create",
  http: { method: "POST", path: "/api/v1/invitations" },
  scope: "approvals:write",
  adminOnly: true,
  caller: "session",
  label: "Invite Person",
  description: "Ask somebody to become a member; they are none until they accept",
  input: {
    body: z.object({
      name: filledText(100).describe("The person's name"),
      email: filledText(254).describe("They sign in with it"),
      role: Role.default("member").describe("Only an owner invites owners"),
      can_approve: z.boolean().default(true).describe("Whether they may vote at all"),
    }),
  },
  responses: { 201: Sent },
  errors: ["validation_failed", "forbidden", "conflict", "rate_limited"],
  example: { body: { name: "Ada Byron", email: "ada@example.com", role: "member" } },
});

const sendInvitationAgain = defineOperation({
  key: "invitation.send_again",
  http: { method: "POST", path: "/api/v1/invitations/{id}/send-again" },
  scope: "approvals:write",
  adminOnly: true,
  caller: "session",
  label: "Send Invitation Again",
  description: "A fresh link for an invitation that was not accepted yet; the older one dies",
  input: { params: byId },
  responses: { 200: Sent },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const withdrawInvitation = defineOperation({
  key: "invitation.withdraw",
  http: { method: "DELETE", path: "/api/v1/invitations/{id}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Withdraw Invitation",
  description: "Take an invitation back: its link is dead",
  input: { params: byId },
  responses: { 200: Deleted },
  errors: ["forbidden", "not_found", "rate_limited"],
});

/** The operations of this file, in the order of the documents. */
export const invitationOperations = {
  listInvitations,
  invitePerson,
  sendInvitationAgain,
  withdrawInvitation,
};

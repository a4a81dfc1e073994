import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { EMAIL_MAX, PERSON_NAME_MAX, filledLine, filledText, id, timestamp } from "@sayso/fields";
import { Deleted } from "../approvals/administration.ts";
import { listOf } from "../approvals/schemas.ts";
import { Role } from "../approvals/values.ts";

const Invitation = z
  .object({
    id,
    name: z.string().describe("The name that the inviter entered"),
    email: z.string(),
    role: Role,
    can_approve: z.boolean().describe("Whether they may approve when they have accepted"),
    invited_by_name: z.string().nullable().describe("null: the command line"),
    status: z
      .enum(["invited", "expired", "lapsed"])
      .describe(
        "expired: has to be sent again; lapsed: as well, because its sender was removed, disabled or demoted",
      ),
    expires_at: timestamp,
    created_at: timestamp,
  })
  .meta({ id: "Invitation" });

const InvitationLink = z
  .object({
    url: z.string().describe("Shown only once; give it only to that person"),
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
  description: "List the unanswered invitations, newest first",
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
  description: "Invite a person, who becomes a member when they accept",
  input: {
    body: z.object({
      name: filledLine(PERSON_NAME_MAX).describe("The person's name"),
      email: filledText(EMAIL_MAX).describe("The email address that they sign in with"),
      role: Role.default("member").describe("The role; only owners can invite owners"),
      can_approve: z.boolean().default(true).describe("Whether they may approve"),
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
  label: "Resend Invitation",
  description: "Send an open invitation again with a new link; the old link stops working",
  input: { params: byId },
  responses: { 200: Sent },
  errors: ["forbidden", "not_found", "rate_limited"],
});

const withdrawInvitation = defineOperation({
  key: "invitation.withdraw",
  http: { method: "DELETE", path: "/api/v1/invitations/{id}" },
  scope: "approvals:write",
  adminOnly: true,
  label: "Revoke Invitation",
  description: "Revoke an invitation; its link stops working",
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

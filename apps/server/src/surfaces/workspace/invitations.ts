import type { workspaceOperations } from "@sayso/catalogue";
import {
  invitePerson,
  listInvitations,
  sendInvitationAgain,
  showsLinks,
  withdrawInvitation,
  type Context,
  type Invitation,
  type InvitationLink,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";

type Operations = Pick<
  typeof workspaceOperations,
  "listInvitations" | "invitePerson" | "sendInvitationAgain" | "withdrawInvitation"
>;

export const invitationHandlers: Handlers<Operations> = {
  async listInvitations({ context }) {
    return { status: 200, body: { data: (await listInvitations(context)).map(toInvitation) } };
  },

  async invitePerson({ context, body }) {
    const { name, email, role, can_approve: canApprove } = body;
    const { id, link } = await invitePerson(context, { name, email, role, canApprove });
    return { status: 201, body: { id, link: toLink(context, link) } };
  },

  async sendInvitationAgain({ context, params: { id } }) {
    const link = await sendInvitationAgain(context, id);
    return { status: 200, body: { id, link: toLink(context, link) } };
  },

  async withdrawInvitation({ context, params: { id } }) {
    await withdrawInvitation(context, id);
    return { status: 200, body: { id, deleted: true } };
  },
};

const toInvitation = (invitation: Invitation) => ({
  id: invitation.id,
  name: invitation.name,
  email: invitation.email,
  role: invitation.role,
  can_approve: invitation.canApprove,
  invited_by_name: invitation.invitedByName,
  status: statusOf(invitation),
  expires_at: invitation.expiresAt.toISOString(),
  created_at: invitation.createdAt.toISOString(),
});

const statusOf = ({ isOpen, hasLapsed }: Invitation): "invited" | "expired" | "lapsed" =>
  isOpen ? "invited" : hasLapsed ? "lapsed" : "expired";

const toLink = (context: Context, { url, expiresAt }: InvitationLink) =>
  showsLinks(context) ? { url, expires_at: expiresAt.toISOString() } : null;

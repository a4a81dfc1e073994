import { onlyRow } from "@sayso/database";
import type { Role } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { mailInvitation } from "./mail-invitation.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { makerOf } from "../actors/maker-of.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { requireAdminNow } from "../actors/role-now.ts";
import {
  createInvitationToken,
  INVITATION_HOURS,
  linkOf,
  provesAddress,
  requireMayInvite,
  type InvitationLink,
} from "./invitation.ts";

/**
 * Sends an invitation again, with a new link and from now on in the caller's name. The older link stops working. This
 * also opens one that has lapsed.
 *
 * @throws DomainError `forbidden` (not an admin; only an owner invites an owner), `not_found` (also for an invitation
 *   that was accepted or withdrawn)
 */
export async function sendInvitationAgain(
  context: Context<AcrossOrganizations & Mailing>,
  id: string,
): Promise<InvitationLink> {
  const { actor, services, organizationId } = context;
  requireAdmin(actor, "invite people");
  return inSystemTransaction(services, async (db) => {
    const present = await requireAdminNow(db, context, "invite people");
    const found = await db.query<{ email: string; name: string; role: Role }>(
      `select email, name, role from invitations
       where id::text = $1 and organization_id = $2 and ended_at is null for update`,
      [id.toLowerCase(), organizationId],
    );
    const [invitation] = found.rows;
    if (!invitation) throw notFound("Invitation");
    requireMayInvite(present, invitation.role);
    const { token, hash } = createInvitationToken();
    const { rows } = await db.query<{ expiresAt: Date }>(
      `update invitations set token_hash = $2, invited_by = $3, proves_address = $4,
         expires_at = now() + make_interval(hours => ${INVITATION_HOURS})
       where id = $1 returning expires_at as "expiresAt"`,
      [id, hash, makerOf(actor), provesAddress(context)],
    );
    const made = linkOf(context, token, onlyRow(rows).expiresAt);
    const { email, name } = invitation;
    await mailInvitation(db, context, {
      email,
      name,
      link: made,
      action: "Look at the invitation",
    });
    await recordEvent(db, context, "invitation.sent_again", { invitation_id: id, email });
    return made;
  });
}

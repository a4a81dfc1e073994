import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";

/**
 * Withdraws an invitation: its link stops working.
 *
 * @throws DomainError `forbidden` (not an admin), `not_found` (also for an invitation that was accepted or withdrawn)
 */
export async function withdrawInvitation(
  context: Context<InOrganization & NewIds>,
  id: string,
): Promise<void> {
  requireAdmin(context.actor, "withdraw invitations");
  await inOrganization(context, async (db) => {
    const { rows } = await db.query<{ id: string; email: string }>(
      `update invitations set ended_at = now(), ended_as = 'withdrawn'
       where id::text = $1 and ended_at is null returning id, email`,
      [id.toLowerCase()],
    );
    if (!rows[0]) throw notFound("Invitation");
    const { id: invitationId, email } = rows[0];
    await recordEvent(db, context, "invitation.withdrawn", { invitation_id: invitationId, email });
  });
}

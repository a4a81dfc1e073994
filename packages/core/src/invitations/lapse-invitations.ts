import type { Transaction } from "../transactions/transaction.ts";
import type { Role } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";
import { recordEvents } from "../events/record-events.ts";
import { maySend } from "./invitation.ts";

/**
 * Ends the open invitations that a person sent in the context's organization and could not send with this role. Their
 * links never work again; another admin can send them again, with new links and in their own name. Works in the
 * caller's transaction, which has locked the person, and records an event for each.
 *
 * @param role null: the person is, or was, without any
 */
export async function lapseInvitations(
  db: Transaction,
  context: Pick<Context<NewIds>, "services" | "actor" | "organizationId">,
  personId: string,
  role: Role | null,
): Promise<void> {
  const { organizationId } = context;
  const { rows } = await db.query<{ id: string; email: string }>(
    `update invitations i set lapsed_token_hash = i.token_hash
     where i.organization_id = $1 and i.invited_by = $2 and i.ended_at is null and i.expires_at > now() and ${maySend("$3", "i.role")} is not true
       and i.lapsed_token_hash is distinct from i.token_hash
     returning i.id, i.email`,
    [organizationId, personId, role],
  );
  await recordEvents(
    db,
    context,
    "invitation.lapsed",
    rows.map(({ id, email }) => ({
      organizationId,
      data: { invitation_id: id, email, invited_by: personId },
    })),
  );
}

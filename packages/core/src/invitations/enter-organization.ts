import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";
import { endLinks } from "../signing-in/end-links.ts";
import { endEarlierKeys } from "./end-earlier-keys.ts";
import { lapseInvitations } from "./lapse-invitations.ts";
import { endEarlierSubscriptions } from "./end-earlier-subscriptions.ts";
import { voidVotesOf } from "../votes/void-votes-of.ts";
import type { FoundInvitation } from "./read-invitation.ts";

/**
 * Makes a person a member as their invitation says, and ends the invitation. Works in the caller's transaction, which
 * has locked the invitation. A person who became a member meanwhile stays as they are. A former member comes back with
 * none of their earlier access. Links that an admin elsewhere made for them end, because they are in two organizations
 * now.
 */
export async function enterOrganization(
  db: Transaction,
  { services, actor }: Pick<Context<NewIds>, "services" | "actor">,
  { id, organizationId, role, canApprove }: FoundInvitation,
  personId: string,
): Promise<void> {
  const former = await db.query(
    "delete from former_members where organization_id = $1 and person_id = $2",
    [organizationId, personId],
  );
  const context = { services, actor, organizationId };
  if (former.rowCount === 1) {
    await endEarlierKeys(db, context, personId);
    await endEarlierSubscriptions(db, organizationId, personId);
    await lapseInvitations(db, context, personId, null);
    // A process of an earlier release has left them when it removed the person.
    await voidVotesOf(db, context, { personId, organizationId, reason: "person_removed" });
  }
  const { rowCount } = await db.query(
    // The clock of this moment, because nothing that the person did before the removal may lie after the beginning of
    // this transaction.
    `insert into memberships (organization_id, person_id, role, can_approve, created_at)
     values ($1, $2, $3, $4, clock_timestamp()) on conflict do nothing`,
    [organizationId, personId, role, canApprove],
  );
  await db.query(
    "update invitations set ended_at = now(), ended_as = 'accepted', accepted_by = $2 where id = $1",
    [id, personId],
  );
  if (rowCount === 0) return;
  await endLinks(db, context, personId);
  await recordEvent(db, context, "person.joined", {
    person_id: personId,
    role,
    can_approve: canApprove,
    invitation_id: id,
  });
}

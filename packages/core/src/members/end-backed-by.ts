import type { Transaction } from "../transactions/transaction.ts";
import type { Role } from "../actors/actor.ts";
import { lowerRole } from "../actors/role-now.ts";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";
import { lapseInvitations } from "../invitations/lapse-invitations.ts";
import { endRules } from "../people/end-rules.ts";
import { endLinks } from "../signing-in/end-links.ts";

/**
 * Ends the links and invitations that rested on a right that a person has, gets or loses in the context's organization:
 * the links that they made, those that admins made for them, and the invitations that they sent and could not send in
 * each of both roles. A person who loses a role loses their rules for automatic approvals ({@link endRules}). Works in the caller's transaction, which has locked the person.
 *
 * @param roles.before, roles.after null: they are no member, or disabled
 */
export async function endBackedBy(
  db: Transaction,
  context: Context<NewIds>,
  personId: string,
  { before, after }: { before: Role | null; after: Role | null },
): Promise<void> {
  if (before === after) return;
  await endLinks(db, context, personId);
  const kept = before !== null && after !== null ? lowerRole(before, after) : null;
  if (before !== null && kept !== before)
    await endRules(db, { personId, organizationId: context.organizationId });
  await lapseInvitations(db, context, personId, kept);
}

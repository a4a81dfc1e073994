import type { Transaction } from "../transactions/transaction.ts";
import type { NewIds } from "../capabilities.ts";
import type { Context } from "../context.ts";
import { lapseInvitations } from "./lapse-invitations.ts";
import { endRules } from "../people/end-rules.ts";
import { revokeGrantsOf } from "../oauth/revoke-grants-of.ts";

/**
 * Ends the credentials of a person beside their sessions and connections, in every organization: personal tokens,
 * grants for apps, and unused one-time links: those for them, and those that they made for others. Ends likewise what
 * somebody with their session could have left behind: open invitations that they sent, and rules for automatic approvals
 * that they wrote. Works in the caller's transaction, which has locked the person.
 */
export async function endCredentials(
  db: Transaction,
  context: Context<NewIds>,
  { personId, reason }: { personId: string; reason: "password_changed" | "person_disabled" },
): Promise<void> {
  await db.query(
    "update personal_tokens set revoked_at = now() where person_id = $1 and revoked_at is null",
    [personId],
  );
  await revokeGrantsOf(db, { personId, reason });
  await db.query(
    "delete from one_time_links where (person_id = $1 or made_by = $1) and used_at is null",
    [personId],
  );
  await endRules(db, { personId });
  const { rows } = await db.query<{ id: string }>(
    `select distinct organization_id as id from invitations
     where invited_by = $1 and ended_at is null and expires_at > now()`,
    [personId],
  );
  for (const { id } of rows)
    await lapseInvitations(db, { ...context, organizationId: id }, personId, null);
}

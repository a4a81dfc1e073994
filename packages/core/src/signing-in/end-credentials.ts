import type { Transaction } from "../transactions/transaction.ts";
import { revokeGrantsOf } from "../oauth/revoke-grants-of.ts";

/**
 * Ends the credentials of a person beside their sessions and connections, in every organization: personal tokens,
 * grants for apps, and unused one-time links: those for them, and those that they made for others. Works in the caller's transaction.
 */
export async function endCredentials(
  db: Transaction,
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
}

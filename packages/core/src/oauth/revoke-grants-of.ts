import type { Transaction } from "../transactions/transaction.ts";

/**
 * Ends every app's access in a person's name, in all organizations or in one, in the caller's transaction. The apps'
 * tokens are refused on every replica within a second. The caller records the event.
 *
 * @param of.reason the reason, for the list of revoked grants: `password_changed`, `person_disabled`, `person_removed`
 */
export async function revokeGrantsOf(
  db: Transaction,
  of: { personId: string; organizationId?: string; reason: string },
): Promise<void> {
  await db.query(
    `update oauth_grants set revoked_at = now(), revoked_reason = $3
     where person_id = $1 and ($2::uuid is null or organization_id = $2) and revoked_at is null`,
    [of.personId, of.organizationId, of.reason],
  );
}

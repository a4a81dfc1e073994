import type { Transaction } from "../transactions/transaction.ts";

/**
 * Ends the subscriptions that remain from an earlier membership: the person's own, and those of connections that are still
 * theirs. The removal left the latter, so that another owner could take the connections over. Works in the caller's
 * transaction, before the person is a member again.
 */
export async function endEarlierSubscriptions(
  db: Transaction,
  organizationId: string,
  personId: string,
): Promise<void> {
  db.noteEvents();
  await db.query(
    `select end_subscriptions($1, array(
       select s.id from subscriptions s
       left join connections c on c.organization_id = s.organization_id and c.id = s.connection_id
       where s.organization_id = $1 and (s.person_id = $2 or c.owner_id = $2)
         and s.disabled_at is null and s.deleted_at is null), 'owner_gone')`,
    [organizationId, personId],
  );
}

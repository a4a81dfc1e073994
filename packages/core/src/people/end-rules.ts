import type { Transaction } from "../transactions/transaction.ts";

/**
 * Ends the rules for automatic approvals that a person wrote until now, on requests and in templates: none of them
 * approves anything any more, also after the person gets back the right that they lose. Works in the caller's transaction.
 *
 * @param of.organizationId absent: in every organization of the person
 */
export async function endRules(
  db: Transaction,
  { personId, organizationId }: { personId: string; organizationId?: string },
): Promise<void> {
  await db.query(
    `update memberships set rules_since = clock_timestamp()
     where person_id = $1 and ($2::uuid is null or organization_id = $2)`,
    [personId, organizationId],
  );
}

import type { Transaction } from "../transactions/transaction.ts";
import { DomainError } from "../errors.ts";

/**
 * Refuses a change that would leave an organization without an owner who isn't disabled. Call it before the change,
 * with the rows locked by `lockMember`.
 *
 * @param organizationId the organization in which the person is about to stop being an owner; null: all
 * @throws DomainError `conflict`
 */
export async function requireOtherOwner(
  db: Transaction,
  personId: string,
  organizationId: string | null,
): Promise<void> {
  const { rowCount } = await db.query(
    `select from memberships gone join people p on p.id = gone.person_id
     where gone.person_id = $1 and gone.role = 'owner' and p.disabled_at is null
       and ($2::uuid is null or gone.organization_id = $2) and not exists (
         select from memberships m join people o on o.id = m.person_id
         where m.organization_id = gone.organization_id and m.role = 'owner' and m.person_id <> gone.person_id
           and o.disabled_at is null)`,
    [personId, organizationId],
  );
  if (rowCount !== 0)
    throw new DomainError("conflict", "This is the last owner; make somebody else an owner first");
}

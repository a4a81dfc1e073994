import type { Queryable } from "../queryable.ts";
import type { Actor, PersonActor, Role } from "./actor.ts";
import { requireAdmin } from "./require-admin.ts";

const rank = { member: 0, admin: 1, owner: 2 } as const;

/** Returns the role that gives less. */
export const lowerRole = (one: Role, other: Role): Role => (rank[one] < rank[other] ? one : other);

/**
 * Returns the lower of the role that the actor came with and the one that they have now, because they can have lost it
 * meanwhile. On the command line the role stands unchecked, because an operator with access to the database can do
 * anything.
 *
 * @param now the actor's membership; undefined: they have none
 */
export function roleNow(
  by: PersonActor,
  now: { role: Role; isDisabled: boolean } | undefined,
): Role {
  if (by.via === "command_line") return by.role;
  return !now || now.isDisabled ? "member" : lowerRole(now.role, by.role);
}

/**
 * Lets through only people who administer the organization at this moment, and locks the person until the transaction
 * ends. A removal, disabling or demotion comes either before and is seen, or after and finds what this transaction
 * wrote. Every verb that makes something in an admin's name that others use later calls this.
 *
 * @param db a transaction that sees all organizations
 * @param deed completes "Only an admin may …"
 * @returns the actor, with the role that they have now
 * @throws DomainError `forbidden`
 */
export async function requireAdminNow(
  db: Queryable,
  { actor, organizationId }: { actor: Actor; organizationId: string },
  deed: string,
): Promise<PersonActor> {
  requireAdmin(actor, deed);
  // A separate statement locks, so that the next one sees the changes that this one waited for.
  await db.query("select from people where id = $1 for share", [actor.personId]);
  const { rows } = await db.query<{ role: Role; isDisabled: boolean }>(
    `select m.role, p.disabled_at is not null as "isDisabled"
     from memberships m join people p on p.id = m.person_id where m.organization_id = $1 and m.person_id = $2`,
    [organizationId, actor.personId],
  );
  const present = { ...actor, role: roleNow(actor, rows[0]) };
  requireAdmin(present, deed);
  return present;
}

import type { Transaction } from "../transactions/transaction.ts";
import type { Actor, PersonActor, Role } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import { DomainError, notFound } from "../errors.ts";
import { isUuid } from "../ids.ts";
import { lockPeople } from "../people/lock-people.ts";
import { hasSignIn } from "../people/has-sign-in.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { roleNow } from "../actors/role-now.ts";

/** A member whose rows are locked until the transaction ends. */
export interface LockedMember {
  id: string;
  name: string;
  email: string | null;
  role: Role;
  canApprove: boolean;
  isDisabled: boolean;
  hasSignIn: boolean;
  /** Whether they are a member of another organization as well. */
  isElsewhere: boolean;
}

/** An action on a member, in words for its errors. */
export interface Deed {
  /** Completes "Only an admin may …". */
  people: string;
  /** Completes "Only an owner may …", for a member who is one. */
  owner: string;
  /** Whether everybody can do it to themselves. Default false. */
  isFreeForSelf?: boolean;
}

/**
 * Locks a member and the person who changes them. Lets through only admins, and only owners where the member is one.
 * Every caller locks in this order: the people, then the memberships, those of all owners among them. So of two changes
 * at once one comes after the other, and the second is judged by the result of the first.
 *
 * @param db a transaction that sees all organizations
 * @returns the member, and the role that the actor has now
 * @throws DomainError `forbidden` (also for an actor who was demoted a moment ago), `not_found`
 */
export async function lockMember(
  db: Transaction,
  context: Context,
  personId: string,
  deed: Deed,
): Promise<{ member: LockedMember; byRole: Role }> {
  const { actor, organizationId } = context;
  const isFree = deed.isFreeForSelf === true && isThemselves(actor, personId);
  if (!isFree) requireAdmin(actor, deed.people);
  if (!isUuid(personId)) throw notFound("Person");
  const ids = [personId, actor.personId];
  await lockPeople(db, ids);
  await db.query(
    `select from memberships
     where organization_id in (select organization_id from memberships where person_id = $1)
       and (role = 'owner' or person_id = any ($2))
     order by organization_id, person_id for no key update`,
    [personId, ids],
  );
  const { rows } = await db.query<LockedMember>(
    `select p.id, p.name, p.email, m.role, m.can_approve as "canApprove", p.disabled_at is not null as "isDisabled",
            ${hasSignIn} as "hasSignIn",
            exists (select from memberships o
                    where o.person_id = p.id and o.organization_id <> m.organization_id) as "isElsewhere"
     from memberships m join people p on p.id = m.person_id
     where m.organization_id = $1 and m.person_id = any ($2)`,
    [organizationId, ids],
  );
  const byRole = roleNow(
    actor,
    rows.find(({ id }) => id === actor.personId),
  );
  if (!isFree) requireAdmin({ ...actor, role: byRole }, deed.people);
  const member = rows.find(({ id }) => id === personId);
  if (!member) throw notFound("Person");
  if (member.role === "owner" && byRole !== "owner")
    throw new DomainError("forbidden", `Only an owner may ${deed.owner}`);
  return { member, byRole };
}

/** Whether the actor is this person, acting by themselves: a token or an app is not enough. */
const isThemselves = (actor: Actor, personId: string): actor is PersonActor =>
  actor.kind === "person" &&
  actor.personId === personId &&
  actor.via !== "token" &&
  actor.via !== "oauth";

import type { Transaction } from "../transactions/transaction.ts";
import type { Actor, Role } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds, SystemPool } from "../capabilities.ts";
import { DomainError, invalidInput, notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { endBackedBy } from "./end-backed-by.ts";
import { endRules } from "../people/end-rules.ts";
import { listMembers, type Member } from "./list-members.ts";
import { voidVotesOf } from "../votes/void-votes-of.ts";
import { lockMember, type LockedMember } from "./lock-member.ts";
import { findNameFault, tidyName } from "../people/person-input.ts";
import { requireOnlyHere } from "./require-only-here.ts";
import { requireOtherOwner } from "./require-other-owner.ts";

/** The fields of a member that an admin changes. Absent: stays as it is. */
export interface MemberChanges {
  /** The person's name everywhere, so it can be changed only for a person who belongs to no other organization. */
  name?: string;
  role?: Role;
  canApprove?: boolean;
}

const roles: readonly Role[] = ["owner", "admin", "member"];

/**
 * Changes a member's name, their role and their right to approve in the context's organization. The change holds for
 * all their next actions, also in open sessions and with tokens (every replica within a second), and for pending
 * requests. With the right to approve, their votes on pending requests and their rules go.
 *
 * @throws DomainError `forbidden` (not an admin; only an owner changes an owner or makes one; nobody gives themselves
 *   the right to approve), `not_found`, `validation_failed`, `conflict` (the last owner who isn't disabled stays one;
 *   the name of somebody who belongs to another organization as well)
 */
export async function updateMember(
  context: Context<InOrganization & SystemPool & NewIds>,
  personId: string,
  changes: MemberChanges,
): Promise<Member> {
  const { services, organizationId } = context;
  if (changes.role !== undefined && !roles.includes(changes.role))
    throw invalidInput({ field: "role", message: "role must be owner, admin or member" });
  const name = changes.name === undefined ? undefined : tidyName(changes.name);
  const fault = name === undefined ? null : findNameFault(name);
  if (fault) throw invalidInput(fault);
  await inSystemTransaction(services, async (db) => {
    const { member, byRole } = await lockMember(db, context, personId, {
      people: "change people",
      owner: "change an owner",
    });
    if (name !== undefined && name !== member.name) await rename(db, context, member, name);
    const { role = member.role, canApprove = member.canApprove } = changes;
    if (role === member.role && canApprove === member.canApprove) return;
    if (role === "owner" && byRole !== "owner")
      throw new DomainError("forbidden", "Only an owner may make somebody an owner");
    if (canApprove && !member.canApprove) refuseOwnRight(context.actor, personId);
    if (role !== "owner") await requireOtherOwner(db, personId, organizationId);
    if (canApprove !== member.canApprove) {
      await voidVotesOf(db, context, { personId, organizationId, reason: "right_to_approve_lost" });
      await endRules(db, { personId, organizationId });
    }
    await db.query(
      "update memberships set role = $3, can_approve = $4 where organization_id = $1 and person_id = $2",
      [organizationId, personId, role, canApprove],
    );
    await endBackedBy(db, context, personId, { before: member.role, after: role });
    await recordEvent(db, context, "person.updated", {
      person_id: personId,
      role,
      can_approve: canApprove,
      previous_role: member.role,
      previous_can_approve: member.canApprove,
    });
  });
  const [changed] = await listMembers(context, { ids: [personId], includeDisabled: true });
  if (!changed) throw notFound("Person");
  return changed;
}

/**
 * Refuses to give the actor themselves the right to approve, so that nobody takes back what somebody else took from
 * them. The command line is let through, because an operator with access to the database can do anything.
 */
function refuseOwnRight(actor: Actor, personId: string): void {
  if (actor.kind !== "person" || actor.personId !== personId || actor.via === "command_line")
    return;
  throw new DomainError(
    "forbidden",
    "You can't give yourself the right to approve: ask another admin, or, as an owner, another owner",
  );
}

async function rename(
  db: Transaction,
  context: Context<NewIds>,
  member: LockedMember,
  name: string,
): Promise<void> {
  requireOnlyHere(context, member, "They change their name by themselves.");
  await db.query("update people set name = $2 where id = $1", [member.id, name]);
  await recordEvent(db, context, "person.renamed", {
    person_id: member.id,
    name,
    previous_name: member.name,
  });
}

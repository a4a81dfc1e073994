import type { Role } from "../actor.ts";
import type { Context } from "../context.ts";
import { DomainError, invalidInput, notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inSystemTransaction } from "./in-system-transaction.ts";
import { listMembers, type Member } from "./list-members.ts";
import { lockMember } from "./lock-member.ts";
import { requireOtherOwner } from "./require-other-owner.ts";

/** What an admin changes of a member. Absent: stays as it is. */
export interface MemberChanges {
  role?: Role;
  canApprove?: boolean;
}

const roles: readonly Role[] = ["owner", "admin", "member"];

/**
 * Changes what a member may do in the context's organization. It holds for whatever they do next, also in sessions
 * that are open and by tokens (every replica within a second), and for requests under way.
 *
 * @throws DomainError `forbidden` (not an admin; only an owner changes an owner or makes one), `not_found`,
 *   `validation_failed`, `conflict` (the last owner who isn't disabled stays one)
 */
export async function updateMember(
  context: Context,
  personId: string,
  changes: MemberChanges,
): Promise<Member> {
  const { services, organizationId } = context;
  if (changes.role !== undefined && !roles.includes(changes.role))
    throw invalidInput({ field: "role", message: "role must be owner, admin or member" });
  await inSystemTransaction(services, async (db) => {
    const { member, byRole } = await lockMember(db, context, personId, {
      people: "change people",
      owner: "change an owner",
    });
    const { role = member.role, canApprove = member.canApprove } = changes;
    if (role === member.role && canApprove === member.canApprove) return;
    if (role === "owner" && byRole !== "owner")
      throw new DomainError("forbidden", "Only an owner may make somebody an owner");
    if (role !== "owner") await requireOtherOwner(db, personId, organizationId);
    await db.query(
      "update memberships set role = $3, can_approve = $4 where organization_id = $1 and person_id = $2",
      [organizationId, personId, role, canApprove],
    );
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

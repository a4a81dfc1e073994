import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";
import { stopDecidingFor } from "../connections/stop-deciding.ts";
import { revokeGrantsOf } from "../oauth/revoke-grants-of.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { endBackedBy } from "./end-backed-by.ts";
import { voidVotesOf } from "../votes/void-votes-of.ts";
import { lockMember } from "./lock-member.ts";
import { requireOtherOwner } from "./require-other-owner.ts";

/**
 * Removes a member from the context's organization; anybody can leave by themselves. In the same transaction their
 * sessions there end, their personal tokens and grants are revoked, unused links and invitations that are theirs or
 * rest on their right end ({@link endBackedBy}), they leave their teams, their saved views are deleted, and their votes
 * on pending requests become void. Their earlier actions keep their name. Their connections stay, no
 * longer vote, and are refused until `transferConnections` gives them another owner. Requests that only they could
 * decide wait for an admin.
 *
 * @throws DomainError `forbidden` (not an admin; only an owner removes an owner), `not_found`, `conflict` (the last
 *   owner who isn't disabled)
 */
export async function removeMember(
  context: Context<AcrossOrganizations & Mailing>,
  personId: string,
): Promise<void> {
  const { services, organizationId } = context;
  await inSystemTransaction(services, async (db) => {
    const { member } = await lockMember(db, context, personId, {
      people: "remove people",
      owner: "remove an owner",
      isFreeForSelf: true,
    });
    await requireOtherOwner(db, personId, organizationId);
    await voidVotesOf(db, context, { personId, organizationId, reason: "person_removed" });
    const here = [organizationId, personId];
    await endBackedBy(db, context, personId, { before: member.role, after: null });
    await db.query("delete from memberships where organization_id = $1 and person_id = $2", here);
    await db.query("delete from team_members where organization_id = $1 and person_id = $2", here);
    await db.query("delete from saved_views where organization_id = $1 and person_id = $2", here);
    await db.query("delete from sessions where organization_id = $1 and person_id = $2", here);
    await db.query(
      `update personal_tokens set revoked_at = now()
       where organization_id = $1 and person_id = $2 and revoked_at is null`,
      here,
    );
    await revokeGrantsOf(db, { personId, organizationId, reason: "person_removed" });
    await stopDecidingFor(db, context, { personId, organizationId, reason: "person_removed" });
    await db.query(
      "delete from one_time_links where organization_id = $1 and person_id = $2 and used_at is null",
      here,
    );
    await db.query(
      `insert into former_members (organization_id, person_id) values ($1, $2)
       on conflict (organization_id, person_id) do update set removed_at = now()`,
      here,
    );
    await recordEvent(db, context, "person.removed", { person_id: personId, role: member.role });
  });
}

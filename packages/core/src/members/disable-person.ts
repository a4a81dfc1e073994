import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing, NewIds } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";
import { stopDecidingFor } from "../connections/stop-deciding.ts";
import { endCredentials } from "../invitations/end-credentials.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { endBackedBy } from "./end-backed-by.ts";
import { voidVotesOf } from "../votes/void-votes-of.ts";
import { lockMember, type Deed } from "./lock-member.ts";
import { requireOnlyHere } from "./require-only-here.ts";
import { requireOtherOwner } from "./require-other-owner.ts";
import { endAllSessions } from "../signing-in/sessions.ts";

const deed: Deed = { people: "disable or enable people", owner: "disable or enable an owner" };

/**
 * Shuts a person out, in every organization. They can't sign in. In the same transaction their sessions end, their
 * personal tokens and grants are revoked, unused links and invitations that are theirs or rest on their right end
 * ({@link endBackedBy}), their connections no longer vote, and their votes on pending requests become void. The
 * keys of their connections are refused as well (every replica within a second). Doing it again does nothing;
 * {@link enablePerson} lets them in again.
 *
 * @throws DomainError `forbidden` (not an admin; only an owner disables an owner), `not_found`, `conflict` (the last
 *   owner of an organization who can still get in; somebody who belongs to another organization as well)
 */
export async function disablePerson(
  context: Context<AcrossOrganizations & Mailing>,
  personId: string,
): Promise<void> {
  await inSystemTransaction(context.services, async (db) => {
    const { member } = await lockMember(db, context, personId, deed);
    requireOnlyHere(context, member, "Remove them from this one instead.");
    await requireOtherOwner(db, personId, null);
    const { rowCount } = await db.query(
      "update people set disabled_at = now() where id = $1 and disabled_at is null",
      [personId],
    );
    await endBackedBy(db, context, personId, { before: member.role, after: null });
    await voidVotesOf(db, context, { personId, reason: "person_disabled" });
    await endAllSessions(db, personId);
    await endCredentials(db, context, { personId, reason: "person_disabled" });
    await stopDecidingFor(db, context, { personId, reason: "person_disabled" });
    if (rowCount === 1) await recordEvent(db, context, "person.disabled", { person_id: personId });
  });
}

/**
 * Lets a disabled person sign in again with the password or passkey they had. Sessions, tokens and grants stay ended,
 * and votes void.
 *
 * @throws DomainError `forbidden`, `not_found`, `conflict` (somebody who belongs to another organization as well)
 */
export async function enablePerson(
  context: Context<AcrossOrganizations & NewIds>,
  personId: string,
): Promise<void> {
  await inSystemTransaction(context.services, async (db) => {
    const { member } = await lockMember(db, context, personId, deed);
    if (!member.isDisabled) return;
    requireOnlyHere(context, member, "Ask the administrator of this server to enable them.");
    await endBackedBy(db, context, personId, { before: null, after: member.role });
    // A process of an earlier release has left them when it disabled the person.
    await voidVotesOf(db, context, { personId, reason: "person_disabled" });
    await db.query("update people set disabled_at = null where id = $1", [personId]);
    await recordEvent(db, context, "person.enabled", { person_id: personId });
  });
}

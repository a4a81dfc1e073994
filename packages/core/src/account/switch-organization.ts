import type { Context } from "../context.ts";
import type { AcrossOrganizations, NewIds } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { requireSignedIn } from "../actors/require-signed-in.ts";

/**
 * Moves one of the calling person's sessions to another organization that they are a member of. From the next request
 * on it works there. The event is recorded there, too. Moving it to its present organization does nothing.
 *
 * @throws DomainError `forbidden` (a machine, a token, an app), `not_found` (the session isn't theirs or has ended; not
 *   a member of that organization)
 */
export async function switchOrganization(
  context: Context<AcrossOrganizations & NewIds>,
  sessionId: string,
  organizationId: string,
): Promise<void> {
  const { personId } = requireSignedIn(context.actor, "switch between organizations");
  await inSystemTransaction(context.services, async (db) => {
    // Locks the membership, so that a removal comes either before this or ends the session in its new organization.
    const member = await db.query<{ id: string }>(
      `select m.organization_id as id from people p join memberships m on m.person_id = p.id
       where p.id = $1 and p.disabled_at is null and m.organization_id::text = $2 for share`,
      [personId, organizationId],
    );
    const [there] = member.rows;
    if (!there) throw notFound("Organization");
    const session = await db.query<{ previous: string }>(
      `select organization_id as previous from sessions
       where id::text = $1 and person_id = $2 and expires_at > now() for update`,
      [sessionId, personId],
    );
    if (!session.rows[0]) throw notFound("Session");
    if (session.rows[0].previous === there.id) return;
    await db.query("update sessions set organization_id = $2 where id = $1", [sessionId, there.id]);
    await recordEvent(db, { ...context, organizationId: there.id }, "session.entered", {
      session_id: sessionId,
    });
  });
}

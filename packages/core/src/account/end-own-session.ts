import type { Context } from "../context.ts";
import type { AcrossOrganizations, NewIds } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { lockPeople } from "../people/lock-people.ts";
import { requireSignedIn } from "../actors/require-signed-in.ts";

/**
 * Signs the calling person out on one device, in whatever organization that session is.
 *
 * @throws DomainError `forbidden` (a machine, a token, an app), `not_found` (it has ended already, or is somebody
 *   else's)
 */
export async function endOwnSession(
  context: Context<AcrossOrganizations & NewIds>,
  sessionId: string,
): Promise<void> {
  const { personId } = requireSignedIn(context.actor, "end their sessions");
  await inSystemTransaction(context.services, async (db) => {
    await lockPeople(db, [personId]);
    const { rows } = await db.query<{ organizationId: string }>(
      `delete from sessions where id::text = $1 and person_id = $2
       returning organization_id as "organizationId"`,
      [sessionId, personId],
    );
    if (!rows[0]) throw notFound("Session");
    await recordEvent(db, { ...context, ...rows[0] }, "session.ended", { session_id: sessionId });
  });
}

/**
 * Signs the calling person out everywhere else, in all organizations.
 *
 * @param keepSessionId the session that stays
 * @returns the number of ended sessions
 * @throws DomainError `forbidden` (a machine, a token, an app)
 */
export async function endOtherSessions(
  context: Context<AcrossOrganizations & NewIds>,
  keepSessionId: string,
): Promise<number> {
  const { personId } = requireSignedIn(context.actor, "end their sessions");
  return inSystemTransaction(context.services, async (db) => {
    await lockPeople(db, [personId]);
    const { rows } = await db.query<{ id: string; organizationId: string }>(
      `delete from sessions where person_id = $1 and id::text <> $2
       returning id, organization_id as "organizationId"`,
      [personId, keepSessionId],
    );
    for (const { id, organizationId } of rows) {
      await recordEvent(db, { ...context, organizationId }, "session.ended", { session_id: id });
    }
    return rows.length;
  });
}

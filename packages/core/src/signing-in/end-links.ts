import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";
import { recordEvents } from "../events/record-events.ts";

/**
 * Ends the unused links that let a person in and rest on an admin's right: those for this person, in every
 * organization, and those that this person made, in the context's organization. Works in the caller's transaction,
 * which has locked the person, and records an event for each link that was still open.
 *
 * Every verb that changes the role or the memberships of a person calls this, so that a right that is lost and given
 * back brings no link back.
 */
export async function endLinks(
  db: Transaction,
  context: Pick<Context<NewIds>, "services" | "actor" | "organizationId">,
  personId: string,
): Promise<void> {
  const { rows } = await db.query<{
    organizationId: string;
    personId: string;
    purpose: string;
    madeBy: string;
    wasOpen: boolean;
  }>(
    `delete from one_time_links
     where used_at is null and made_by is not null
       and (person_id = $1 or (made_by = $1 and organization_id = $2))
     returning organization_id as "organizationId", person_id as "personId", purpose, made_by as "madeBy",
       expires_at > now() as "wasOpen"`,
    [personId, context.organizationId],
  );
  await recordEvents(
    db,
    context,
    "person.link_ended",
    rows
      .filter(({ wasOpen }) => wasOpen)
      .map(({ organizationId, purpose, ...link }) => ({
        organizationId,
        data: { person_id: link.personId, purpose, made_by: link.madeBy },
      })),
  );
}

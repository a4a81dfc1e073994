import type { Context } from "../context.ts";
import type { InOrganization, Mailing } from "../capabilities.ts";
import { invalidInput } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { stopDeciding } from "../connections/stop-deciding.ts";
import { requireAdmin } from "../actors/require-admin.ts";

/**
 * Makes another member answer for all connections of a person in the context's organization, even if that person has
 * left. The keys keep working (or work again, within a second), but only for asking: connections that voted no longer
 * vote until the new owner agrees.
 *
 * @returns the number of transferred connections
 * @throws DomainError `forbidden` (not an admin), `validation_failed` (the new owner is no member, is disabled, or is
 *   the present owner)
 */
export async function transferConnections(
  context: Context<InOrganization & Mailing>,
  { fromPersonId, toPersonId }: { fromPersonId: string; toPersonId: string },
): Promise<number> {
  requireAdmin(context.actor, "transfer connections");
  return inOrganization(context, async (db) => {
    // Locks the new owner, so that their removal or disabling comes either before this and is seen, or after it.
    const { rows } = await db.query<{ id: string }>(
      `select p.id from people p join memberships m on m.person_id = p.id
       where p.id::text = $1 and p.disabled_at is null for share`,
      [toPersonId],
    );
    const [to] = rows;
    if (!to || to.id === fromPersonId)
      throw invalidInput({
        field: "toPersonId",
        message: to
          ? "Choose somebody other than the present owner"
          : "Choose a member of this organization who isn't disabled",
      });
    const voting = await db.query<{ id: string }>(
      `select id from connections where owner_id::text = $1 and can_decide and deleted_at is null
       order by id for no key update`,
      [fromPersonId],
    );
    for (const { id } of voting.rows) await stopDeciding(db, context, id, "transferred");
    const moved = await db.query<{ id: string }>(
      "update connections set owner_id = $2 where owner_id::text = $1 and deleted_at is null returning id",
      [fromPersonId, to.id],
    );
    if (moved.rows.length > 0)
      await recordEvent(db, context, "connections.transferred", {
        connection_ids: moved.rows.map(({ id }) => id),
        from_person_id: fromPersonId,
        to_person_id: to.id,
      });
    return moved.rows.length;
  });
}

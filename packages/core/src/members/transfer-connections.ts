import type { Context } from "../context.ts";
import type { InOrganization, Mailing } from "../capabilities.ts";
import { invalidInput } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { stopDeciding } from "../connections/stop-deciding.ts";
import { requireSecretHolder } from "../actors/require-secret-holder.ts";

/**
 * Makes another member answer for all connections of a person in the context's organization, even if that person has
 * left. The keys keep working (or work again, within a second), but only for asking: connections that voted no longer
 * vote until the new owner agrees. The new owner gets the secrets, so only an admin to whom secrets may be shown
 * transfers ({@link requireSecretHolder}).
 *
 * @returns the number of transferred connections
 * @throws DomainError `forbidden` (as {@link requireSecretHolder}), `validation_failed` (the new owner is no member, is
 *   disabled, or is the present owner)
 */
export async function transferConnections(
  context: Context<InOrganization & Mailing>,
  { fromPersonId, toPersonId }: { fromPersonId: string; toPersonId: string },
): Promise<number> {
  return inOrganization(context, async (db) => {
    await requireSecretHolder(db, context, { isOwn: false, deed: "transfer connections" });
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
    // Locks all of them before it asks which vote: the owner may be agreeing to one of them at this moment.
    const { rows: locked } = await db.query<{ id: string; canDecide: boolean }>(
      `select id, can_decide as "canDecide" from connections where owner_id::text = $1 and deleted_at is null
       order by id for no key update`,
      [fromPersonId],
    );
    for (const { id, canDecide } of locked)
      if (canDecide) await stopDeciding(db, context, id, "transferred");
    // Only those that are locked: one that is made meanwhile can vote already, and stays with the person who made it.
    const moved = locked.map(({ id }) => id);
    await db.query("update connections set owner_id = $2 where id = any ($1)", [moved, to.id]);
    if (moved.length > 0)
      await recordEvent(db, context, "connections.transferred", {
        connection_ids: moved,
        from_person_id: fromPersonId,
        to_person_id: to.id,
      });
    return moved.length;
  });
}

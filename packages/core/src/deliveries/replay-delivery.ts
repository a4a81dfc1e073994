import { onlyRow } from "@sayso/database";
import { isAdmin } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { DomainError, notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import { deliveryColumns, withAttempts, type Delivery, type Shown } from "./list-deliveries.ts";

/**
 * Sends a callback or webhook again at once, in any state, under the same webhook-id. If it fails, the whole schedule
 * follows. A delivery whose attempt is under way can arrive twice, as any webhook can.
 *
 * @throws DomainError `forbidden`: only an admin may, or the connection whose callback it is; `not_found`;
 *   `invalid_state`: the subscription has ended, or it is a call of an applier
 */
export async function replayDelivery(
  context: Context<InOrganization & NewIds>,
  deliveryId: string,
): Promise<Shown<Delivery>> {
  const { actor } = context;
  return inOrganization(context, async (db) => {
    const found = await db.query<{
      connectionId: string | null;
      hasEnded: boolean;
      isApplierCall: boolean;
    }>(
      `select d.connection_id as "connectionId", d.entity_type_id is not null as "isApplierCall",
         s.disabled_at is not null or s.deleted_at is not null as "hasEnded"
       from deliveries d left join subscriptions s on s.id = d.subscription_id where d.id = $1`,
      [deliveryId],
    );
    const isForeign =
      actor.kind === "connection" && found.rows[0]?.connectionId !== actor.connectionId;
    if (!found.rows[0] || isForeign) throw notFound("Delivery");
    if (actor.kind === "person" && !isAdmin(actor)) {
      throw new DomainError("forbidden", "Only an admin may send a callback again");
    }
    if (found.rows[0].isApplierCall) {
      throw new DomainError(
        "invalid_state",
        "This delivery calls a change's applier: retry the change instead",
      );
    }
    if (found.rows[0].hasEnded) {
      throw new DomainError(
        "invalid_state",
        "This delivery's subscription has ended: subscribe again",
      );
    }
    const { rows } = await db.query<Shown<Omit<Delivery, "attempts">>>(
      `update deliveries set status = 'pending', attempts = 0, next_attempt_at = now()
       where id = $1 returning ${deliveryColumns("true")}`,
      [deliveryId],
    );
    db.noteWork();
    await recordEvent(db, context, "delivery.replayed", { delivery_id: deliveryId });
    return onlyRow(await withAttempts(db, rows));
  });
}

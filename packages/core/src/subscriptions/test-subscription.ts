import type { InOrganization, NewIds } from "../capabilities.ts";
import type { Context } from "../context.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { lockSubscription, requireActive } from "./subscription.ts";

/**
 * Sends a subscription an event of the type `subscription.tested`, with any types and filter of the subscription. It is
 * signed, tried again and logged like any other.
 *
 * @returns the delivery's id, which is also its webhook-id
 * @throws DomainError `not_found`, `invalid_state` (it was switched off)
 */
export async function testSubscription(
  context: Context<InOrganization & NewIds>,
  subscriptionId: string,
): Promise<string> {
  const { services } = context;
  const deliveryId = services.newId();
  await inOrganization(context, async (db) => {
    const subscription = await lockSubscription(db, context.actor, subscriptionId);
    requireActive(subscription);
    const eventId = await recordEvent(db, context, "subscription.tested", {
      subscription_id: subscriptionId,
    });
    db.noteWork();
    await db.query(
      `insert into deliveries (id, organization_id, connection_id, subscription_id, event_id, event_type, url, origin, body)
       select $1, s.organization_id, s.connection_id, s.id, d.event_id, 'subscription.tested', s.target_url, s.origin, d.item
       from subscriptions s, describe_events(s.organization_id, array[$2::uuid]) d where s.id = $3`,
      [deliveryId, eventId, subscriptionId],
    );
  });
  return deliveryId;
}

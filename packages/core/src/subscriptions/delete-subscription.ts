import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { lockSubscription } from "./subscription.ts";

/**
 * Ends a subscription. From the commit on, nothing more is sent to it, and pending deliveries aren't tried again. An
 * attempt under way can still arrive. Its deliveries stay in the log.
 *
 * @throws DomainError `not_found`: also for a subscription of others, unless the actor is an admin
 */
export async function deleteSubscription(
  context: Context<InOrganization & NewIds>,
  subscriptionId: string,
): Promise<void> {
  await inOrganization(context, async (db) => {
    await lockSubscription(db, context.actor, subscriptionId);
    await db.query("update subscriptions set deleted_at = now() where id = $1", [subscriptionId]);
    await db.query(
      "update deliveries set status = 'gone' where subscription_id = $1 and status = 'pending'",
      [subscriptionId],
    );
    await recordEvent(db, context, "subscription.deleted", { subscription_id: subscriptionId });
  });
}

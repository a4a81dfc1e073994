import { onlyRow } from "@sayso/database";
import { createWebhookSecret } from "@sayso/signature";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds, PublicAddress, Secrets } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";
import { requireSecretHolder } from "../actors/require-secret-holder.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { isOwnedBy, lockSubscription, requireActive } from "./subscription.ts";

export interface RotatedSubscriptionSecret {
  /** The new secret, `whsec_…`, shown only this once. */
  secret: string;
  /** The time until which both secrets sign. */
  previousSignsUntil: Date;
}

/**
 * Gives a subscription a new secret. The old one signs beside it for 24 hours (Standard Webhooks 1.0, secret rotation).
 *
 * @throws DomainError `forbidden`: for a subscription of others, see `requireSecretHolder`; `not_found`, `invalid_state` (it was switched off)
 */
export function rotateSubscriptionSecret(
  context: Context<InOrganization & Secrets & PublicAddress & NewIds>,
  subscriptionId: string,
): Promise<RotatedSubscriptionSecret> {
  const secret = createWebhookSecret();
  return inOrganization(context, async (db) => {
    const subscription = await lockSubscription(db, context.actor, subscriptionId);
    await requireSecretHolder(db, context, {
      isOwn: isOwnedBy(context.actor, subscription),
      deed: "rotate the secret of somebody else's subscription",
    });
    requireActive(subscription);
    const { rows } = await db.query<{ until: Date }>(
      `update subscriptions set previous_secret = secret, previous_secret_until = now() + interval '24 hours', secret = $2
       where id = $1 returning previous_secret_until as until`,
      [subscriptionId, context.services.secrets.seal(secret)],
    );
    await recordEvent(db, context, "subscription.secret_rotated", {
      subscription_id: subscriptionId,
    });
    return { secret, previousSignsUntil: onlyRow(rows).until };
  });
}

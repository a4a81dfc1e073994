import { onlyRow } from "@sayso/database";
import { createWebhookSecret } from "@sayso/signature";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds, PublicAddress, Secrets } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import { lockOwnConnection } from "./connection.ts";

export interface RotatedWebhookSecret {
  /** `whsec_…`, shown this once. */
  webhookSecret: string;
  /** Both secrets sign until then. */
  previousSignsUntil: Date;
}

/**
 * Gives the connection a new secret for signing its callbacks. The old one signs beside it for 24 hours, so that
 * receivers can be moved over without losing a callback (Standard Webhooks 1.0, secret rotation).
 *
 * @throws DomainError `forbidden`: only the connection's owner may; `not_found`
 */
export async function rotateWebhookSecret(
  context: Context<InOrganization & Secrets & PublicAddress & NewIds>,
  connectionId: string,
): Promise<RotatedWebhookSecret> {
  const webhookSecret = createWebhookSecret();
  return inOrganization(context, async (db) => {
    await lockOwnConnection(db, context, connectionId, "rotate its webhook secret");
    const { rows } = await db.query<{ until: Date }>(
      `update connections set previous_webhook_secret = webhook_secret,
         previous_webhook_secret_until = now() + interval '24 hours', webhook_secret = $2
       where id = $1 returning previous_webhook_secret_until as until`,
      [connectionId, context.services.secrets.seal(webhookSecret)],
    );
    await recordEvent(db, context, "connection.webhook_secret_rotated", {
      connection_id: connectionId,
    });
    return { webhookSecret, previousSignsUntil: onlyRow(rows).until };
  });
}

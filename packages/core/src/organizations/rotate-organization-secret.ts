import { createWebhookSecret } from "@sayso/signature";
import type { RotatedWebhookSecret } from "../connections/rotate-webhook-secret.ts";
import { requireAdmin } from "../people/require-admin.ts";
import type { Context } from "../context.ts";
import { inOrganization } from "../in-organization.ts";
import { recordEvent } from "../events/record-event.ts";

/**
 * Gives the organization a new secret for signing the callbacks of requests that people made, beside any connection.
 * The old one signs beside it for 24 hours.
 *
 * @throws DomainError `forbidden`: only an admin may
 */
export async function rotateOrganizationSecret(context: Context): Promise<RotatedWebhookSecret> {
  requireAdmin(context.actor, "rotate the webhook secret");
  const webhookSecret = createWebhookSecret();
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<{ until: Date }>(
      `update organizations set previous_webhook_secret = webhook_secret,
         previous_webhook_secret_until = now() + interval '24 hours', webhook_secret = $2
       where id = $1 returning previous_webhook_secret_until as until`,
      [context.organizationId, context.services.secrets.seal(webhookSecret)],
    );
    await recordEvent(db, context, "organization.webhook_secret_rotated", {});
    return { webhookSecret, previousSignsUntil: rows[0]!.until };
  });
}

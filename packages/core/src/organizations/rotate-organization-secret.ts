import { onlyRow } from "@sayso/database";
import { createWebhookSecret } from "@sayso/signature";
import { requireAdmin } from "../actors/require-admin.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds, Secrets } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";

/**
 * Gives the organization a new secret, and thereby every person another one of their own. A person's secret signs the
 * callbacks of the requests that they make without a connection (`secretOfPerson`). The old secrets sign beside the new
 * ones for 24 hours. The organization's own secret signs nothing, so it is shown to nobody.
 *
 * @returns the time until which both sign
 * @throws DomainError `forbidden`: only an admin may
 */
export async function rotateOrganizationSecret(
  context: Context<InOrganization & Secrets & NewIds>,
): Promise<Date> {
  requireAdmin(context.actor, "rotate people's webhook secrets");
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<{ until: Date }>(
      `update organizations set previous_webhook_secret = webhook_secret,
         previous_webhook_secret_until = now() + interval '24 hours', webhook_secret = $2
       where id = $1 returning previous_webhook_secret_until as until`,
      [context.organizationId, context.services.secrets.seal(createWebhookSecret())],
    );
    await recordEvent(db, context, "organization.webhook_secret_rotated", {});
    return onlyRow(rows).until;
  });
}

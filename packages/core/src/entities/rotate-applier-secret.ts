import { createWebhookSecret } from "@sayso/signature";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds, PublicAddress, Secrets } from "../capabilities.ts";
import { DomainError, notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireSecretHolder } from "../actors/require-secret-holder.ts";

export interface RotatedApplierSecret {
  /** The new secret `whsec_…`, shown only once. */
  secret: string;
  /** The time until which both secrets sign. */
  previousSignsUntil: Date;
}

/**
 * Gives the applier of a type a new secret. The old secret signs beside it for 24 hours (Standard Webhooks 1.0, secret
 * rotation).
 *
 * @throws DomainError `forbidden`: see `requireSecretHolder`; `not_found`; `invalid_state`: the type never had an applier
 */
export function rotateApplierSecret(
  context: Context<InOrganization & Secrets & PublicAddress & NewIds>,
  name: string,
): Promise<RotatedApplierSecret> {
  const secret = createWebhookSecret();
  return inOrganization(context, async (db) => {
    const deed = "change the secret of an applier";
    await requireSecretHolder(db, context, { isOwn: false, deed });
    const { rows } = await db.query<{ until: Date | null }>(
      `update entity_types set previous_applier_secret = applier_secret,
         previous_applier_secret_until = case when applier_secret is not null then now() + interval '24 hours' end,
         applier_secret = case when applier_secret is not null then $2::bytea end
       where name = $1 returning previous_applier_secret_until as until`,
      [name, context.services.secrets.seal(secret)],
    );
    if (!rows[0]) throw notFound("Type of entities");
    const { until } = rows[0];
    if (until === null)
      throw new DomainError(
        "invalid_state",
        `The type ${name} has no applier, so it has no secret`,
      );
    await recordEvent(db, context, "entity_type.secret_rotated", { entity_type: name });
    return { secret, previousSignsUntil: until };
  });
}

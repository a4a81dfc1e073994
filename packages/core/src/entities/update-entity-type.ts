import { onlyRow } from "@sayso/database";
import { createWebhookSecret } from "@sayso/signature";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds, PublicAddress, Secrets } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireSecretHolder } from "../actors/require-secret-holder.ts";
import type { CreatedEntityType } from "./create-entity-type.ts";
import { entityTypeColumns, type OwnEntityType } from "./entity-type.ts";

/**
 * Gives one of the organization's own types another applier, or none (null). A change whose applier is being called
 * keeps the address that it was approved with, unless it is retried. A type's first applier gets a secret, which is
 * returned.
 *
 * @throws DomainError `forbidden`: see `requireSecretHolder`; `not_found`
 */
export function updateEntityType(
  context: Context<InOrganization & Secrets & PublicAddress & NewIds>,
  name: string,
  { applierUrl }: { applierUrl: string | null },
): Promise<CreatedEntityType> {
  const { services } = context;
  return inOrganization(context, async (db) => {
    await requireSecretHolder(db, context, { isOwn: false, deed: "change an applier" });
    const found = await db.query<{ id: string; hasSecret: boolean }>(
      `select id, applier_secret is not null as "hasSecret" from entity_types where name = $1 for update`,
      [name],
    );
    const [present] = found.rows;
    if (!present) throw notFound("Type of entities");
    const applierSecret = applierUrl === null || present.hasSecret ? null : createWebhookSecret();
    const { rows } = await db.query<OwnEntityType>(
      `update entity_types set applier_url = $2, applier_secret = coalesce($3, applier_secret)
       where id = $1 returning ${entityTypeColumns}`,
      [
        present.id,
        applierUrl,
        applierSecret === null ? null : services.secrets.seal(applierSecret),
      ],
    );
    await recordEvent(db, context, "entity_type.updated", {
      entity_type: name,
      applier_url: applierUrl,
    });
    return { entityType: onlyRow(rows), applierSecret };
  });
}

import { onlyRow } from "@sayso/database";
import { createWebhookSecret } from "@sayso/signature";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds, Secrets } from "../capabilities.ts";
import { DomainError, invalidInput } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { refuseDuplicate } from "../transactions/refuse-duplicate.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { entityTypeColumns, isGivenType, type OwnEntityType } from "./entity-type.ts";

/** A type of entities after it was added or changed, with the secret of its applier if that is new. */
export interface CreatedEntityType {
  entityType: OwnEntityType;
  /** The secret `whsec_…` that verifies calls of the applier. It is shown only once. null: there is no new one. */
  applierSecret: string | null;
}

/** The number of types that an organization can add. */
const TYPES_MAX = 200;

/**
 * Adds a type of entities to the organization's own. If the type has an applier, each approved change of such an entity
 * is sent to it as a signed call, and the change is applied once the applier has answered 2xx.
 *
 * @throws DomainError `forbidden`: only an admin may; `validation_failed`: every organization has a type of this name;
 *   `conflict`: the name is taken, or there are 200 types already
 */
export function createEntityType(
  context: Context<InOrganization & Secrets & NewIds>,
  { name, applierUrl = null }: { name: string; applierUrl?: string | null },
): Promise<CreatedEntityType> {
  const { actor, organizationId, services } = context;
  requireAdmin(actor, "add a type of entities");
  if (isGivenType(name))
    throw invalidInput({
      field: "name",
      message: `name ${name} is the name of a built-in type: choose another`,
    });
  const applierSecret = applierUrl === null ? null : createWebhookSecret();
  return inOrganization(context, async (db) => {
    const { rows } = await db
      .query<OwnEntityType>(
        `insert into entity_types (id, organization_id, name, applier_url, applier_secret)
         values ($1, $2, $3, $4, $5) returning ${entityTypeColumns}`,
        [
          services.newId(),
          organizationId,
          name,
          applierUrl,
          applierSecret === null ? null : services.secrets.seal(applierSecret),
        ],
      )
      .catch(refuseDuplicate("entity_types_organization_id_name_key", name));
    const entityType = onlyRow(rows);
    const counted = await db.query<{ count: number }>("select count(*) as count from entity_types");
    if ((counted.rows[0]?.count ?? 0) > TYPES_MAX)
      throw new DomainError("conflict", `There are ${TYPES_MAX} types of entities already`);
    await recordEvent(db, context, "entity_type.created", {
      entity_type: name,
      applier_url: applierUrl,
    });
    return { entityType, applierSecret };
  });
}

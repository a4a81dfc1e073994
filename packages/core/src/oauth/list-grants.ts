import type { ConnectionPreset } from "../connections/connection.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";

/** A grant: one person's permission for one app. */
export interface Grant {
  id: string;
  clientId: string;
  clientName: string;
  preset: ConnectionPreset | null;
  personId: string;
  personName: string;
  scopes: string[];
  createdAt: Date;
  /** Some seconds late at most; null: never used. */
  lastUsedAt: Date | null;
}

/**
 * Returns the grants that are not revoked, of the calling person in this organization or, for admins, of everybody in
 * it. Newest first, at most 1,000.
 *
 * @throws DomainError `forbidden`: a machine has none; only an admin sees everybody's
 */
export async function listGrants(
  context: Context<InOrganization>,
  filter: { whose: "own" | "organization"; clientId?: string },
): Promise<Grant[]> {
  const { actor, organizationId } = context;
  if (actor.kind !== "person")
    throw new DomainError("forbidden", "Only a person has connected apps");
  if (filter.whose === "organization") requireAdmin(actor, "see what others have connected");
  const { rows } = await inOrganization(context, (db) =>
    db.query<Grant>(
      `select g.id, g.client_id as "clientId", c.name as "clientName", c.preset, g.person_id as "personId",
         p.name as "personName", g.scopes, g.created_at as "createdAt", g.last_used_at as "lastUsedAt"
       from oauth_grants g join connections c on c.id = g.connection_id join people p on p.id = g.person_id
       where g.organization_id = $1 and g.revoked_at is null and ($2::uuid is null or g.person_id = $2)
         and ($3::text is null or g.client_id::text = $3)
       order by g.created_at desc, g.id desc limit 1000`,
      [organizationId, filter.whose === "own" ? actor.personId : null, filter.clientId],
    ),
  );
  return rows;
}

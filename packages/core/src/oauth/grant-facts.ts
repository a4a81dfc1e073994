import { isUuid } from "../ids.ts";
import type { Queryable } from "../queryable.ts";

/** A grant that is not revoked, with the facts about its person that an app can know. */
export interface GrantFacts {
  id: string;
  clientId: string;
  personId: string;
  scopes: string[];
  resource: string | null;
  organizationName: string;
  personEmail: string | null;
}

/** Returns a grant by its id; null when it was revoked, or its person is disabled or no longer a member. */
export async function readGrantFacts(db: Queryable, grantId: string): Promise<GrantFacts | null> {
  if (!isUuid(grantId)) return null;
  const { rows } = await db.query<GrantFacts>({
    name: "read_grant_facts",
    text: `select g.id, g.client_id as "clientId", g.person_id as "personId", g.scopes, g.resource,
             o.name as "organizationName", p.email as "personEmail"
           from oauth_grants g
           join people p on p.id = g.person_id and p.disabled_at is null
           join memberships m on m.organization_id = g.organization_id and m.person_id = g.person_id
           join organizations o on o.id = g.organization_id
           where g.id = $1 and g.revoked_at is null`,
    values: [grantId],
  });
  return rows[0] ?? null;
}

import type { Role } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { requireSignedIn } from "../actors/require-signed-in.ts";

/** An organization in which the calling person can work. */
export interface OwnOrganization {
  id: string;
  name: string;
  /** The calling person's role. */
  role: Role;
}

/**
 * Returns the organizations that the calling person is a member of, sorted by name.
 *
 * @throws DomainError `forbidden` (a machine, a token, an app: each belongs to one organization)
 */
export async function listOwnOrganizations(
  context: Context<SystemPool>,
): Promise<OwnOrganization[]> {
  const { personId } = requireSignedIn(context.actor, "list their organizations");
  const { rows } = await withRetries(() =>
    context.services.system.query<OwnOrganization>(
      `select o.id, o.name, m.role from memberships m join organizations o on o.id = m.organization_id
       where m.person_id = $1 order by lower(o.name), o.id`,
      [personId],
    ),
  );
  return rows;
}

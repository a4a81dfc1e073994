import type { Actor, Role } from "../actors/actor.ts";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { notFound } from "../errors.ts";

/** An actor in an organization. */
interface Place<Who extends Actor> {
  actor: Who;
  organizationId: string;
}

/**
 * Finds the organization with this id or name among those that the caller may use, and returns the actor in it. It
 * never lets anybody into an organization that is not theirs. A signed-in person may use each organization that they
 * are a member of, with the role that they have there. A key, a token or an app may use only its own. Where several
 * organizations have the name, it finds only the one that the caller is in already.
 *
 * @throws DomainError `not_found`: there is no such organization, or the caller may not use it
 */
export async function selectTenant<Who extends Actor>(
  services: SystemPool,
  place: Place<Who>,
  tenant: string,
): Promise<Place<Who>> {
  const { actor, organizationId } = place;
  if (tenant.toLowerCase() === organizationId) return place;
  const personId = actor.kind === "person" && actor.via === "session" ? actor.personId : null;
  const { rows } = await withRetries(() =>
    services.system.query<{ id: string; isId: boolean; role: Role | null }>(
      `select o.id, o.id::text = lower($3) as "isId", m.role from organizations o
       left join memberships m on m.organization_id = o.id and m.person_id = $2
         and exists (select from people p where p.id = m.person_id and p.disabled_at is null)
       where (o.id = $1 or m.role is not null) and (o.id::text = lower($3) or lower(o.name) = lower($3))`,
      [organizationId, personId, tenant],
    ),
  );
  const meant =
    rows.find(({ isId }) => isId) ??
    rows.find(({ id }) => id === organizationId) ??
    (rows.length === 1 ? rows[0] : undefined);
  if (!meant) throw notFound("Tenant");
  if (meant.id === organizationId) return place;
  if (actor.kind !== "person" || meant.role === null) throw notFound("Tenant");
  return { actor: { ...actor, role: meant.role }, organizationId: meant.id };
}

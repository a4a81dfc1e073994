import type { PersonActor, Role } from "../actors/actor.ts";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { DECIDE } from "../credentials/scopes.ts";

/** The person who calls with a personal token, their organization, and the scopes of the token. */
export interface AuthenticatedToken {
  tokenId: string;
  organizationId: string;
  actor: PersonActor;
  scopes: string[];
}

/**
 * Returns the person of a token, found by its SHA-256 (`hashSecret`). Null when the token is unknown, revoked or
 * expired, or its person is disabled or no longer a member. The token's last use is written at most once a minute.
 * Check `isWellFormedPersonalToken` first, which costs no query.
 */
export async function authenticateToken(
  services: SystemPool,
  hash: Buffer,
): Promise<AuthenticatedToken | null> {
  const { rows } = await withRetries(() =>
    services.system.query<{
      id: string;
      name: string;
      organization_id: string;
      person_id: string;
      role: Role;
      can_approve: boolean;
      scopes: string[];
    }>({
      name: "authenticate_token",
      text: `with found as (
               select t.id, t.name, t.organization_id, t.person_id, m.role, m.can_approve, t.scopes,
                      t.last_used_at is null or t.last_used_at < now() - interval '1 minute' as is_stale
               from (select * from personal_tokens where token_hash = $1 limit 1) t
               join people p on p.id = t.person_id and p.disabled_at is null
               join memberships m on m.organization_id = t.organization_id and m.person_id = t.person_id
               where t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
             ), used as (
               update personal_tokens t set last_used_at = now() from found where t.id = found.id and found.is_stale
             )
             select id, name, organization_id, person_id, role, can_approve, scopes from found`,
      values: [hash],
    }),
  );
  const [row] = rows;
  return row
    ? {
        tokenId: row.id,
        organizationId: row.organization_id,
        actor: {
          kind: "person",
          personId: row.person_id,
          role: row.role,
          via: "token",
          token: { id: row.id, name: row.name },
          mayDecide: row.scopes.includes(DECIDE),
          canApprove: row.can_approve,
        },
        scopes: row.scopes,
      }
    : null;
}

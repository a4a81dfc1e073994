import type { Pool } from "pg";
import type { ConnectionProfile, PersonActor, Role } from "../actors/actor.ts";
import type { Authenticated } from "./authenticate.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { DECIDE } from "../credentials/scopes.ts";

interface Row extends ConnectionProfile {
  organizationId: string;
  clientId: string;
  clientScopes: string[];
  grantScopes: string[] | null;
  scope: string | null;
  grantId: string | null;
  personId: string | null;
  role: Role | null;
  ownerId: string;
  keyMadeBy: string[];
  ownerIsIn: boolean;
  canDecide: boolean;
  canDecideOwn: boolean;
  rateLimitPerHour: number;
}

/** The actor that an access token stands for, and the grant whose use is to be recorded. */
export interface AccessTokenHolder {
  /** Null: an app without a person. */
  grantId: string | null;
  authenticated: Authenticated;
}

/**
 * Returns the holder of an opaque access token (`sa_…`), found by the token's SHA-256: a person through an app, or the
 * app's connection where the token came from client credentials. Null when the token is unknown, expired or revoked, or
 * when its app, connection or person is deleted, disabled or no longer a member.
 */
export async function authenticateAccessToken(
  system: Pool,
  hash: Buffer,
): Promise<AccessTokenHolder | null> {
  const { rows } = await withRetries(() =>
    system.query<Row>({ name: "authenticate_access_token", text: AUTHENTICATE, values: [hash] }),
  );
  const [row] = rows;
  if (!row) return null;
  return toHolder(row, row.scope?.split(" ") ?? row.clientScopes);
}

function toHolder(row: Row, scopes: readonly string[]): AccessTokenHolder | null {
  const through: ConnectionProfile = {
    connectionId: row.connectionId,
    name: row.name,
    allowedActionTypes: row.allowedActionTypes,
    maxPriority: row.maxPriority,
    defaultTitle: row.defaultTitle,
    defaultPriority: row.defaultPriority,
    defaultDescription: row.defaultDescription,
    approversNeeded: row.approversNeeded,
  };
  // Never more than the person allowed, whatever the token lists.
  const granted = new Set(scopes.filter((scope) => row.grantScopes?.includes(scope) ?? true));
  const common = {
    organizationId: row.organizationId,
    scopes: granted,
    rateLimitPerHour: row.rateLimitPerHour,
  };
  if (row.grantId === null) {
    if (!row.ownerIsIn) return null;
    const { ownerId, keyMadeBy } = row;
    const canDecide = row.canDecide && granted.has(DECIDE);
    const canDecideOwn = canDecide && row.canDecideOwn;
    return {
      grantId: null,
      authenticated: {
        ...common,
        actor: { kind: "connection", ...through, ownerId, keyMadeBy, canDecide, canDecideOwn },
        bucketId: row.connectionId,
      },
    };
  }
  if (row.personId === null || row.role === null) return null;
  const actor: PersonActor = {
    kind: "person",
    personId: row.personId,
    role: row.role,
    via: "oauth",
    through,
    clientId: row.clientId,
    grantId: row.grantId,
    mayDecide: granted.has(DECIDE),
  };
  return { grantId: row.grantId, authenticated: { ...common, actor, bucketId: row.grantId } };
}

/**
 * Returns the holder of a JWT that was verified already. Null in the same cases as {@link authenticateAccessToken}, and
 * also where the grant belongs to another app.
 *
 * @param claims.grantId null: client credentials
 * @param claims.issuedAt, claims.expiresAt in seconds since 1970, judged by the database's clock
 */
export async function authenticateClaims(
  system: Pool,
  claims: {
    clientId: string;
    grantId: string | null;
    scopes: readonly string[];
    issuedAt: number;
    expiresAt: number;
  },
): Promise<AccessTokenHolder | null> {
  const { rows } = await withRetries(() =>
    system.query<Row>({
      name: "authenticate_claims",
      text: AUTHENTICATE_CLAIMS,
      values: [claims.clientId, claims.grantId, claims.expiresAt, claims.issuedAt],
    }),
  );
  const [row] = rows;
  return row ? toHolder(row, claims.scopes) : null;
}

const HOLDER = `
    cl.id as "clientId", g.id as "grantId", g.scopes as "grantScopes", pm.person_id as "personId", pm.role,
    array_remove(array[cl.secret_made_by, cl.previous_secret_made_by], null) as "keyMadeBy",
    c.id as "connectionId", c.name, c.owner_id as "ownerId", c.can_decide as "canDecide",
    c.can_decide_own as "canDecideOwn",
    c.rate_limit_per_hour as "rateLimitPerHour", c.allowed_action_types as "allowedActionTypes",
    c.max_priority as "maxPriority", c.default_priority as "defaultPriority",
    c.default_title as "defaultTitle", c.default_description as "defaultDescription",
    c.approvers_needed as "approversNeeded",
    exists (select from people o join memberships om on om.person_id = o.id
      where o.id = c.owner_id and om.organization_id = c.organization_id and o.disabled_at is null) as "ownerIsIn"`;

const AUTHENTICATE = `
  select t.organization_id as "organizationId", cl.scopes as "clientScopes", t.payload->>'scope' as scope, ${HOLDER}
  from (select * from oauth_tokens where token_hash = $1 limit 1) t
  join oauth_clients cl on cl.id = t.client_id and cl.deleted_at is null
  left join oauth_grants g on g.id = t.grant_id
  cross join lateral (
    select * from connections where organization_id = t.organization_id
      and id = coalesce(g.connection_id, cl.connection_id) and is_active and deleted_at is null limit 1
  ) c
  left join lateral (
    select m.person_id, m.role from memberships m join people p on p.id = m.person_id and p.disabled_at is null
    where m.organization_id = g.organization_id and m.person_id = g.person_id
  ) pm on true
  where t.kind in ('AccessToken', 'ClientCredentials') and t.expires_at > now()
    and g.revoked_at is null`;

const AUTHENTICATE_CLAIMS = `
  select c.organization_id as "organizationId", cl.scopes as "clientScopes", null as scope, ${HOLDER}
  from (select * from oauth_clients where id = $1 limit 1) cl
  left join oauth_grants g on g.id = $2 and g.client_id = cl.id and g.revoked_at is null
  cross join lateral (
    select * from connections where organization_id = coalesce(g.organization_id, cl.organization_id)
      and id = coalesce(g.connection_id, cl.connection_id) and is_active and deleted_at is null limit 1
  ) c
  left join lateral (
    select m.person_id, m.role from memberships m join people p on p.id = m.person_id and p.disabled_at is null
    where m.organization_id = g.organization_id and m.person_id = g.person_id
  ) pm on true
  where cl.deleted_at is null and to_timestamp($3) > now()
    and ($2::uuid is null) = (g.id is null) and ($2::uuid is not null or (cl.allows_client_credentials
      and (cl.credentials_since is null or to_timestamp($4) > cl.credentials_since)))`;

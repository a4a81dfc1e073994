import { hashSecret, isWellFormedOAuthSecret } from "../credentials/api-key.ts";
import { isUuid } from "../ids.ts";
import type { ClientKind } from "./redirect-uris.ts";
import type { Queryable } from "../queryable.ts";

/** The registration of an app, as far as the authorization server needs it. */
export interface ClientRegistration {
  id: string;
  name: string;
  /** Null: the app registered itself, and any organization can use it. */
  organizationId: string | null;
  kind: ClientKind;
  redirectUris: string[];
  scopes: string[];
  /** Whether it can act without a person: an admin allowed that, and somebody is there who answers for it. */
  allowsClientCredentials: boolean;
}

/**
 * Returns the app with this client_id; null when there is none, or its connection is switched off. Garbage costs no
 * query.
 */
export async function findClientRegistration(
  db: Queryable,
  clientId: string,
): Promise<ClientRegistration | null> {
  if (!isUuid(clientId)) return null;
  const { rows } = await db.query<ClientRegistration>({
    name: "find_client_registration",
    text: `select cl.id, cl.name, cl.organization_id as "organizationId", cl.kind, cl.redirect_uris as "redirectUris",
             cl.scopes, cl.allows_client_credentials and exists (select from people o join memberships m on m.person_id = o.id
               where o.id = c.owner_id and m.organization_id = cl.organization_id and o.disabled_at is null
             ) as "allowsClientCredentials"
           from oauth_clients cl left join connections c on c.organization_id = cl.organization_id and c.id = cl.connection_id
           where cl.id = $1 and cl.deleted_at is null
             and (cl.connection_id is null or (c.is_active and c.deleted_at is null))`,
    values: [clientId],
  });
  // Compares ids as texts, because the database also takes other spellings of a UUID.
  return rows[0]?.id === clientId ? rows[0] : null;
}

/** Whether this is the app's secret, or its previous one while that is still valid. Garbage costs no query. */
export async function isClientSecret(
  db: Queryable,
  clientId: string,
  secret: string,
): Promise<boolean> {
  if (!isUuid(clientId) || !isWellFormedOAuthSecret(secret, "clientSecret")) return false;
  // Locks the app while a token is made, so that a verb that ends the secret ends that token as well. Compares hashes,
  // because the duration of the comparison then reveals nothing of the secret.
  const { rowCount } = await db.query({
    text: `select from oauth_clients where id = $1 and deleted_at is null
             and (secret_hash = $2 or (previous_secret_hash = $2 and previous_secret_until > now()))
           for share`,
    values: [clientId, hashSecret(secret)],
  });
  return rowCount === 1;
}

import type { Transaction } from "../transactions/transaction.ts";
import type { ConnectionPreset } from "../connections/connection.ts";
import { notFound } from "../errors.ts";
import type { ClientKind } from "./redirect-uris.ts";

/** An app that can ask people to connect it, as an admin reads it. It never contains the secret. */
export interface OAuthClient {
  /** The client_id, a UUID. */
  id: string;
  name: string;
  preset: ConnectionPreset | null;
  kind: ClientKind;
  redirectUris: string[];
  /** The scopes that it can ask for. */
  scopes: string[];
  /** Whether it can also act without a person, as its connection (RFC 6749 §4.4). */
  allowsClientCredentials: boolean;
  /** Null: a public client. */
  secretLastFour: string | null;
  /** The time until which the previous secret is valid as well; null: it isn't. */
  previousSecretUntil: Date | null;
  connectionId: string;
  createdByName: string | null;
  createdAt: Date;
  /** The number of grants that people gave it and have not revoked. */
  grants: number;
}

/** The select list of {@link OAuthClient}, from `oauth_clients c left join people p on p.id = c.created_by`. */
export const clientColumns = `
  c.id, c.name, c.preset, c.kind, c.redirect_uris as "redirectUris", c.scopes,
  c.allows_client_credentials as "allowsClientCredentials", c.secret_last_four as "secretLastFour",
  case when c.previous_secret_until > now() then c.previous_secret_until end as "previousSecretUntil",
  c.connection_id as "connectionId", p.name as "createdByName", c.created_at as "createdAt",
  (select count(*)::int from oauth_grants g where g.client_id = c.id and g.revoked_at is null) as grants`;

/**
 * Reads a client within the organization's transaction.
 *
 * @throws DomainError `not_found`
 */
export async function readClient(db: Transaction, clientId: string): Promise<OAuthClient> {
  const { rows } = await db.query<OAuthClient>(
    `select ${clientColumns} from oauth_clients c left join people p on p.id = c.created_by
     where c.id::text = $1 and c.deleted_at is null`,
    [clientId],
  );
  if (!rows[0]) throw notFound("App");
  return rows[0];
}

import type { PoolClient } from "pg";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";

/**
 * Ends what still stands from an earlier membership, of which removing left only what another owner could have taken over:
 * the keys of the connections that the person owns, and what apps do through these without a person. In the caller's
 * transaction, before they are a member again; by then nobody else needs it.
 */
export async function endEarlierKeys(
  db: PoolClient,
  context: Pick<Context<NewIds>, "services" | "actor" | "organizationId">,
  personId: string,
): Promise<void> {
  const owned = [context.organizationId, personId];
  const { rows } = await db.query<{ connectionId: string; prefix: string }>(
    `update connection_keys k set revoked_at = now() from connections c
     where c.id = k.connection_id and c.organization_id = $1 and c.owner_id = $2 and k.revoked_at is null
     returning c.id as "connectionId", k.prefix`,
    owned,
  );
  const clients = await db.query<{ id: string }>(
    `update oauth_clients cl set allows_client_credentials = false, credentials_since = now() from connections c
     where c.id = cl.connection_id and c.organization_id = $1 and c.owner_id = $2 and cl.allows_client_credentials
     returning cl.id`,
    owned,
  );
  await db.query(
    "delete from oauth_tokens where kind = 'ClientCredentials' and client_id = any ($1)",
    [clients.rows.map(({ id }) => id)],
  );
  for (const { connectionId, prefix } of rows)
    await recordEvent(db, context, "connection.key_revoked", {
      connection_id: connectionId,
      key_prefix: prefix,
    });
}

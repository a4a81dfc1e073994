import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";

/**
 * Ends the access that remains from an earlier membership: the keys of the person's connections, and the tokens and the
 * right of their apps to act without a person. The removal left them, so that another owner could take the connections
 * over. Works in the caller's transaction, before the person is a member again.
 */
export async function endEarlierKeys(
  db: Transaction,
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

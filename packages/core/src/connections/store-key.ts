import type { PoolClient } from "pg";
import type { Context } from "../context.ts";
import { createApiKey, hashSecret, keyLastFour, keyPrefix } from "./api-key.ts";

/** A key just made. `key` is shown this once: only its hash is kept. */
export interface NewKey {
  id: string;
  key: string;
  prefix: string;
  lastFour: string;
}

/** Makes a key for the connection, within the transaction. */
export async function storeNewKey(
  db: PoolClient,
  { services, organizationId }: Context,
  connectionId: string,
): Promise<NewKey> {
  const key = createApiKey();
  const made = { id: services.newId(), key, prefix: keyPrefix(key), lastFour: keyLastFour(key) };
  await db.query(
    `insert into connection_keys (id, organization_id, connection_id, key_hash, prefix, last_four)
     values ($1, $2, $3, $4, $5, $6)`,
    [made.id, organizationId, connectionId, hashSecret(key), made.prefix, made.lastFour],
  );
  return made;
}

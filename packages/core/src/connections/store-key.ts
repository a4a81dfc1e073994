import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";
import {
  createApiKey,
  createGoalsApiKey,
  hashSecret,
  keyLastFour,
  keyPrefix,
} from "../credentials/api-key.ts";

/** A key just made. `key` is shown this once, because only its hash is kept. */
export interface NewKey {
  id: string;
  key: string;
  prefix: string;
  lastFour: string;
}

/**
 * Makes a key for the connection, within the transaction, and records who made it and how. Where the connection's
 * newest key has scopes of its own, the new one gets the same.
 *
 * @param scopes the key's scopes; default: those of the newest key
 */
export async function storeNewKey(
  db: Transaction,
  { services, organizationId, actor }: Context<NewIds>,
  connectionId: string,
  scopes?: readonly string[],
): Promise<NewKey> {
  const allowed = scopes ?? (await readScopes(db, connectionId));
  const key = allowed === null ? createApiKey() : createGoalsApiKey();
  const made = { id: services.newId(), key, prefix: keyPrefix(key), lastFour: keyLastFour(key) };
  await db.query(
    `insert into connection_keys (id, organization_id, connection_id, key_hash, prefix, last_four, scopes, made_by,
       made_via)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      made.id,
      organizationId,
      connectionId,
      hashSecret(key),
      made.prefix,
      made.lastFour,
      allowed,
      actor.kind === "person" ? actor.personId : null,
      actor.kind === "person" ? actor.via : null,
    ],
  );
  return made;
}

/** Returns the scopes of the connection's newest key; null: it has none of its own. */
async function readScopes(db: Transaction, connectionId: string): Promise<string[] | null> {
  const { rows } = await db.query<{ scopes: string[] | null }>(
    "select scopes from connection_keys where connection_id = $1 order by id desc limit 1",
    [connectionId],
  );
  return rows[0]?.scopes ?? null;
}

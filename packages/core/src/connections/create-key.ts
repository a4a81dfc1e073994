import type { Context } from "../context.ts";
import { inOrganization } from "../in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import { lockOwnConnection } from "./connection.ts";
import { storeNewKey, type NewKey } from "./store-key.ts";

/**
 * Gives the connection one more key, beside those that it has.
 *
 * @throws DomainError `forbidden`: only an admin or the connection's owner may; `not_found`
 */
export async function createKey(context: Context, connectionId: string): Promise<NewKey> {
  return inOrganization(context, async (db) => {
    await lockOwnConnection(db, context.actor, connectionId, "make a key for it");
    const made = await storeNewKey(db, context, connectionId);
    await recordEvent(db, context, "connection.key_created", {
      connection_id: connectionId,
      key_prefix: made.prefix,
    });
    return made;
  });
}

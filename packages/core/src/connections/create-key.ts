import type { Context } from "../context.ts";
import type { InOrganization, Mailing } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import { lockForNewKey, reportNewKey } from "./lock-for-new-key.ts";
import { storeNewKey, type NewKey } from "./store-key.ts";

/**
 * Gives the connection one more key, beside those that it has.
 *
 * @throws DomainError `forbidden`: only the connection's owner may, and for a connection that votes only signed in and
 *   recently proven; `not_found`
 */
export async function createKey(
  context: Context<InOrganization & Mailing>,
  connectionId: string,
): Promise<NewKey> {
  return inOrganization(context, async (db) => {
    const via = await lockForNewKey(db, context, connectionId, "make a key for it");
    const made = await storeNewKey(db, context, connectionId);
    await recordEvent(db, context, "connection.key_created", {
      connection_id: connectionId,
      key_prefix: made.prefix,
    });
    await reportNewKey(db, context, connectionId, { prefix: made.prefix, via });
    return made;
  });
}

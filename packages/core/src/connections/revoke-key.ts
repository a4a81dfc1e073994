import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import { lockConnection } from "./connection.ts";

/**
 * Ends a key: every replica refuses it within a second. Revoking it again changes nothing.
 *
 * @param ofConnectionId the connection that the key must belong to; default: any
 * @throws DomainError `forbidden`: only an admin or the connection's owner may; `not_found`
 */
export async function revokeKey(
  context: Context<InOrganization & NewIds>,
  keyId: string,
  ofConnectionId?: string,
): Promise<void> {
  await inOrganization(context, async (db) => {
    const found = await db.query<{ connectionId: string }>(
      `select k.connection_id as "connectionId" from connection_keys k join connections c on c.id = k.connection_id
       where k.id = $1 and c.deleted_at is null and ($2::uuid is null or c.id = $2)`,
      [keyId, ofConnectionId],
    );
    if (!found.rows[0]) throw notFound("Key");
    const { connectionId } = found.rows[0];
    await lockConnection(db, context.actor, connectionId, "revoke its key");
    const { rows } = await db.query<{ prefix: string }>(
      "update connection_keys set revoked_at = now() where id = $1 and revoked_at is null returning prefix",
      [keyId],
    );
    if (!rows[0]) return;
    await recordEvent(db, context, "connection.key_revoked", {
      connection_id: connectionId,
      key_prefix: rows[0].prefix,
    });
  });
}

import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import { endClientsOf } from "./end-clients-of.ts";
import { requireAdmin } from "../actors/require-admin.ts";

/**
 * Disconnects a machine for good: its keys stop working everywhere within a second. Its requests stay, and its
 * callbacks are still sent.
 *
 * @throws DomainError `forbidden`: only an admin may; `not_found`
 */
export async function deleteConnection(
  context: Context<InOrganization & NewIds>,
  connectionId: string,
): Promise<void> {
  requireAdmin(context.actor, "delete a connection");
  await inOrganization(context, async (db) => {
    const { rows } = await db.query<{ name: string }>(
      "update connections set deleted_at = now(), is_active = false where id = $1 and deleted_at is null returning name",
      [connectionId],
    );
    if (!rows[0]) throw notFound("Connection");
    await db.query(
      "update connection_keys set revoked_at = now() where connection_id = $1 and revoked_at is null",
      [connectionId],
    );
    await endClientsOf(db, connectionId);
    await recordEvent(db, context, "connection.deleted", {
      connection_id: connectionId,
      name: rows[0].name,
    });
  });
}

import { deleteConnection } from "../../connections/delete-connection.ts";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { notFound } from "../../errors.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { requireAdmin } from "../../actors/require-admin.ts";

/**
 * Revokes a goals key, and deletes the connection that was created with it. Every replica refuses the key within a
 * second.
 *
 * @throws DomainError `forbidden`: only an admin may; `not_found`, also for a key that is revoked already
 */
export async function revokeGoalsKey(
  context: Context<InOrganization & NewIds>,
  keyId: string,
): Promise<void> {
  requireAdmin(context.actor, "revoke keys");
  const { rows } = await inOrganization(context, (db) =>
    db.query<{ connectionId: string }>(
      `select connection_id as "connectionId" from connection_keys
       where id::text = $1 and scopes is not null and revoked_at is null`,
      [keyId],
    ),
  );
  if (!rows[0]) throw notFound("Key");
  await deleteConnection(context, rows[0].connectionId);
}

import { deleteConnection } from "../connections/delete-connection.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { readClient } from "./client.ts";

/**
 * Ends an app and its connection: nobody can connect it any more, and its tokens are refused on every replica within a
 * second. Its requests stay.
 *
 * @throws DomainError `forbidden`: only an admin may; `not_found`
 */
export async function deleteClient(
  context: Context<InOrganization & NewIds>,
  clientId: string,
): Promise<void> {
  requireAdmin(context.actor, "delete an app");
  const { connectionId } = await inOrganization(context, (db) => readClient(db, clientId));
  await deleteConnection(context, connectionId);
}

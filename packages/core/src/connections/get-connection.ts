import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { DomainError, notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { looksAfter, readConnection, type Connection } from "./connection.ts";

/**
 * Returns one connection. Admins see all of their organization, other people those that they own, a machine only
 * itself.
 *
 * @throws DomainError `forbidden`, `not_found`
 */
export async function getConnection(
  context: Context<InOrganization>,
  connectionId: string,
): Promise<Connection> {
  const { actor } = context;
  if (actor.kind === "connection" && actor.connectionId !== connectionId)
    throw notFound("Connection");
  const connection = await inOrganization(context, (db) => readConnection(db, connectionId));
  if (actor.kind === "person" && !looksAfter(actor, connection.ownerId))
    throw new DomainError(
      "forbidden",
      "Only an admin, or the person who owns the connection, may see it",
    );
  return connection;
}

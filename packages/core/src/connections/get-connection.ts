import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../in-organization.ts";
import { readConnection, type Connection } from "./connection.ts";

/**
 * One connection. People see all of their organization, a machine only itself.
 *
 * @throws DomainError `not_found`
 */
export async function getConnection(context: Context, connectionId: string): Promise<Connection> {
  const { actor } = context;
  if (actor.kind === "connection" && actor.connectionId !== connectionId)
    throw notFound("Connection");
  return inOrganization(context, (db) => readConnection(db, connectionId));
}

import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { nameActor } from "../actors/name-actor.ts";
import type { Via } from "../actors/via.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/** A comment of a person or a connection on a request. */
export interface Comment {
  id: string;
  requestId: string;
  /** The author. For a connection: the person who owns it. */
  personId: string | null;
  connectionId: string | null;
  /** The person's name, or the connection's. */
  authorName: string | null;
  /** The author with the machine that they wrote through (`nameActor`). */
  authorFullName: string | null;
  /** The means that the author wrote through. Null: it was not recorded. */
  via: Via | null;
  body: string;
  createdAt: Date;
}

/**
 * Lists the comments of one request, oldest first, at most `limit`.
 *
 * @throws DomainError `not_found`
 */
export function listComments(
  context: Context<InOrganization>,
  requestId: string,
  limit = 1000,
): Promise<Comment[]> {
  return inOrganization(context, async (db) => {
    const found = await db.query("select 1 from requests where id = $1", [requestId]);
    if (found.rowCount === 0) throw notFound("Request");
    const { rows } = await db.query<
      Omit<Comment, "authorName" | "authorFullName"> & {
        personName: string | null;
        connectionName: string | null;
      }
    >(
      `select c.id, c.request_id as "requestId", coalesce(c.person_id, n.owner_id) as "personId", c.connection_id as "connectionId",
              p.name as "personName", n.name as "connectionName", c.via, c.body, c.created_at as "createdAt"
       from comments c
       left join connections n on n.id = c.connection_id
       left join people p on p.id = coalesce(c.person_id, n.owner_id)
       where c.request_id = $1 order by c.created_at, c.id limit $2`,
      [requestId, limit],
    );
    return rows.map(({ personName, connectionName, ...comment }) => ({
      ...comment,
      authorName: connectionName ?? personName,
      authorFullName: nameActor({
        person: personName,
        connection: connectionName,
        via: comment.via,
      }),
    }));
  });
}

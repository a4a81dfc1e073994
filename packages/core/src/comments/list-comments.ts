import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/** A comment of a person or a connection on a request. */
export interface Comment {
  id: string;
  requestId: string;
  /** The author. For a connection: the person who owns it. */
  personId: string | null;
  connectionId: string | null;
  authorName: string | null;
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
    const { rows } = await db.query<Comment>(
      `select c.id, c.request_id as "requestId", coalesce(c.person_id, n.owner_id) as "personId", c.connection_id as "connectionId",
              coalesce(p.name, n.name) as "authorName", c.body, c.created_at as "createdAt"
       from comments c
       left join people p on p.id = c.person_id
       left join connections n on n.id = c.connection_id
       where c.request_id = $1 order by c.created_at, c.id limit $2`,
      [requestId, limit],
    );
    return rows;
  });
}

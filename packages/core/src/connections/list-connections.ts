import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { connectionColumns, type Connection } from "./connection.ts";

const CONNECTIONS_MAX = 1000;

/** Returns the organization's connections, newest first, at most 1,000. A machine sees only itself. */
export async function listConnections(context: Context<InOrganization>): Promise<Connection[]> {
  const { actor } = context;
  const { rows } = await inOrganization(context, (db) =>
    db.query<Connection>(
      `select ${connectionColumns} from connections c join people p on p.id = c.owner_id
       where c.deleted_at is null and ($1::uuid is null or c.id = $1)
       order by c.created_at desc, c.id desc limit ${CONNECTIONS_MAX}`,
      [actor.kind === "connection" ? actor.connectionId : null],
    ),
  );
  return rows;
}

import type { PoolClient } from "pg";

/** A connection, and the person who answers for it, as a mail to them names both. */
export interface OwnedConnection {
  connectionId: string;
  connectionName: string;
  ownerName: string;
  /** null: they have none. */
  ownerEmail: string | null;
}

/** The owner of a connection that exists; a person who has left the organization is not seen from within it. */
export async function readOwner(db: PoolClient, connectionId: string): Promise<OwnedConnection> {
  const { rows } = await db.query<OwnedConnection>(
    `select c.id as "connectionId", c.name as "connectionName", coalesce(p.name, '') as "ownerName",
       p.email as "ownerEmail"
     from connections c left join people p on p.id = c.owner_id where c.id = $1`,
    [connectionId],
  );
  return rows[0]!;
}

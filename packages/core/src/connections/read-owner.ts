import { onlyRow } from "@sayso/database";
import type { Transaction } from "../transactions/transaction.ts";

/** A connection and the person who answers for it, as a mail to that person names both. */
export interface OwnedConnection {
  connectionId: string;
  connectionName: string;
  ownerName: string;
  /** Null: they have none. */
  ownerEmail: string | null;
}

/**
 * Returns a connection that exists, with its owner. In an organization's transaction an owner who has left the
 * organization isn't visible: the name is then empty and the address null.
 */
export async function readOwner(db: Transaction, connectionId: string): Promise<OwnedConnection> {
  const { rows } = await db.query<OwnedConnection>(
    `select c.id as "connectionId", c.name as "connectionName", coalesce(p.name, '') as "ownerName",
       p.email as "ownerEmail"
     from connections c left join people p on p.id = c.owner_id where c.id = $1`,
    [connectionId],
  );
  return onlyRow(rows);
}

import type { Transaction } from "../transactions/transaction.ts";

/** Ends the apps that act through a connection, and the grants that people gave them, in the caller's transaction. */
export async function endClientsOf(db: Transaction, connectionId: string): Promise<void> {
  await db.query(
    "update oauth_clients set deleted_at = now() where connection_id = $1 and deleted_at is null",
    [connectionId],
  );
  await db.query(
    `update oauth_grants set revoked_at = now(), revoked_reason = 'connection_deleted'
     where connection_id = $1 and revoked_at is null`,
    [connectionId],
  );
}

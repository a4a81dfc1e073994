import type { PoolClient } from "pg";

/**
 * Waits until no other transaction is changing this goal. Call it before anything is written or locked: a transaction
 * that waits for a row has its id already, and the feed tells transactions that commit close to one another in the order of
 * their ids, so two updates at the same instant would be told the wrong way round. This wait comes before the id.
 *
 * @param goalId any text: one that is no id waits for nobody
 */
export async function awaitTurn(db: PoolClient, goalId: string): Promise<void> {
  await db.query("select pg_advisory_xact_lock(hashtextextended('goal ' || lower($1), 0))", [
    goalId,
  ]);
}

import type { Transaction } from "../transactions/transaction.ts";

/**
 * Waits until no other transaction is changing this goal. Call it before anything is written or locked, so that the
 * transaction has no id yet while it waits. The feed orders transactions that commit close together by their ids: if
 * two updates waited for the row instead, with their ids, the feed could show them in the wrong order.
 *
 * @param goalId any text; a text that is no id waits for nobody
 */
export async function awaitTurn(db: Transaction, goalId: string): Promise<void> {
  await db.query("select pg_advisory_xact_lock(hashtextextended('goal ' || lower($1), 0))", [
    goalId,
  ]);
}

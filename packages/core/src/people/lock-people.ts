import type { Transaction } from "../transactions/transaction.ts";

/**
 * Locks people's rows against other changes, in an order that all callers share. Other rows can still refer to them.
 */
export async function lockPeople(db: Transaction, ids: readonly string[]): Promise<void> {
  await db.query("select from people where id = any ($1) order by id for no key update", [ids]);
}

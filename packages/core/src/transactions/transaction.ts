import type { Pool, QueryResultRow } from "pg";
import type { TransactionHints } from "../capabilities.ts";
import type { Queryable } from "../queryable.ts";

/**
 * A transaction under way. Functions that write take part in it, and say what the commit leaves to do, so that no
 * caller has to remember it. Hints go out after the commit, once, and never after a rollback.
 */
export interface Transaction extends Queryable {
  /** Has the sequencer number the new events at once. Call it wherever events are written. */
  noteEvents(): void;
  /** Wakes a worker. Call it wherever a mail, a delivery or a deadline is written. */
  noteWork(): void;
}

/**
 * Runs `work` in one transaction of a connection of its own. The transaction commits when `work` returns and rolls back
 * when it throws. Nothing is tried again.
 *
 * @param begin the statements that begin it, sent in one round trip; `work` gets the first row of the last one
 * @throws the error of a statement or of `work`, after the rollback
 */
export async function runTransaction<T, Begun extends QueryResultRow>(
  pool: Pool,
  hints: TransactionHints,
  begin: string,
  work: (db: Transaction, begun: Begun | undefined) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let hasEvents = false;
  let hasWork = false;
  let isBroken = false;
  try {
    const db: Transaction = {
      query: (statement, values) => client.query(statement, values),
      noteEvents: () => void (hasEvents = true),
      noteWork: () => void (hasWork = true),
    };
    // node-postgres answers several statements with a list of results.
    const begun = [await client.query<Begun>(begin)].flat().at(-1)?.rows[0];
    const result = await work(db, begun);
    await client.query("commit");
    if (hasEvents) hints.eventsWritten();
    if (hasWork) hints.wakeWorker();
    return result;
  } catch (error) {
    // A link in an unknown state is not given back to the pool. On a lost link the rollback fails at once.
    await client.query("rollback").catch(() => (isBroken = true));
    throw error;
  } finally {
    client.release(isBroken);
  }
}

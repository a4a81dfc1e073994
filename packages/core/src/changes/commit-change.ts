import { lastItem } from "../lists/last-item.ts";
import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { Failpoints, InOrganization, NewIds } from "../capabilities.ts";
import {
  storeTransitions,
  type CommitChange,
  type CommitOutcome,
  type TransitionWrite,
} from "../approvals/commit.ts";
import { withMeans } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { applyChange, type StoredChange } from "./apply-change.ts";

/** Rolls the transaction back, so that it leaves no trace. */
class NotCommitted extends Error {
  readonly outcome: CommitOutcome;
  constructor(outcome: CommitOutcome) {
    super(outcome);
    this.outcome = outcome;
  }
}

/**
 * Creates the function that commits the approval of a change together with the change itself: both in one transaction,
 * or neither. An applier that is to be called is called by the worker after the commit.
 */
export const createChangeCommitter =
  (services: InOrganization & NewIds & Failpoints): CommitChange =>
  async (by, write) => {
    const context = { ...by, services };
    try {
      await inOrganization(context, (db) => applyAndStore(db, context, write), {
        seesEvery: true,
      });
      return "committed";
    } catch (error) {
      if (error instanceof NotCommitted) return error.outcome;
      throw error;
    }
  };

/** Applies the change or enqueues the call of its applier, and stores the approval. */
async function applyAndStore(
  db: Transaction,
  context: Context<NewIds & Failpoints>,
  write: TransitionWrite,
): Promise<void> {
  // Before any row, as commit_transitions does: a transaction that ends a voter's right locks the rows after it.
  await db.query("select lock_voters($1, $2)", [context.organizationId, JSON.stringify([write])]);
  // Locks the request before the entity: when two people approve at once, the second finds it decided.
  const { rows } = await db.query<StoredChange & { version: number }>(
    `select r.version, c.request_id as "requestId", c.entity_type as "entityType", c.entity_id as "entityId",
           c.entity_name as "entityName", c.action, c.payload, c.made_for_version as "madeForVersion"
         from requests r join changes c on c.request_id = r.id where r.id = $1 for update of r`,
    [write.id],
  );
  const [found] = rows;
  if (found?.version !== write.expected_version) throw new NotCommitted("stale");
  const { version: _, ...change } = found;
  const approval = { eventId: lastItem(write.events).id, decidedBy: write.decided_by };
  const event = await applyChange(db, context, change, approval);
  context.services.reach("after_apply");
  const { committed, stopped } = await storeTransitions(db, context.organizationId, [
    withEvent(write, { ...event, data: withMeans(context.actor, event.data) }),
  ]);
  if (!committed.includes(write.id)) throw new NotCommitted(stopped ? "stopped" : "stale");
}

/** Returns the write with one more event at its end, which has the actor of the last one. */
function withEvent(
  write: TransitionWrite,
  { id, type, data }: { id: string; type: string; data: Record<string, unknown> },
) {
  const last = lastItem(write.events);
  return {
    ...write,
    event_sequence: last.sequence + 1,
    events: [...write.events, { ...last, id, type, data, sequence: last.sequence + 1 }],
  };
}

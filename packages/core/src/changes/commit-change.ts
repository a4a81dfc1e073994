import type { Context } from "../context.ts";
import { storeTransitions, type CommitOutcome, type TransitionWrite } from "../approvals/commit.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { applyChange, type StoredChange } from "./apply-change.ts";

/**
 * Commits the approval of a change: what the vote writes, and what it applies, in one transaction of its own. So an
 * application that is refused undoes this approval, and nobody else's.
 *
 * @throws DomainError `conflict`: the entity has changed since, or is being changed; nothing is written
 */
export type CommitChange = (context: Context, write: TransitionWrite) => Promise<CommitOutcome>;

/** Ends the transaction without a trace. */
class NotCommitted extends Error {
  readonly outcome: CommitOutcome;
  constructor(outcome: CommitOutcome) {
    super(outcome);
    this.outcome = outcome;
  }
}

export const commitChange: CommitChange = async (context, write) => {
  const { services, organizationId } = context;
  try {
    const isApplied = await inOrganization(
      context,
      async (db) => {
        // The request before the entity, so that of two who approve at once the second finds it decided.
        const { rows } = await db.query<StoredChange & { version: number }>(
          `select r.version, c.request_id as "requestId", c.entity_type as "entityType", c.entity_id as "entityId",
           c.entity_name as "entityName", c.action, c.payload, c.made_for_version as "madeForVersion"
         from requests r join changes c on c.request_id = r.id where r.id = $1 for update of r`,
          [write.id],
        );
        const [found] = rows;
        if (found?.version !== write.expected_version) throw new NotCommitted("stale");
        const { version: _, ...change } = found;
        const approval = { eventId: write.events.at(-1)!.id, decidedBy: write.decided_by };
        const application = await applyChange(db, context, change, approval);
        services.reach("after_apply");
        const { committed, stopped } = await storeTransitions(db, organizationId, [
          withEvent(write, application.event),
        ]);
        if (!committed.includes(write.id)) throw new NotCommitted(stopped ? "stopped" : "stale");
        return application.isApplied;
      },
      { seesEvery: true },
    );
    if (!isApplied) services.wakeWorker();
    return "committed";
  } catch (error) {
    if (error instanceof NotCommitted) return error.outcome;
    throw error;
  }
};

/** The write with one more event, which follows from it. */
function withEvent(
  write: TransitionWrite,
  { id, type, data }: { id: string; type: string; data: Record<string, unknown> },
) {
  const last = write.events.at(-1)!;
  return {
    ...write,
    event_sequence: last.sequence + 1,
    events: [...write.events, { ...last, id, type, data, sequence: last.sequence + 1 }],
  };
}

import { onlyRow } from "@sayso/database";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";

/** The outcome of one round of the sequencer. */
export interface SequencedRound {
  /** `more`: call again at once. `busy`: another process is sequencing. */
  state: "done" | "more" | "busy";
  /** The number of events that got their position. */
  added: number;
  /** The new last positions of these organizations' feeds. */
  heads: FeedHeads;
  /** Says whether the round enqueued deliveries to subscriptions. */
  hasDeliveries: boolean;
}

/** The position of the last event of each organization's feed. */
export type FeedHeads = ReadonlyMap<string, number>;

/**
 * Gives committed events without a position their position in their organization's feed, and enqueues the deliveries to
 * subscriptions. Any number of processes can call it at once: one does the work. It misses no event that commits late,
 * and no writer waits for another (packages/database/sql/functions/feed/sequence_events.sql).
 *
 * @param limit the rough number of events in one round
 * @throws DomainError `unavailable`
 */
export async function sequenceEvents(services: SystemPool, limit: number): Promise<SequencedRound> {
  const { rows } = await withRetries(() =>
    services.system.query<{
      state: SequencedRound["state"];
      added: number;
      heads: Record<string, number> | null;
      has_deliveries: boolean;
    }>({
      name: "sequence_events",
      text: "select state, added, heads, has_deliveries from sequence_events($1)",
      values: [limit],
    }),
  );
  const { state, added, heads, has_deliveries: hasDeliveries } = onlyRow(rows);
  return { state, added, heads: new Map(Object.entries(heads ?? {})), hasDeliveries };
}

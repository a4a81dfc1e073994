import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";

/** What one round came to. */
export interface SequencedRound {
  /** `more`: call again at once. `busy`: another process is at it. */
  state: "done" | "more" | "busy";
  /** How many events got their place. */
  added: number;
  /** How far the feeds of these organizations reach now. */
  heads: FeedHeads;
  /** Subscriptions are to be told. */
  hasDeliveries: boolean;
}

/** The position of the last event of each organization's feed. */
export type FeedHeads = ReadonlyMap<string, number>;

/**
 * Gives the committed events that have none yet their place in their organization's feed, and enqueues what
 * subscriptions are told of them. Any number of processes may call it at once: one does the work. Nothing that commits
 * late is missed, and whoever writes waits for nobody (0010_feed.sql).
 *
 * @param limit of events in one round, roughly
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
  const { state, added, heads, has_deliveries: hasDeliveries } = rows[0]!;
  return { state, added, heads: new Map(Object.entries(heads ?? {})), hasDeliveries };
}

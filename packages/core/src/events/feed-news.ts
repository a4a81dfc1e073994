import type { Pool } from "pg";
import { withRetries } from "../transactions/database-errors.ts";
import type { FeedHeads } from "./sequence-events.ts";
import { createFeedTails, type FeedTails } from "./feed-tails.ts";

/** Notifies the callers that wait in this process when a feed has grown. */
export interface FeedNews {
  /**
   * Reports that feeds reach at least these positions now. Null: some feed might have grown. A hint: losing it delays
   * for a second.
   */
  changed: (heads: FeedHeads | null) => void;
  /** Resolves when the organization's feed goes beyond the position, after `timeoutMs`, or when the signal aborts. */
  wait: (
    organizationId: string,
    position: number,
    timeoutMs: number,
    signal?: AbortSignal,
  ) => Promise<void>;
  /** The newest entries of each feed, read once for all followers. */
  tails: FeedTails;
  /** Ends every wait, now and later. */
  close: () => void;
  readonly isClosed: boolean;
}

export interface FeedReader {
  /** The callers that wait for events in this process. */
  feed: FeedNews;
}

const POLL_MS = 1000;
/**
 * The number of heads that are remembered, so that a change between reading and waiting isn't missed. The oldest go
 * first.
 */
const REMEMBERED_MAX = 10_000;

interface Waiter {
  position: number;
  done: () => void;
}

/**
 * Lets callers wait for events. A change that is reported wakes them at once. For changes that nobody reports, one
 * query a second covers all feeds that callers wait for. While the database is away, callers go on waiting.
 */
export function createFeedNews({ app, system }: { app: Pool; system: Pool }): FeedNews {
  const waiting = new Map<string, Set<Waiter>>();
  const heads = new Map<string, number>();
  const closing = new AbortController();
  let poll: NodeJS.Timeout | undefined;

  const learn = (organizationId: string, position: number) => {
    if (position < (heads.get(organizationId) ?? 0)) return;
    // Deleted first, so that the map is in order of age.
    heads.delete(organizationId);
    heads.set(organizationId, position);
    const [oldest] = heads.keys();
    if (oldest !== undefined && heads.size > REMEMBERED_MAX) heads.delete(oldest);
    for (const waiter of [...(waiting.get(organizationId) ?? [])])
      if (waiter.position < position) waiter.done();
  };

  const look = async () => {
    const { rows } = await withRetries(() =>
      system.query<{ organization_id: string; position: number }>({
        name: "find_feed_heads",
        text: "select organization_id, position from feed_heads where organization_id = any ($1)",
        values: [[...waiting.keys()]],
      }),
    );
    for (const row of rows) learn(row.organization_id, row.position);
  };

  const schedulePoll = () => {
    poll ??= setTimeout(() => {
      poll = undefined;
      if (waiting.size === 0) return;
      void look()
        .catch(() => undefined)
        .finally(schedulePoll);
    }, POLL_MS).unref();
  };

  const wait: FeedNews["wait"] = (organizationId, position, timeoutMs, signal) =>
    new Promise((resolve) => {
      if (
        signal?.aborted ||
        closing.signal.aborted ||
        (heads.get(organizationId) ?? 0) > position
      ) {
        resolve();
        return;
      }
      const waiter: Waiter = {
        position,
        done() {
          clearTimeout(timer);
          const others = waiting.get(organizationId);
          others?.delete(waiter);
          if (others?.size === 0) waiting.delete(organizationId);
          signal?.removeEventListener("abort", waiter.done);
          resolve();
        },
      };
      const timer = setTimeout(waiter.done, timeoutMs);
      signal?.addEventListener("abort", waiter.done, { once: true });
      waiting.set(organizationId, (waiting.get(organizationId) ?? new Set()).add(waiter));
      schedulePoll();
    });

  return {
    changed(known) {
      if (known) for (const [organizationId, position] of known) learn(organizationId, position);
      else if (waiting.size > 0) void look().catch(() => undefined);
    },
    wait,
    tails: createFeedTails(app, wait, closing.signal),
    close() {
      closing.abort();
      for (const waiters of [...waiting.values()]) for (const { done } of [...waiters]) done();
    },
    get isClosed() {
      return closing.signal.aborted;
    },
  };
}

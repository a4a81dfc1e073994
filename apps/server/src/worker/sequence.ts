import { setTimeout as sleep } from "node:timers/promises";
import { sequenceEvents, type FeedHeads, type Services } from "@sayso/core";
import { startLoop, type Loop } from "./loop.ts";

export interface SequencerOptions {
  services: Services;
  /** Called after a round that added events, with the new heads of the feeds. */
  onHeads: (heads: FeedHeads) => void;
  /** Called after a round that enqueued deliveries. */
  onDeliveries: () => void;
  complain: (what: string, error: unknown) => void;
}

/** The poll finds everything: a lost hint delays by this time at most. */
const POLL_MS = 500;
/** Under load, a round takes in the events that were written in this time. A single event doesn't wait. */
const ROUNDS_APART_MS = 20;
/**
 * Under heavy load rounds take in more, because each costs a flush, and writers need the processor and the disk. The
 * pause grows with the number of events in the last round, so that a small burst delays nobody for long.
 */
const MANY = 16;
const PAUSE = { perEventMs: 3, maxMs: 200 };
/** The pause while another process sequences: its current round can have missed an event that was written here. */
const AFTER_BUSY_MS = 50;
const AFTER_ERROR_MS = 1000;
const LIMIT = { max: 2000, min: 20 };

/**
 * Gives events their positions in the feed, round after round, and reports the new heads. Any number of processes may
 * run a sequencer; one works at a time. After a failed round, for example one that took too long (many events for many
 * subscriptions), the next round is smaller.
 */
export function startSequencer({
  services,
  onHeads,
  onDeliveries,
  complain,
}: SequencerOptions): Loop {
  let limit = LIMIT.max;
  const round = async (): Promise<number> => {
    const { state, added, heads, hasDeliveries } = await sequenceEvents(services, limit);
    limit = Math.min(LIMIT.max, limit * 2);
    if (added > 0) {
      services.reach("after_sequencing");
      onHeads(heads);
    }
    if (hasDeliveries) onDeliveries();
    if (state === "done" && added >= MANY)
      await sleep(Math.min(PAUSE.maxMs, added * PAUSE.perEventMs));
    return { more: 0, busy: AFTER_BUSY_MS, done: POLL_MS }[state];
  };
  return startLoop({
    round,
    onError(error) {
      limit = Math.max(LIMIT.min, Math.floor(limit / 10));
      complain("giving events their place in the feed", error);
    },
    afterErrorMs: AFTER_ERROR_MS,
    apartMs: ROUNDS_APART_MS,
  });
}

import { setTimeout as sleep } from "node:timers/promises";
import { sequenceEvents, type FeedHeads, type Services } from "@sayso/core";
import { startLoop, type Loop } from "./loop.ts";

export interface SequencerOptions {
  services: Services;
  /** How far the feeds reach after a round that added something. */
  onHeads: (heads: FeedHeads) => void;
  /** A round enqueued deliveries. */
  onDeliveries: () => void;
  complain: (what: string, error: unknown) => void;
}

/** The poll is the truth: a lost hint costs this much. */
const POLL_MS = 500;
/** Under load rounds gather what is written in that time; a lone event doesn't wait. */
const ROUNDS_APART_MS = 20;
/**
 * Under heavy load they gather more, so that writers keep the processor and the disk: a round costs a flush. How long
 * depends on what the last one found, so that a small burst delays nobody for long.
 */
const MANY = 16;
const PAUSE = { perEventMs: 3, maxMs: 200 };
/** What was written here may have come too late for the round of the process that is at it. */
const AFTER_BUSY_MS = 50;
const AFTER_ERROR_MS = 1000;
const LIMIT = { max: 2000, min: 20 };

/**
 * Gives events their places in the feed, round after round, and says how far it came. Any number of processes may run
 * one; one works at a time. A round that takes too long (many events for many subscriptions) is tried again smaller.
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

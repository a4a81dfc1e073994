import type { Request } from "express";

/**
 * Remembers waits that ended without news, so that the call that continues one is not counted again: a wait for a
 * decision or for events costs one call, however long it is. It is kept in memory, per process. Losing it costs a call.
 */
export interface ContinuedWaits {
  /** Whether this call continues a wait. It then no longer counts as ended. */
  continues: (bucketId: string, request: Request) => boolean;
  /** Notes that a call that began at this time, by `performance.now()`, was answered. */
  ended: (bucketId: string, request: Request, beganAt: number) => void;
}

/** Shorter waits count as calls of their own. */
const WAIT_SECONDS_MIN = 10;
/** The time in which a wait is continued. */
const CONTINUED_WITHIN_MS = 60_000;
const WAITS_MAX = 10_000;

export function createContinuedWaits(): ContinuedWaits {
  const waits = new Map<string, number>();
  return {
    continues(bucketId, request) {
      if (waitOf(request) < WAIT_SECONDS_MIN) return false;
      const name = nameOf(bucketId, request);
      const endedAt = waits.get(name) ?? -Infinity;
      waits.delete(name);
      return performance.now() - endedAt <= CONTINUED_WITHIN_MS;
    },
    ended(bucketId, request, beganAt) {
      const seconds = waitOf(request);
      if (seconds < WAIT_SECONDS_MIN) return;
      const now = performance.now();
      if (now - beganAt < seconds * 1000 - 100) return;
      const [oldest] = waits.keys();
      if (waits.size >= WAITS_MAX && oldest !== undefined) waits.delete(oldest);
      waits.set(nameOf(bucketId, request), now);
    },
  };
}

const waitOf = ({ query }: Request): number => Number(query.wait) || 0;

/** The address without the length of the wait. A wait for events is continued at the place where it ended. */
function nameOf(bucketId: string, { path, query }: Request): string {
  const { wait: _, ...rest } = query;
  return `${bucketId} ${path} ${JSON.stringify(rest).slice(0, 500)}`;
}

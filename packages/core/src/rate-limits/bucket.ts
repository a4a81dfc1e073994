import type { SystemPool } from "../capabilities.ts";
import type { DatabaseClock } from "./database-clock.ts";
import { leaseRate, returnRate } from "./lease.ts";
import { rateWindows, type RateWindow } from "./rate-window.ts";

/** One connection's or person's hour (or minute), as this process knows it. */
export interface Bucket {
  organizationId: string;
  bucketId: string;
  window: RateWindow;
  limit: number;
  /** The requests that are leased and not used yet. */
  held: number;
  /** The requests that nobody had leased when the database was last asked. */
  remaining: number;
  resetsAt: Date;
  /** `performance.now()` */
  askedAt: number;
  usedAt: number;
  waiting: number;
  leasing: Promise<void> | null;
}

const LEASE_MAX = 64;
const LEASE_SHARE = 16;

/** Makes a bucket that the database has not been asked about yet. */
export const openBucket = (
  organizationId: string,
  bucketId: string,
  limit: number,
  window: RateWindow,
): Bucket => ({
  organizationId,
  bucketId,
  window,
  limit,
  held: 0,
  remaining: limit,
  resetsAt: new Date(0),
  askedAt: -Infinity,
  usedAt: 0,
  waiting: 0,
  leasing: null,
});

/**
 * Leases requests for everybody who waits for this bucket, in one query: a sixteenth of the remaining ones, 64 at most,
 * and no fewer than are waiting.
 *
 * @throws DomainError `unavailable`
 */
export async function borrow(
  services: SystemPool,
  clock: DatabaseClock,
  bucket: Bucket,
): Promise<void> {
  bucket.waiting++;
  try {
    // Begins in a later microtask, so that all callers of this one are counted.
    await (bucket.leasing ??= Promise.resolve()
      .then(() => lease(services, clock, bucket))
      .finally(() => (bucket.leasing = null)));
  } finally {
    bucket.waiting--;
  }
}

async function lease(services: SystemPool, clock: DatabaseClock, bucket: Bucket): Promise<void> {
  const want = Math.max(
    bucket.waiting,
    Math.min(LEASE_MAX, Math.floor(bucket.remaining / LEASE_SHARE)),
  );
  const [askedAt, askedAtWall] = [performance.now(), Date.now()];
  const got = await leaseRate(services, bucket, want);
  clock.observe(got.observedAt, askedAt, askedAtWall);
  const isSameWindow = got.resetsAt.getTime() === bucket.resetsAt.getTime();
  bucket.held = got.granted + (isSameWindow ? bucket.held : 0);
  bucket.remaining = got.remaining;
  bucket.resetsAt = got.resetsAt;
  bucket.askedAt = performance.now();
}

/**
 * Gives back the leased requests of these buckets. Requests that can't be given back are lost to this window, so that
 * it allows fewer, never more.
 */
export async function giveBack(services: SystemPool, buckets: readonly Bucket[]): Promise<void> {
  const returned = buckets
    .filter(({ held }) => held > 0)
    .sort((a, b) => (a.bucketId < b.bucketId ? -1 : 1))
    .map((bucket) => ({
      organizationId: bucket.organizationId,
      bucketId: bucket.bucketId,
      windowSeconds: rateWindows[bucket.window],
      resetsAt: bucket.resetsAt,
      count: bucket.held,
    }));
  for (const bucket of buckets) bucket.held = 0;
  if (returned.length > 0) await returnRate(services, returned).catch(() => undefined);
}

import type { SystemPool } from "../capabilities.ts";
import { borrow, giveBack, openBucket, type Bucket } from "./bucket.ts";
import { createDatabaseClock } from "./database-clock.ts";
import type { RateWindow } from "./rate-window.ts";

/** The outcome of one request, as its `X-RateLimit-*` and `Retry-After` headers say it. */
export interface RateDecision {
  allowed: boolean;
  /** Requests per hour, or per minute. */
  limit: number;
  /** The requests that are left after this one. It can be a little low while other replicas hold leases. */
  remaining: number;
  /** The end of the UTC hour or minute, in seconds since 1970. */
  resetAtSeconds: number;
  /** The seconds until then; 0 where the request is allowed. */
  retryAfterSeconds: number;
}

export interface RateLimiter {
  /**
   * Counts one request against the bucket's hour. All replicas together never allow more than `limit` between two full
   * hours of the database's clock.
   *
   * @param window default "hour"; a bucket's minutes are counted apart from its hours
   * @throws DomainError `unavailable`
   */
  take(
    organizationId: string,
    bucketId: string,
    limit: number,
    window?: RateWindow,
  ): Promise<RateDecision>;
  /** Returns what the next request would be told, without counting one. Null: this process counted none in this hour. */
  peek(bucketId: string, limit: number, window?: RateWindow): RateDecision | null;
  /** Gives back the requests that are leased and not used. The pools must still be open. */
  close(): Promise<void>;
}

/**
 * The age until which an exhausted bucket refuses without asking the database again: another replica can have given
 * something back.
 */
const REFUSAL_MAX_AGE_MS = 1000;
const RETURN_AFTER_IDLE_MS = 2000;
const TIDY_EVERY_MS = 500;
const BUCKETS_MAX = 10_000;

/**
 * Makes a rate limiter that counts in memory the requests that it leased from the database. A lease is a sixteenth of
 * the remaining requests, 64 at most and 1 near the end, so that no replica sits on the last ones. The leases of a
 * bucket that was idle for 2 s are given back.
 */
export function createRateLimiter(services: SystemPool): RateLimiter {
  const buckets = new Map<string, Bucket>();
  const clock = createDatabaseClock();

  const tidy = (): void => {
    const now = performance.now();
    const idle = [...buckets.values()].filter(
      (b) => !b.leasing && now - b.usedAt > RETURN_AFTER_IDLE_MS,
    );
    void giveBack(services, idle);
    if (buckets.size > BUCKETS_MAX) for (const bucket of idle) buckets.delete(nameOf(bucket));
  };
  const tidying = setInterval(tidy, TIDY_EVERY_MS).unref();

  const decide = (bucket: Bucket, allowed: boolean): RateDecision => {
    const leftMs = bucket.resetsAt.getTime() - (clock.nowMs() ?? bucket.resetsAt.getTime());
    return {
      allowed,
      limit: bucket.limit,
      remaining: allowed ? bucket.remaining + bucket.held : 0,
      resetAtSeconds: bucket.resetsAt.getTime() / 1000,
      retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil(leftMs / 1000)),
    };
  };

  return {
    async take(organizationId, bucketId, limit, window = "hour") {
      const name = nameOf({ bucketId, window });
      const bucket = buckets.get(name) ?? openBucket(organizationId, bucketId, limit, window);
      buckets.set(name, bucket);
      if (bucket.limit !== limit) {
        // The lease under the other limit can be more than this limit leaves.
        void giveBack(services, [bucket]);
        Object.assign(bucket, { limit, remaining: limit, askedAt: -Infinity });
      }
      for (let justLeased = false; ; justLeased = true) {
        bucket.usedAt = performance.now();
        const now = clock.nowMs();
        const isCurrent = justLeased || (now !== null && now < bucket.resetsAt.getTime());
        if (isCurrent && bucket.held > 0) {
          bucket.held--;
          return decide(bucket, true);
        }
        const isExhausted =
          bucket.remaining === 0 && bucket.usedAt - bucket.askedAt < REFUSAL_MAX_AGE_MS;
        if (isCurrent && isExhausted) return decide(bucket, false);
        await borrow(services, clock, bucket);
      }
    },
    peek(bucketId, limit, window = "hour") {
      const bucket = buckets.get(nameOf({ bucketId, window }));
      const now = clock.nowMs();
      if (bucket?.limit !== limit || now === null || now >= bucket.resetsAt.getTime()) return null;
      return decide(bucket, true);
    },
    async close() {
      clearInterval(tidying);
      for (const { leasing } of buckets.values()) await leasing?.catch(() => undefined);
      await giveBack(services, [...buckets.values()]);
    },
  };
}

const nameOf = ({ bucketId, window }: Pick<Bucket, "bucketId" | "window">): string =>
  `${bucketId} ${window}`;

import { DomainError, type RateLimiter, type RateWindow } from "@sayso/core";
import type { Response } from "express";
import type { Credential } from "./authenticate.ts";

/**
 * Counts the request against its credential's hour (or minute), and sets the `X-RateLimit-*` headers.
 *
 * @throws DomainError `rate_limited` with `details.retry_after_seconds`; `unavailable`
 */
export type RateLimit = (
  credential: Credential,
  response: Response,
  /** True: sets the headers, and counts only if it doesn't know them. */
  isFree?: boolean,
) => Promise<void>;

export interface CountedBy {
  limit: number;
  window: RateWindow;
}

/**
 * Sets `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds since 1970), and `Retry-After` if nothing is left.
 *
 * @param countBy the limit and window of a credential; default: its own limit an hour
 */
export function createRateLimit(
  limiter: RateLimiter,
  countBy: (credential: Credential) => CountedBy = ({ rateLimitPerHour }) => ({
    limit: rateLimitPerHour,
    window: "hour",
  }),
): RateLimit {
  return async (credential, response, isFree = false) => {
    const { organizationId, bucketId } = credential;
    const { limit, window } = countBy(credential);
    const decision =
      (isFree ? limiter.peek(bucketId, limit, window) : null) ??
      (await limiter.take(organizationId, bucketId, limit, window));
    response.setHeader("X-RateLimit-Limit", decision.limit);
    response.setHeader("X-RateLimit-Remaining", decision.remaining);
    response.setHeader("X-RateLimit-Reset", decision.resetAtSeconds);
    if (decision.allowed) return;
    response.setHeader("Retry-After", decision.retryAfterSeconds);
    throw new DomainError(
      "rate_limited",
      `More than ${decision.limit} requests in this ${window}; try again when it is over`,
      {
        details: { limit: decision.limit, retry_after_seconds: decision.retryAfterSeconds },
      },
    );
  };
}

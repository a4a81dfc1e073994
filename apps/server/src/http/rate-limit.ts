import { DomainError, type RateLimiter } from "@sayso/core";
import type { Response } from "express";
import type { Credential } from "./authenticate.ts";

/**
 * Counts the request against its credential's hour and says so in the response's headers.
 *
 * @throws DomainError `rate_limited` with `details.retry_after_seconds`; `unavailable`
 */
export type RateLimit = (credential: Credential, response: Response) => Promise<void>;

/** `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds since 1970), and `Retry-After` where nothing is left. */
export function createRateLimit(limiter: RateLimiter): RateLimit {
  return async ({ organizationId, bucketId, rateLimitPerHour }, response) => {
    const decision = await limiter.take(organizationId, bucketId, rateLimitPerHour);
    response.setHeader("X-RateLimit-Limit", decision.limit);
    response.setHeader("X-RateLimit-Remaining", decision.remaining);
    response.setHeader("X-RateLimit-Reset", decision.resetAtSeconds);
    if (decision.allowed) return;
    response.setHeader("Retry-After", decision.retryAfterSeconds);
    throw new DomainError(
      "rate_limited",
      `More than ${decision.limit} requests in this hour; try again when it is over`,
      {
        details: { limit: decision.limit, retry_after_seconds: decision.retryAfterSeconds },
      },
    );
  };
}

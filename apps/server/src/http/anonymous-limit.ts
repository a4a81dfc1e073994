import { DomainError, networkOf } from "@sayso/core";
import type { Request, Response } from "express";

/**
 * Counts a call without a valid credential (none was given, or a wrong one) against its network: an IPv4 address or the
 * /64 of an IPv6 address. Sets the `X-RateLimit-*` headers.
 *
 * @throws DomainError `rate_limited` with `details.retry_after_seconds`
 */
export type AnonymousLimit = (request: Request, response: Response) => void;

const NETWORKS_MAX = 50_000;
const HOUR_MS = 3_600_000;

/**
 * Counts in memory, per process and clock hour. The limit slows down guessing and floods; no promise rests on it.
 *
 * @param callsAnHour calls that one network has in an hour
 */
export function createAnonymousLimit(callsAnHour: number): AnonymousLimit {
  let endsAt = 0;
  const calls = new Map<string, number>();
  return (request, response) => {
    const now = Date.now();
    if (now >= endsAt || endsAt - now > HOUR_MS || calls.size >= NETWORKS_MAX) calls.clear();
    endsAt = (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
    const network = networkOf(request.ip ?? "");
    const count = (calls.get(network) ?? 0) + 1;
    calls.set(network, count);
    response.setHeader("X-RateLimit-Limit", callsAnHour);
    response.setHeader("X-RateLimit-Remaining", Math.max(0, callsAnHour - count));
    response.setHeader("X-RateLimit-Reset", endsAt / 1000);
    if (count <= callsAnHour) return;
    const retryAfterSeconds = Math.ceil((endsAt - now) / 1000);
    throw new DomainError(
      "rate_limited",
      "Too many calls without a valid credential from your network; try again later",
      {
        details: { limit: callsAnHour, retry_after_seconds: retryAfterSeconds },
      },
    );
  };
}

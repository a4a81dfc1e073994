const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The time from the end of the previous attempt to each attempt, in milliseconds and before jitter. The first attempt
 * is made at once. Together they span 75 h 35 min. Source: Standard Webhooks 1.0, "Deliverability and reliability", the
 * schedule that Svix documents.
 */
export const ATTEMPT_DELAYS_MS: readonly number[] = [
  0,
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

/**
 * Delays, in milliseconds and before jitter, after the first answers of "not yet" ({@link isNotYet}). These attempts
 * come on top of {@link ATTEMPT_DELAYS_MS}, so a receiver that answers so for another reason gets no fewer attempts.
 */
export const NOT_YET_DELAYS_MS: readonly number[] = [1, 2, 4, 8, 15, 30].map(
  (seconds) => seconds * SECOND_MS,
);

/**
 * Statuses of a receiver that works but is not ready for this delivery yet: a conflict with its present state, or too
 * early (RFC 9110, 15.5.10; RFC 8470, 5.2). n8n answers so while it stores the execution that waits.
 */
export const NOT_YET_STATUSES: readonly number[] = [409, 425];

const isNotYet = (statusCode: number | null): boolean =>
  statusCode !== null && NOT_YET_STATUSES.includes(statusCode);

const JITTER = 0.2;
const RETRY_AFTER_MS_MAX = 24 * HOUR_MS;
const STATUSES_WITH_RETRY_AFTER = new Set([429, 503]);

/** The parts of an attempt's outcome that the next attempt depends on. */
export type AttemptOutcome = {
  /** Says whether it delivered. False also when a 2xx answer never ended. */
  ok: boolean;
  /** The answer's status. Null: no answer came. */
  statusCode: number | null;
  /** The `Retry-After` header as received. */
  retryAfter: string | null;
};

/**
 * The next step after an attempt:
 * - `delivered`: the receiver has it.
 * - `retry`: attempt again `afterMs` milliseconds from now.
 * - `exhausted`: the last attempt of the schedule has failed.
 * - `gone`: the receiver wants nothing more; unsubscribe it.
 */
export type NextAttempt =
  | { kind: "delivered" }
  | { kind: "retry"; afterMs: number }
  | { kind: "exhausted" }
  | { kind: "gone" };

/**
 * Decides what follows attempt number `attempt` (1 for the first). Only a 2xx delivers, so a redirect is a failure; 410
 * is `gone` at any attempt. A delay is the schedule's ±20 %. A `Retry-After` on 429 or 503 can lengthen it to at most
 * 24 h and never shortens it. The first few answers of "not yet" have delays of their own and take nothing from the
 * schedule.
 *
 * - `notYetBefore`: the number of earlier attempts whose answer was "not yet".
 * - `random`: uniform in [0, 1), such as `Math.random`.
 * - `now`: the time at which the outcome was known; a `Retry-After` date is read against it.
 *
 * Source: Standard Webhooks 1.0, "Delivery success and failure"; RFC 9110, 10.2.3.
 *
 * @throws RangeError when `attempt` is not a whole number from 1
 */
export function nextAttempt({
  attempt,
  notYetBefore = 0,
  outcome,
  random,
  now,
}: {
  attempt: number;
  notYetBefore?: number;
  outcome: AttemptOutcome;
  random: () => number;
  now: Date;
}): NextAttempt {
  if (!Number.isSafeInteger(attempt) || attempt < 1) {
    throw new RangeError("attempts are counted from 1");
  }
  const { ok, statusCode, retryAfter } = outcome;
  if (ok && statusCode !== null && statusCode >= 200 && statusCode <= 299) {
    return { kind: "delivered" };
  }
  if (statusCode === 410) return { kind: "gone" };

  const notYetDelayMs = isNotYet(statusCode) ? NOT_YET_DELAYS_MS[notYetBefore] : undefined;
  const extra = Math.min(notYetBefore, NOT_YET_DELAYS_MS.length);
  const delayMs = notYetDelayMs ?? ATTEMPT_DELAYS_MS[attempt - extra];
  if (delayMs === undefined) return { kind: "exhausted" };

  const jitteredMs = Math.round(delayMs * (1 - JITTER + 2 * JITTER * random()));
  const askedMs =
    retryAfter !== null && STATUSES_WITH_RETRY_AFTER.has(statusCode ?? 0)
      ? parseRetryAfterMs(retryAfter, now)
      : 0;
  return {
    kind: "retry",
    afterMs: Math.max(jitteredMs, Math.min(askedMs, RETRY_AFTER_MS_MAX)),
  };
}

// The three forms of RFC 9110, 5.6.7. Date.parse accepts far more ("5 x" is a year), so each value is checked first.
const HTTP_DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

function parseRetryAfterMs(header: string, now: Date): number {
  const value = header.trim();
  if (/^\d+$/.test(value)) return Number(value) * SECOND_MS;
  if (!HTTP_DATES.some((form) => form.test(value))) return 0;
  const time = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`);
  return Number.isNaN(time) ? 0 : time - now.getTime();
}

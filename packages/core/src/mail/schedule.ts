const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The delay after each failed attempt, in milliseconds and before jitter. Nine attempts take 37 h 16 min together. Most
 * mails expire sooner, with the link in them. (RFC 5321 §4.5.4.1 asks for 30 minutes between later attempts.)
 */
const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  HOUR_MS,
  4 * HOUR_MS,
  8 * HOUR_MS,
  24 * HOUR_MS,
];

const JITTER = 0.2;

/**
 * Returns the delay after attempt number `attempt` (1 for the first) has failed, in milliseconds from now, ±20 %. Null:
 * that was the last attempt.
 *
 * @param random uniform in [0, 1), such as `Math.random`
 */
export function nextMailAttempt(attempt: number, random: () => number): number | null {
  const delayMs = RETRY_DELAYS_MS[attempt - 1];
  return delayMs === undefined ? null : Math.round(delayMs * (1 - JITTER + 2 * JITTER * random()));
}

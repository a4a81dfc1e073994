import { isPassing } from "./errors.ts";
import { backoffSeconds, pause } from "./pause.ts";

/** How long a server may be away in one go while something is waited for, in milliseconds. */
const AWAY_MS_MAX = 300_000;

/**
 * Runs calls that together wait for something, so that neither a server that restarts nor a rate limit ends the wait:
 * what passes is waited out, an outage for up to five minutes. The first call must succeed, so that a wrong address is
 * told at once.
 *
 * @param until when the whole wait is over, in milliseconds since 1970; what would last longer is thrown
 */
export function createPatience(
  signal: AbortSignal | undefined,
  until = Infinity,
): <T>(call: () => Promise<T>) => Promise<T> {
  let answeredAt = -Infinity;
  return async (call) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await call();
        answeredAt = Date.now();
        return answer;
      } catch (error) {
        if (!isPassing(error) || Date.now() - answeredAt > AWAY_MS_MAX) throw error;
        const seconds = error.retryAfterSeconds ?? backoffSeconds(attempt);
        if (Date.now() + seconds * 1000 > until) throw error;
        await pause(seconds, signal);
        // A rate limit is an answer: the server is there, however long a pause it wants.
        if (error.status === 429) answeredAt = Date.now();
      }
    }
  };
}

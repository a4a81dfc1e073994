import { isPassing } from "./errors.ts";
import { backoffSeconds, pause } from "./pause.ts";

/** The longest time without an answer of the server that a wait survives, in milliseconds. */
const AWAY_MS_MAX = 300_000;

/**
 * Runs calls that together wait for something. Neither a restarting server nor a rate limit ends the wait: passing
 * errors are waited out, an outage for up to five minutes. The first call must succeed, so that a wrong address throws
 * at once.
 *
 * @param until the end of the whole wait, in milliseconds since 1970; an error that would last longer is thrown
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
        // A rate limit is an answer, so it shows that the server is there, however long a pause it demands.
        if (error.status === 429) answeredAt = Date.now();
      }
    }
  };
}

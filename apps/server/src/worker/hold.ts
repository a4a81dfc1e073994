import { setTimeout as sleep } from "node:timers/promises";
import { readDeliveryHold, type Services } from "@sayso/core";
import type { Logger } from "pino";

const LOOK_EVERY_MS = 1000;
/** The age at which an answer no longer counts: the database may be another one by then. */
const KNOWN_FOR_MS = 5000;

/**
 * Watches whether deliveries are held, for those that are sent without being claimed first. Unknown counts as held: the
 * delivery is then stored as due, and the claim decides, because it asks in the same statement. Logs when a hold begins
 * and ends.
 */
export function watchHold(
  services: Services,
  log: Logger,
  complain: (what: string, error: unknown) => void,
): { mayBeHeld: () => boolean; stop: () => void } {
  const stopping = new AbortController();
  let freeAt = -Infinity;
  let wasHeld = false;
  const look = async (): Promise<void> => {
    const askedAt = performance.now();
    const hold = await readDeliveryHold(services);
    freeAt = hold ? -Infinity : askedAt;
    if (hold && !wasHeld)
      log.warn(
        { since: hold.since, reason: hold.reason },
        "callbacks and mails are held; let them out: sayso deliveries release",
      );
    if (!hold && wasHeld) log.info("callbacks and mails are sent again");
    wasHeld = hold !== null;
  };
  void (async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => {
        if (!stopping.signal.aborted) complain("asking whether deliveries are held", error);
      });
      await sleep(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    mayBeHeld: () => performance.now() - freeAt > KNOWN_FOR_MS,
    stop: () => stopping.abort(),
  };
}

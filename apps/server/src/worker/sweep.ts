import {
  endOrphanedSubscriptions,
  forgetExpiredTokens,
  forgetPastRates,
  forgetUnusedClients,
  sweepDeadlines,
  sweepStopped,
  type Services,
} from "@sayso/core";
import { startLoop, type Loop } from "./loop.ts";

const SWEEP_AT_LEAST_EVERY_MS = 1000;
const SWEEPS_APART_MS = 50;
const NOT_DUE_YET_MS = 2;
const FORGET_EVERY_MS = 10 * 60_000;
const END_ORPHANS_EVERY_MS = 10_000;

/**
 * Meets deadlines, finishes emergency stops, and ends subscriptions that have lost their owner. The next sweep comes
 * when the next deadline is due by the database's clock, at most a second later, and at once if this one found work.
 */
export function startSweeper(
  services: Services,
  complain: (what: string, error: unknown) => void,
): Loop {
  let forgotAt = performance.now();
  let lookedForOrphansAt = -Infinity;
  const round = async (): Promise<number> => {
    // Deadlines are met even if a stop can't be finished yet; the next round tries again.
    const stopped = await sweepStopped(services).catch((error: unknown) => {
      complain("finishing an emergency stop", error);
      return 0;
    });
    const { swept, nextInMs } = await sweepDeadlines(services);
    if (performance.now() - forgotAt > FORGET_EVERY_MS) {
      forgotAt = performance.now();
      await forgetPastRates(services);
      await forgetExpiredTokens(services);
      await forgetUnusedClients(services);
    }
    if (performance.now() - lookedForOrphansAt > END_ORPHANS_EVERY_MS) {
      lookedForOrphansAt = performance.now();
      await endOrphanedSubscriptions(services);
    }
    if (stopped > 0 || swept > 0) return 0;
    return Math.min(SWEEP_AT_LEAST_EVERY_MS, Math.max(NOT_DUE_YET_MS, nextInMs ?? Infinity));
  };
  return startLoop({
    round,
    onError: (error) => complain("meeting deadlines", error),
    afterErrorMs: SWEEP_AT_LEAST_EVERY_MS,
    apartMs: SWEEPS_APART_MS,
  });
}

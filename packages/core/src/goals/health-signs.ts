import { share, type HealthSigns } from "./health-score.ts";

/** What is known of a key result; times in milliseconds since 1970. */
export interface KeyResultFacts {
  start: number;
  target: number;
  current: number;
  createdAtMs: number;
  lastCheckinAtMs: number | null;
  /** Its value four weeks ago, or when it began if that was later; null: it has not changed since. */
  valueBefore: number | null;
}

/** From when to when something is to be reached. */
export interface Period {
  startsAtMs: number;
  endsAtMs: number;
}

const DAY_MS = 86_400_000;
/** How far back velocity looks. SQL does the same (objective-query.ts). */
export const VELOCITY_DAYS = 28;
/** Progress that nobody is held to: what is too little to be measured. */
const SLACK = 0.05;

/** How much of the way from start to target is done, 0 to 1, whichever of them is greater. */
export const progressOf = (
  { start, target }: { start: number; target: number },
  value: number,
): number => share((value - start) / (target - start));

/**
 * The signs of a key result's health. What is reached needs nothing more. What has no period is behind no schedule:
 * only the check-ins count.
 *
 * @param period its cycle's; null: none
 */
export function healthSigns(
  facts: KeyResultFacts,
  period: Period | null,
  nowMs: number,
): HealthSigns {
  const progress = progressOf(facts, facts.current);
  if (progress >= 1) return { daysSinceCheckin: 0, velocity: 1, progressGap: 0 };
  const beganAtMs = Math.max(facts.createdAtMs, period?.startsAtMs ?? 0);
  const checkedAtMs = Math.max(beganAtMs, facts.lastCheckinAtMs ?? 0);
  const daysSinceCheckin = Math.max(0, nowMs - checkedAtMs) / DAY_MS;
  if (period === null) return { daysSinceCheckin, velocity: 1, progressGap: 0 };

  const { endsAtMs } = period;
  const untilMs = Math.min(nowMs, endsAtMs);
  const expected = endsAtMs > beganAtMs ? share((nowMs - beganAtMs) / (endsAtMs - beganAtMs)) : 1;
  const windowMs = Math.max(beganAtMs, untilMs - VELOCITY_DAYS * DAY_MS);
  const before = facts.valueBefore === null ? progress : progressOf(facts, facts.valueBefore);
  const needed =
    untilMs > windowMs ? (1 - before) * ((untilMs - windowMs) / (endsAtMs - windowMs)) : 0;
  return {
    daysSinceCheckin,
    velocity: (progress - before + SLACK) / (needed + SLACK),
    progressGap: expected - progress,
  };
}

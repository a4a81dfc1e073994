import { share, type HealthSigns } from "./health-score.ts";

/** The facts of a key result from which its health is computed. Times are in milliseconds since 1970. */
export interface KeyResultFacts {
  start: number;
  target: number;
  current: number;
  createdAtMs: number;
  lastCheckinAtMs: number | null;
  /** The value four weeks ago, or at the beginning if that was later. null: no check-in since. */
  valueBefore: number | null;
}

/** The period in which a goal is to be reached. */
export interface Period {
  startsAtMs: number;
  endsAtMs: number;
}

const DAY_MS = 86_400_000;
/** The days over which velocity is measured, here and in the SQL of objectives/read-objectives.ts. */
export const VELOCITY_DAYS = 28;
/** The progress that velocity tolerates, because it is too little to be measured. */
const SLACK = 0.05;

/** Returns the part of the way from start to target that is done, 0 to 1. The target can be below the start. */
export const progressOf = (
  { start, target }: { start: number; target: number },
  value: number,
): number => share((value - start) / (target - start));

/**
 * Returns the signs of a key result's health. A key result that has reached its target has the best signs. One without
 * a period has no schedule to be behind, so only its check-ins count.
 *
 * @param period the period of its cycle; null: it has none
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

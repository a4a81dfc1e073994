/** What the health of a key result is judged by. */
export interface HealthSigns {
  /** Days since the last check-in, or, without one, since there could have been one. */
  daysSinceCheckin: number;
  /** What was gained lately as a share of what had to be gained; 1: just enough. */
  velocity: number;
  /** How far progress is behind what was expected by now, 0 to 1; negative: ahead. */
  progressGap: number;
}

/** A check-in stays fresh for a week; four weeks later it says nothing any more. */
const FRESH_DAYS = 7;
const STALE_DAYS = 35;
/** Half of the way behind is as bad as it gets. */
const WORST_GAP = 0.5;
/** What each part counts, of 100. */
const HEALTH_WEIGHTS = { recency: 30, velocity: 30, gap: 40 } as const;

/**
 * How well something goes, from 0 to 100, unrounded:
 *
 *     30 × recency + 30 × velocity + 40 × gap
 *
 * recency is 1 up to 7 days after a check-in and falls evenly to 0 at 35; velocity is what was gained over what had to
 * be gained, at most 1; gap is 1 on or before schedule and falls evenly to 0 at 50 points of progress behind it. Each
 * is held between 0 and 1, so the score never rises with the days or the gap and never falls with the velocity. What
 * is no number counts as the worst. The graph is in docs/guides/goals.md.
 */
export function healthScore(signs: HealthSigns): number {
  const { recency, velocity, gap } = healthParts(signs);
  return recency + velocity + gap;
}

/** What each of the signs brings to the score, in points, unrounded. */
export interface HealthParts {
  /** of 30 */
  recency: number;
  /** of 30 */
  velocity: number;
  /** of 40 */
  gap: number;
}

/** Of what {@link healthScore} is made up. */
export function healthParts({ daysSinceCheckin, velocity, progressGap }: HealthSigns): HealthParts {
  const recency = share(1 - (daysSinceCheckin - FRESH_DAYS) / (STALE_DAYS - FRESH_DAYS));
  const gap = share(1 - progressGap / WORST_GAP);
  return {
    recency: HEALTH_WEIGHTS.recency * recency,
    velocity: HEALTH_WEIGHTS.velocity * share(velocity),
    gap: HEALTH_WEIGHTS.gap * gap,
  };
}

/** Held between 0 and 1; what is no number is 0. */
export const share = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, value));

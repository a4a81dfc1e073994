/** The three signs from which the health of a key result is computed. */
export interface HealthSigns {
  /** The days since the last check-in or, if there was none, since the first one was possible. */
  daysSinceCheckin: number;
  /** The recent gain as a share of the gain that was needed. 1: just enough. */
  velocity: number;
  /** The distance of the progress behind the expected progress, 0 to 1. Negative: ahead. */
  progressGap: number;
}

/** The days for which a check-in is fresh, and after which it counts for nothing. */
const FRESH_DAYS = 7;
const STALE_DAYS = 35;
/** The gap from which on progress counts for nothing: half of the way. */
const WORST_GAP = 0.5;
/** The points of each part, 100 together. */
const HEALTH_WEIGHTS = { recency: 30, velocity: 30, gap: 40 } as const;

/**
 * Returns the health score, from 0 to 100, unrounded:
 *
 *     30 × recency + 30 × velocity + 40 × gap
 *
 * - recency: 1 up to 7 days after a check-in, then falling evenly to 0 at 35 days
 * - velocity: the gain divided by the gain that was needed
 * - gap: 1 on or before schedule, then falling evenly to 0 at 50 points of progress behind it
 *
 * Each is held between 0 and 1. So the score never rises with the days or the gap, and never falls with the velocity.
 * NaN counts as the worst value. The graph is in docs/guides/goals.md.
 */
export function healthScore(signs: HealthSigns): number {
  const { recency, velocity, gap } = healthParts(signs);
  return recency + velocity + gap;
}

/** The points that each sign adds to the score, unrounded. */
export interface HealthParts {
  /** The points for recency, 30 at most. */
  recency: number;
  /** The points for velocity, 30 at most. */
  velocity: number;
  /** The points for the gap, 40 at most. */
  gap: number;
}

/** Returns the parts that {@link healthScore} adds up. */
export function healthParts({ daysSinceCheckin, velocity, progressGap }: HealthSigns): HealthParts {
  const recency = share(1 - (daysSinceCheckin - FRESH_DAYS) / (STALE_DAYS - FRESH_DAYS));
  const gap = share(1 - progressGap / WORST_GAP);
  return {
    recency: HEALTH_WEIGHTS.recency * recency,
    velocity: HEALTH_WEIGHTS.velocity * share(velocity),
    gap: HEALTH_WEIGHTS.gap * gap,
  };
}

/** Returns the value held between 0 and 1; 0 for NaN. */
export const share = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, value));

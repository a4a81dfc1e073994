/** The number of durations in each bucket. A bucket is 2 % wide, so figures from it are right to within 1 %. */
export type Histogram = Map<number, number>;

/** The number of buckets for each factor of e. */
export const BUCKETS_TO_E = 50;

/** Returns SQL for the bucket of a duration in seconds. All durations up to a second are in the first. */
export const bucketOf = (seconds: string): string =>
  `floor(${BUCKETS_TO_E} * ln(greatest(${seconds}, 1)))::int`;

export interface DurationFigures {
  count: number;
  /** The median. null: there was no duration. */
  p50Seconds: number | null;
  /** The time within which nine of ten ended. null: there was no duration. */
  p90Seconds: number | null;
}

export function describeDurations(histogram: Histogram): DurationFigures {
  const buckets = [...histogram].toSorted(([a], [b]) => a - b);
  const count = buckets.reduce((sum, [, n]) => sum + n, 0);
  const at = (share: number): number | null => {
    let left = Math.ceil(count * share);
    for (const [bucket, n] of buckets) {
      left -= n;
      if (left <= 0) return Math.round(Math.exp((bucket + 0.5) / BUCKETS_TO_E));
    }
    return null;
  };
  return { count, p50Seconds: at(0.5), p90Seconds: at(0.9) };
}

/** Adds several histograms up into one. */
export function addUp(histograms: Iterable<Histogram>): Histogram {
  const sum: Histogram = new Map();
  for (const histogram of histograms)
    for (const [bucket, n] of histogram) sum.set(bucket, (sum.get(bucket) ?? 0) + n);
  return sum;
}

/** Durations counted by their length: a bucket is 2 % wide, so what is read from them is right to within 1 %. */
export type Histogram = Map<number, number>;

/** Buckets to a factor of e. */
export const BUCKETS_TO_E = 50;

/** SQL: the bucket of a duration in seconds; everything up to a second is in the first. */
export const bucketOf = (seconds: string): string =>
  `floor(${BUCKETS_TO_E} * ln(greatest(${seconds}, 1)))::int`;

export interface DurationFigures {
  count: number;
  /** Half were as fast as this; null where there was none. */
  p50Seconds: number | null;
  /** Nine of ten were. */
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

/** Several histograms as one. */
export function addUp(histograms: Iterable<Histogram>): Histogram {
  const sum: Histogram = new Map();
  for (const histogram of histograms)
    for (const [bucket, n] of histogram) sum.set(bucket, (sum.get(bucket) ?? 0) + n);
  return sum;
}

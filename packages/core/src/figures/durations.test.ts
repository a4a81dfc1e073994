import { must } from "@sayso/must";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addUp, BUCKETS_TO_E, describeDurations, type Histogram } from "./durations.ts";

const histogramOf = (seconds: readonly number[]): Histogram => {
  const histogram: Histogram = new Map();
  for (const duration of seconds) {
    const bucket = Math.floor(BUCKETS_TO_E * Math.log(Math.max(duration, 1)));
    histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1);
  }
  return histogram;
};

const exact = (seconds: readonly number[], share: number): number =>
  must(seconds.toSorted((a, b) => a - b)[Math.ceil(seconds.length * share) - 1]);

test("nothing has no median", () => {
  expect(describeDurations(new Map())).toEqual({ count: 0, p50Seconds: null, p90Seconds: null });
});

test("half and nine of ten are right to within 1 %, and half a second", () => {
  const durations = fc.array(fc.integer({ min: 1, max: 31_622_400 }), { minLength: 1 });
  fc.assert(
    fc.property(durations, (seconds) => {
      const { count, p50Seconds, p90Seconds } = describeDurations(histogramOf(seconds));
      expect(count).toBe(seconds.length);
      for (const [found, share] of [
        [must(p50Seconds), 0.5],
        [must(p90Seconds), 0.9],
      ] as const) {
        const right = exact(seconds, share);
        expect(Math.abs(found - right)).toBeLessThanOrEqual(right * 0.0102 + 0.51);
      }
    }),
  );
});

test("added up they are what all of it would be at once", () => {
  const [a, b] = [[1, 60, 60], [3600]];
  expect(addUp([histogramOf(a), histogramOf(b)])).toEqual(histogramOf([...a, ...b]));
});

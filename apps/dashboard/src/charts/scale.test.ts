import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linearScale, roundAxis, roundStep, timeFormat, timeTicks } from "./scale.ts";

describe("a linear scale", () => {
  test("places ends at ends, also where y grows downwards", () => {
    const y = linearScale([10, 20], [100, 0]);
    expect([y(10), y(15), y(20), y(25)]).toEqual([100, 50, 0, -50]);
  });

  test("has everything in the middle where there is no length", () => {
    expect(linearScale([3, 3], [0, 10])(3)).toBe(5);
  });
});

test.each([
  [100, 5, 20],
  [1, 5, 0.2],
  [7, 5, 2],
  [0.03, 3, 0.01],
  [1e12, 4, 5e11],
])("a length of %d with about %d ticks has steps of %d", (length, count, step) => {
  expect(roundStep(length, count)).toBeCloseTo(step, 12);
});

describe("a round axis", () => {
  test.each<[number[], boolean, number[]]>([
    [[3810, 4500], false, [3800, 4000, 4200, 4400, 4600]],
    [[0.1, 0.3], false, [0.1, 0.15, 0.2, 0.25, 0.3]],
    [[7], true, [0, 2, 4, 6, 8]],
    [[], false, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[0], true, [-1, -0.5, 0, 0.5, 1]],
    [[-12, -3], false, [-12, -10, -8, -6, -4, -2]],
  ])("of %j (from zero: %j)", (values, fromZero, ticks) => {
    expect(roundAxis(values, { fromZero }).ticks).toEqual(ticks);
  });

  test("holds every value, in few ticks that rise, whatever they are", () => {
    const number = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { maxLength: 20 }), fc.boolean(), (values, fromZero) => {
        const { domain, ticks } = roundAxis(values, { fromZero });
        const slack = (domain[1] - domain[0]) * 1e-6;
        for (const value of fromZero ? [0, ...values] : values) {
          expect(value).toBeGreaterThanOrEqual(domain[0] - slack);
          expect(value).toBeLessThanOrEqual(domain[1] + slack);
        }
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(7);
        for (const [i, tick] of ticks.slice(1).entries())
          expect(tick).toBeGreaterThan(ticks[i] ?? 0);
      }),
    );
  });
});

test("points in time are spread evenly, and written by how far they reach", () => {
  expect(timeTicks([0, 300], 4)).toEqual([0, 100, 200, 300]);
  expect(timeTicks([5, 5], 4)).toEqual([5]);
  const day = 86_400_000;
  expect(Object.keys(timeFormat([0, day]))).toContain("hour");
  expect(Object.keys(timeFormat([0, 60 * day]))).toEqual(["day", "month"]);
  expect(Object.keys(timeFormat([0, 700 * day]))).toEqual(["month", "year"]);
});

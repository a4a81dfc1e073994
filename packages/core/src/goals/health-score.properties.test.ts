import { must } from "@sayso/must";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { healthScore, type HealthSigns } from "./health-score.ts";
import { statusOfScore } from "./goal-status.ts";

const days = fc.double({ min: 0, max: 400, noNaN: true });
const velocity = fc.double({ min: -2, max: 4, noNaN: true });
const gap = fc.double({ min: -1, max: 1, noNaN: true });
const signs = fc.record<HealthSigns>({
  daysSinceCheckin: days,
  velocity,
  progressGap: gap,
});
const numRuns = 2000;

describe("the health score", () => {
  test("lies between 0 and 100, whatever it is given", () => {
    const anything = fc.record<HealthSigns>({
      daysSinceCheckin: fc.double(),
      velocity: fc.double(),
      progressGap: fc.double(),
    });
    fc.assert(
      fc.property(anything, (given) => {
        const score = healthScore(given);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
      }),
      { numRuns },
    );
  });

  test.each<[keyof HealthSigns, fc.Arbitrary<number>, 1 | -1]>([
    ["daysSinceCheckin", days, -1],
    ["velocity", velocity, 1],
    ["progressGap", gap, -1],
  ])("never turns the wrong way when only %s grows", (sign, values, direction) => {
    fc.assert(
      fc.property(signs, values, values, (given, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        const change =
          healthScore({ ...given, [sign]: more }) - healthScore({ ...given, [sign]: less });
        expect(change * direction).toBeGreaterThanOrEqual(-1e-9);
      }),
      { numRuns },
    );
  });

  test.each<[keyof HealthSigns, number, number]>([
    ["daysSinceCheckin", 10, 20],
    ["velocity", 0.2, 0.8],
    ["progressGap", 0.4, 0.1],
  ])("is moved by %s: nothing of it is without effect", (sign, bad, good) => {
    fc.assert(
      fc.property(signs, (given) => {
        const [a, b] = [bad, good].map((value) => healthScore({ ...given, [sign]: value }));
        expect(sign === "daysSinceCheckin" ? must(a) - must(b) : must(b) - must(a)).toBeGreaterThan(
          1,
        );
      }),
    );
  });

  test("moves by little when its signs do", () => {
    fc.assert(
      fc.property(signs, (given) => {
        const a = healthScore(given);
        const near = {
          daysSinceCheckin: given.daysSinceCheckin + 0.01,
          velocity: given.velocity + 0.001,
          progressGap: given.progressGap + 0.001,
        };
        expect(Math.abs(healthScore(near) - a)).toBeLessThan(0.2);
      }),
      { numRuns },
    );
  });

  test.each<[string, HealthSigns, number]>([
    ["all is well", { daysSinceCheckin: 0, velocity: 1, progressGap: 0 }, 100],
    ["it is ahead", { daysSinceCheckin: 7, velocity: 3, progressGap: -0.4 }, 100],
    [
      "nobody has looked for three weeks",
      { daysSinceCheckin: 21, velocity: 1, progressGap: 0 },
      85,
    ],
    ["nothing moves", { daysSinceCheckin: 0, velocity: 0, progressGap: 0 }, 70],
    [
      "a quarter of the way is missing",
      { daysSinceCheckin: 0, velocity: 1, progressGap: 0.25 },
      80,
    ],
    ["all is lost", { daysSinceCheckin: 35, velocity: 0, progressGap: 0.5 }, 0],
    ["nothing is known", { daysSinceCheckin: NaN, velocity: NaN, progressGap: NaN }, 0],
  ])("when %s: as the guide says", (_, given, score) => {
    expect(healthScore(given)).toBeCloseTo(score, 9);
  });
});

test.each([
  [100, "on_track"],
  [70, "on_track"],
  [69.999, "at_risk"],
  [40, "at_risk"],
  [39.999, "off_track"],
  [0, "off_track"],
])("a score of %d is %s", (score, status) => {
  expect(statusOfScore(score)).toBe(status);
});

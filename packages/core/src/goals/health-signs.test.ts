import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { healthScore } from "./health-score.ts";
import { healthSigns, progressOf, type KeyResultFacts, type Period } from "./health-signs.ts";

const DAY = 86_400_000;
const begin = Date.UTC(2026, 3, 1);
/** A quarter of ninety days. */
const quarter: Period = { startsAtMs: begin, endsAtMs: begin + 90 * DAY };
const facts: KeyResultFacts = {
  start: 0,
  target: 100,
  current: 0,
  createdAtMs: begin - 10 * DAY,
  lastCheckinAtMs: null,
  valueBefore: null,
};
const after = (days: number) => begin + days * DAY;
const signsAt = (days: number, more: Partial<KeyResultFacts>, period: Period | null = quarter) =>
  healthSigns({ ...facts, ...more }, period, after(days));

describe("progress", () => {
  test.each([
    [0, 100, 65, 0.65],
    [100, 0, 35, 0.65],
    [10, 20, 5, 0],
    [10, 20, 50, 1],
    [-10, 10, 0, 0.5],
    [1e15, -1e15, 0, 0.5],
  ])("from %d to %d, %d is %d of the way", (start, target, value, progress) => {
    expect(progressOf({ start, target }, value)).toBeCloseTo(progress, 12);
  });
});

describe("the signs of health", () => {
  test("on the first day nothing is missing", () => {
    const signs = signsAt(0, {});
    expect(signs).toEqual({ daysSinceCheckin: 0, velocity: 1, progressGap: 0 });
    expect(healthScore(signs)).toBe(100);
  });

  test("half way through a third of the way makes a gap of a sixth", () => {
    expect(signsAt(45, { current: 33 }).progressGap).toBeCloseTo(0.5 - 0.33, 9);
  });

  test("days are counted from the last check-in, or from when there could have been one", () => {
    expect(signsAt(20, { lastCheckinAtMs: after(15) }).daysSinceCheckin).toBe(5);
    expect(signsAt(20, {}).daysSinceCheckin).toBe(20);
    expect(signsAt(20, { createdAtMs: after(18) }).daysSinceCheckin).toBe(2);
    expect(signsAt(20, { lastCheckinAtMs: after(-5) }).daysSinceCheckin).toBe(20);
  });

  test("just enough gained in four weeks is a velocity of 1, half of it about half", () => {
    // On day 45 the window of 28 days began on day 17, when 73 days were left.
    const needed = 80 * (28 / 73);
    const moving = (gained: number) =>
      signsAt(45, { valueBefore: 20, current: 20 + gained, lastCheckinAtMs: after(44) }).velocity;
    expect(moving(needed)).toBeCloseTo(1, 9);
    expect(moving(needed / 2)).toBeCloseTo((needed / 200 + 0.05) / (needed / 100 + 0.05), 9);
    expect(moving(0)).toBeLessThan(0.2);
    expect(moving(-10)).toBeLessThan(0);
  });

  test("what is reached is well, however long ago", () => {
    expect(healthScore(signsAt(300, { current: 100, lastCheckinAtMs: after(2) }))).toBe(100);
  });

  test("without a cycle only check-ins count", () => {
    expect(signsAt(40, { lastCheckinAtMs: after(10) }, null)).toEqual({
      daysSinceCheckin: 30,
      velocity: 1,
      progressGap: 0,
    });
  });

  test("what was made after its cycle's end is behind by all that is missing", () => {
    expect(signsAt(100, { createdAtMs: after(95), current: 40 })).toMatchObject({
      progressGap: 0.6,
      velocity: 1,
    });
  });

  test("a better value never makes a worse score, and time alone never a better one", () => {
    const day = fc.integer({ min: 0, max: 120 });
    const value = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(day, day, value, value, value, (now, checked, before, a, b) => {
        const at = (current: number) =>
          healthScore(
            signsAt(Math.max(now, checked), {
              current,
              valueBefore: before,
              lastCheckinAtMs: after(Math.min(now, checked)),
            }),
          );
        expect(at(Math.max(a, b))).toBeGreaterThanOrEqual(at(Math.min(a, b)) - 1e-9);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(day, day, value, (a, b, current) => {
        const at = (days: number) => healthScore(signsAt(days, { current, valueBefore: null }));
        expect(at(Math.max(a, b))).toBeLessThanOrEqual(at(Math.min(a, b)) + 1e-9);
      }),
      { numRuns: 2000 },
    );
  });
});

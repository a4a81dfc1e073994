// The bands behind a KPI's line must agree with the status that the server computes. test/dashboard/goals.test.ts
// compares the two.
import { expect, test } from "vitest";
import { statusBands } from "./kpi-bands.ts";

const toneAt = (bands: ReturnType<typeof statusBands>, value: number) =>
  bands.filter(({ from, to }) => value > from && value < to).map(({ tone }) => tone);

test.each([
  ["increase", 100, 91, "good"],
  ["increase", 100, 120, "good"],
  ["increase", 100, 89, "warn"],
  ["increase", 100, 69, "bad"],
  ["increase", -100, -109, "good"],
  ["increase", 0, -0.2, "warn"],
  ["decrease", 10, 10.9, "good"],
  ["decrease", 10, 2, "good"],
  ["decrease", 10, 12.9, "warn"],
  ["decrease", 10, 13.1, "bad"],
] as const)("with %s to %d, %d is %s, and nothing else", (direction, target, value, tone) => {
  expect(toneAt(statusBands({ direction, target }), value)).toEqual([tone]);
});

import { expect, test } from "vitest";
import { dayTextOf, rangeOf, readInsightsSearch } from "./insights-search.ts";

const daysIn = ({ from, to }: { from: string; to: string }): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

test("what an address says is taken as far as it means something", () => {
  expect(readInsightsSearch({ days: 7 })).toEqual({ days: 7 });
  expect(readInsightsSearch({ days: 30, from: "x" })).toEqual({});
  const span = { from: "2026-03-01", to: "2026-03-31" };
  expect(readInsightsSearch({ ...span, days: 7 })).toEqual(span);
  expect(readInsightsSearch({ from: "2026-04-01", to: "2026-03-31" })).toEqual({});
});

test("spans are whole days, today among them, no more than the API gives", () => {
  expect(daysIn(rangeOf({}, "2026-03-31"))).toBe(30);
  expect(daysIn(rangeOf({ days: 7 }, "2026-03-31"))).toBe(7);
  expect(daysIn(rangeOf({ from: "2026-03-01", to: "2026-03-01" }, "2026-03-31"))).toBe(1);
  expect(daysIn(rangeOf({ from: "2020-01-01", to: "2026-03-01" }, "2026-03-31"))).toBe(365);
});

test("a day is the one on the wall", () => {
  expect(dayTextOf(new Date(2026, 2, 5, 23, 59))).toBe("2026-03-05");
});

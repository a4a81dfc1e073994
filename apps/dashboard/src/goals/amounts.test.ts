import { expect, test } from "vitest";
import { amountText, dayText, percentText, tickText, typedNumber } from "./amounts.ts";

test("amounts have their unit, without a number there is no value yet", () => {
  expect([amountText(3810, "users"), amountText(16.5, "%"), amountText(7, null)]).toEqual([
    "3,810 users",
    "16.5 %",
    "7",
  ]);
  expect(amountText(null, "users")).toBe("no value yet");
  expect([tickText(3800), tickText(1_250_000)]).toEqual(["3,800", "1.3M"]);
});

test("nothing but the whole is 100 %", () => {
  expect([0, 0.654, 0.9999, 1, 1.2].map(percentText)).toEqual([
    "0 %",
    "65 %",
    "99 %",
    "100 %",
    "100 %",
  ]);
});

test("a day is the same in every zone", () => {
  expect(dayText("2026-03-31")).toBe("31 Mar 2026");
});

test.each([
  ["12.5", 12.5],
  [" 1,5 ", 1.5],
  ["-3", -3],
  ["", undefined],
  ["1,234,567", NaN],
  ["many", NaN],
])("%j is typed for %d", (text, value) => {
  expect(typedNumber(text)).toEqual(value);
});

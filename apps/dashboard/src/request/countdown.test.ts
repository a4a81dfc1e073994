import { expect, test } from "vitest";
import { countdownOf } from "./countdown.ts";

test.each([
  [-5, "0 s"],
  [999, "0 s"],
  [9_900, "9 s"],
  [60_000, "1 min 00 s"],
  [845_000, "14 min 05 s"],
  [3_600_000, "1 h 0 min"],
  [8_070_000, "2 h 14 min"],
  [187_200_000, "2 d 4 h"],
])("%i ms are %s", (ms, text) => expect(countdownOf(ms)).toBe(text));

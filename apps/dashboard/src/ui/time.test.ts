import { expect, test } from "vitest";
import { relativeOf } from "./time.tsx";

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const now = Date.UTC(2026, 10, 22);

test.each([
  [0, "just now"],
  [-44 * SECOND, "just now"],
  // The value is newer than the clock's last tick.
  [999, "just now"],
  [2 * SECOND, "in 2 seconds"],
  [-46 * SECOND, "46 seconds ago"],
  [-100 * SECOND, "2 minutes ago"],
  [36 * 3600 * SECOND, "in 2 days"],
  [-3 * DAY, "3 days ago"],
])("%i ms from now is %s", (ms, words) => {
  expect(relativeOf(now + ms, now)).toBe(words);
});

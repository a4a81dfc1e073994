import { expect, test } from "vitest";
import type { StepStatus } from "../state-machine/state.ts";
import type { RequestStatus } from "../requests/values.ts";
import { findActiveStep } from "./run.ts";

test.each<[string, RequestStatus, [number, StepStatus][], number]>([
  ["no steps", "pending", [], 1],
  [
    "the first",
    "pending",
    [
      [1, "active"],
      [2, "waiting"],
    ],
    1,
  ],
  [
    "the second",
    "pending",
    [
      [1, "approved"],
      [2, "active"],
      [3, "waiting"],
    ],
    2,
  ],
  [
    "orders with gaps",
    "pending",
    [
      [10, "approved"],
      [40, "active"],
    ],
    2,
  ],
  [
    "steps side by side",
    "pending",
    [
      [1, "approved"],
      [1, "active"],
      [2, "waiting"],
    ],
    1,
  ],
  [
    "approved at the last",
    "approved",
    [
      [1, "approved"],
      [2, "approved"],
    ],
    2,
  ],
  [
    "rejected at the second",
    "rejected",
    [
      [1, "approved"],
      [2, "rejected"],
      [3, "skipped"],
    ],
    2,
  ],
  [
    "cancelled before anybody voted",
    "cancelled",
    [
      [1, "skipped"],
      [2, "skipped"],
    ],
    1,
  ],
  [
    "expired after the first",
    "expired",
    [
      [1, "approved"],
      [2, "skipped"],
    ],
    1,
  ],
  ["decided without steps", "approved", [], 1],
])("the active step: %s", (_, status, steps, expected) => {
  const all = steps.map(([order, of]) => ({ order, status: of }));
  expect(findActiveStep(status, all)).toBe(expected);
});

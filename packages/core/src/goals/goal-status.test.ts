import { describe, expect, test } from "vitest";
import { statusOfAll, statusOfKpi, worseOf, type GoalStatus } from "./goal-status.ts";

describe("the status of a KPI", () => {
  test.each<[number | null, number, "increase" | "decrease", GoalStatus]>([
    [3721, 4500, "increase", "at_risk"],
    [4500, 4500, "increase", "on_track"],
    [9000, 4500, "increase", "on_track"],
    [4050, 4500, "increase", "on_track"],
    [4049, 4500, "increase", "at_risk"],
    [3149, 4500, "increase", "off_track"],
    [100, 100, "decrease", "on_track"],
    [10, 100, "decrease", "on_track"],
    [110, 100, "decrease", "on_track"],
    [120, 100, "decrease", "at_risk"],
    [200, 100, "decrease", "off_track"],
    [0, 0, "decrease", "on_track"],
    [0.2, 0, "decrease", "at_risk"],
    [5, 0, "decrease", "off_track"],
    [-20, -10, "increase", "off_track"],
    [null, 100, "increase", "at_risk"],
  ])("with %s of %d to %s is %s", (current, target, direction, status) => {
    expect(statusOfKpi({ current, target, direction })).toBe(status);
  });
});

describe("what key results say of their objective", () => {
  test.each<[GoalStatus[], GoalStatus]>([
    [[], "on_track"],
    [["on_track", "on_track"], "on_track"],
    [["on_track", "at_risk"], "at_risk"],
    [["on_track", "off_track"], "at_risk"],
    [["at_risk", "off_track"], "at_risk"],
    [["off_track", "off_track"], "off_track"],
  ])("%j: %s", (statuses, status) => {
    expect(statusOfAll(statuses)).toBe(status);
  });

  test("the worse of two stands", () => {
    expect(worseOf("on_track", "off_track")).toBe("off_track");
    expect(worseOf("at_risk", "on_track")).toBe("at_risk");
  });
});

import { goalStatuses } from "@sayso/fields";

export type GoalStatus = (typeof goalStatuses)[number];

/** Returns the status of a health score: on track from 70, at risk from 40, otherwise off track. */
export const statusOfScore = (score: number): GoalStatus =>
  score >= 70 ? "on_track" : score >= 40 ? "at_risk" : "off_track";

export const worseOf = (a: GoalStatus, b: GoalStatus): GoalStatus =>
  goalStatuses.indexOf(a) > goalStatuses.indexOf(b) ? a : b;

/**
 * Returns the status of an objective from the statuses of its key results: off track if all of them are, otherwise at
 * risk if one is not on track.
 */
export function statusOfAll(statuses: readonly GoalStatus[]): GoalStatus {
  if (statuses.length > 0 && statuses.every((status) => status === "off_track")) return "off_track";
  return statuses.every((status) => status === "on_track") ? "on_track" : "at_risk";
}

/** Returns how close a KPI is to its target, 0 to 1. The distance is measured against the target's size. */
function attainmentOf(kpi: {
  current: number;
  target: number;
  direction: "increase" | "decrease";
}): number {
  const missing =
    kpi.direction === "increase" ? kpi.target - kpi.current : kpi.current - kpi.target;
  return Math.max(0, 1 - Math.max(0, missing) / (Math.abs(kpi.target) || 1));
}

/** Returns a KPI's status: on track from 90 % of the target, at risk from 70 % or if it was never measured. */
export function statusOfKpi(kpi: {
  current: number | null;
  target: number;
  direction: "increase" | "decrease";
}): GoalStatus {
  const { current, target, direction } = kpi;
  if (current === null) return "at_risk";
  const attainment = attainmentOf({ current, target, direction });
  return attainment >= 0.9 ? "on_track" : attainment >= 0.7 ? "at_risk" : "off_track";
}

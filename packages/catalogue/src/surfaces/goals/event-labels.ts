import { namesOf } from "../../names-of.ts";

/** The event types about goals in the feed and webhooks, and their names in menus. */
export const goalsEventLabels = {
  "objective.created": "Objective Created",
  "objective.updated": "Objective Updated",
  "objective.archived": "Objective Archived",
  "key_result.created": "Key Result Created",
  "key_result.updated": "Key Result Updated",
  "key_result.archived": "Key Result Archived",
  "checkin.recorded": "Check-in Recorded",
  "kpi.created": "KPI Created",
  "kpi.updated": "KPI Updated",
  "kpi.changed": "KPI Changed",
  "kpi.archived": "KPI Archived",
  "cycle.created": "Cycle Created",
  "cycle.updated": "Cycle Updated",
  "review_cycle.created": "Review Cycle Created",
  "review_cycle.updated": "Review Cycle Updated",
} as const;

export type GoalsEventType = keyof typeof goalsEventLabels;

export const goalsEventTypes = namesOf(goalsEventLabels);

/** The families that every member sees. Only people who administer the organization see `review.*`. */
export const goalsEventFamilies = [
  "objective.*",
  "key_result.*",
  "checkin.*",
  "kpi.*",
  "cycle.*",
  "review_cycle.*",
] as const;

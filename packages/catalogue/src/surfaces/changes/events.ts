import { namesOf } from "../../names-of.ts";

/** The event types about changes in the feed, and their names in menus. */
export const changeEventLabels = {
  "change.applied": "Change Applied",
  "change.applying": "Change Being Applied",
  "change.apply_failed": "Change Not Applied",
  "change.apply_retried": "Change Retried",
  "change.abandoned": "Change Abandoned",
} as const;

export const changeEventTypes = namesOf(changeEventLabels);

/** The event types about changes in the feed, and their names in menus. */
export const changeEventLabels = {
  "change.applied": "Change Applied",
  "change.applying": "Change Being Applied",
  "change.apply_failed": "Change Not Applied",
  "change.apply_retried": "Change Retried",
  "change.abandoned": "Change Abandoned",
} as const;

export type ChangeEventType = keyof typeof changeEventLabels;

export const changeEventTypes = Object.keys(changeEventLabels) as [
  ChangeEventType,
  ...ChangeEventType[],
];

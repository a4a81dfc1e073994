export const goalEntityTypes = ["objective", "keyResult", "kpi"] as const;
export type GoalEntityType = (typeof goalEntityTypes)[number];

/** A goal as change control sees it. */
export interface GoalEntity {
  type: GoalEntityType;
  id: string;
  /** What people call it. */
  name: string;
  /** Counts its changes; a check-in or a new value is none. */
  version: number;
  needsApproval: boolean;
  /** What of it can be set, spelt as the API spells it. */
  body: Record<string, unknown>;
}

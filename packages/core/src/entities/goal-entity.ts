export const goalEntityTypes = ["objective", "keyResult", "kpi"] as const;
export type GoalEntityType = (typeof goalEntityTypes)[number];

/** A goal as an entity that changes apply to. */
export interface GoalEntity {
  type: GoalEntityType;
  id: string;
  /** The name that people see. */
  name: string;
  /** The number of changes so far. A check-in or a new value doesn't count. */
  version: number;
  needsApproval: boolean;
  /** The fields that can be set, named as in the API. */
  body: Record<string, unknown>;
}

import type { GoalStatus } from "../goal-status.ts";

/** An actor with a name to show: a person, a connection or Sayso itself. */
export interface By {
  kind: string;
  id: string | null;
  name: string | null;
}

/** A report on a key result. It never changes. */
export interface CheckIn {
  id: string;
  keyResultId: string;
  /** The number of the check-in within the key result, from 1. */
  sequence: number;
  /** The value of the check-in before. For the first one: the value that the key result was created with. */
  previousValue: number;
  value: number;
  status: GoalStatus;
  comment: string | null;
  by: By;
  createdAt: Date;
}

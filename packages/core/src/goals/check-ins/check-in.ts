import type { GoalStatus } from "../goal-status.ts";

/** Who did something, as it is shown: a person, a connection or Sayso itself. */
export interface By {
  kind: string;
  id: string | null;
  name: string | null;
}

/** What somebody reported of a key result. It never changes. */
export interface CheckIn {
  id: string;
  keyResultId: string;
  /** Counts from 1 within the key result. */
  sequence: number;
  /** The value of the check-in before; of the first one, what the key result was made with. */
  previousValue: number;
  value: number;
  status: GoalStatus;
  comment: string | null;
  by: By;
  createdAt: Date;
}

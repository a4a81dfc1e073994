import { nameActor } from "../../actors/name-actor.ts";
import type { Via } from "../../actors/via.ts";
import type { GoalStatus } from "../goal-status.ts";

/** An actor with a name to show: a person, a connection or Sayso itself. */
export interface By {
  kind: string;
  id: string | null;
  name: string | null;
  /** The name with the machine that the actor acted through (`nameActor`). */
  full_name: string | null;
}

/** An actor as `madeBy` reads it. */
export interface StoredBy extends Omit<By, "full_name"> {
  via: Via | null;
}

/** Names the actor of a check-in, an update or an event of a goal. */
export const toBy = ({ via, ...by }: StoredBy): By => ({
  ...by,
  full_name: nameActor({
    person: by.kind === "person" ? by.name : null,
    connection: by.kind === "connection" ? by.name : null,
    via: by.kind === "system" ? null : via,
  }),
});

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

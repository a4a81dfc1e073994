import { objectiveValues } from "@sayso/fields";
import type { Transaction } from "../../transactions/transaction.ts";
import { notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { awaitTurn } from "../await-turn.ts";
import type { GoalEntity } from "../../entities/goal-entity.ts";
import type { GoalStatus } from "../goal-status.ts";
import type { KeyResult } from "./key-result.ts";
import { blankAsNull, field, writePatch, type ValuesOf } from "../fields.ts";

/** The fields of an objective that can be set. */
export const objectiveFields = {
  title: field("title", objectiveValues.title),
  description: field("description", blankAsNull(objectiveValues.description)),
  type: field("type", objectiveValues.type),
  ownerId: field("owner_id", objectiveValues.owner_id),
  cycleId: field("cycle_id", objectiveValues.cycle_id),
  needsApproval: field("needs_approval", objectiveValues.needs_approval),
};
export type ObjectiveValues = ValuesOf<typeof objectiveFields>;
export type ObjectiveType = ObjectiveValues["type"];

/** An aim of an organization, measured by its key results. */
export interface Objective extends ObjectiveValues {
  id: string;
  ownerName: string | null;
  cycleName: string | null;
  /** The weighted mean of its key results' progress, 0 to 1. 0: there are none. */
  progress: number;
  status: GoalStatus;
  /** The health score, 0 to 100, rounded. */
  healthScore: number;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  /** The key results, in the order in which they were created. */
  keyResults: KeyResult[];
}

/** The number of key results that an objective can have. */
export const KEY_RESULTS_MAX = 50;

export interface LockedObjective extends ObjectiveValues {
  id: string;
  version: number;
  keyResults: number;
  /** The number of its key results that are guarded by themselves. */
  guardedKeyResults: number;
}

/**
 * Locks an objective that is not archived, within the organization's transaction, and returns it.
 *
 * @throws DomainError `not_found`
 */
export async function lockObjective(
  db: Transaction,
  objectiveId: string,
): Promise<LockedObjective> {
  if (!isUuid(objectiveId)) throw notFound("Objective");
  await awaitTurn(db, objectiveId);
  const { rows } = await db.query<LockedObjective>(
    `select id, title, description, type, owner_id as "ownerId", cycle_id as "cycleId",
       needs_approval as "needsApproval", version, counted.*
     from objectives o cross join lateral (
       select count(*)::int as "keyResults", (count(*) filter (where k.needs_approval))::int as "guardedKeyResults"
       from key_results k where k.objective_id = o.id and k.archived_at is null) counted
     where id = $1 and archived_at is null for no key update of o`,
    [objectiveId],
  );
  if (!rows[0]) throw notFound("Objective");
  return rows[0];
}

/**
 * Returns true if these changes are guarded: all changes of a guarded objective, and a change of the cycle if one of
 * its key results is guarded, because the cycle sets the date by which that is to be reached.
 */
export const isGuarded = (
  { needsApproval, guardedKeyResults }: LockedObjective,
  changes: Partial<ObjectiveValues>,
): boolean => needsApproval || (changes.cycleId !== undefined && guardedKeyResults > 0);

export const objectiveEntity = (objective: LockedObjective): GoalEntity => ({
  type: "objective",
  id: objective.id,
  name: objective.title,
  version: objective.version,
  needsApproval: objective.needsApproval,
  body: writePatch(objectiveFields, objective),
});

import type { PoolClient } from "pg";
import { notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { writePatch } from "../fields.ts";
import { anyText, field, filledText, idText, oneOf, orNull, yesOrNo } from "../fields.ts";
import type { ValuesOf } from "../fields.ts";
import { awaitTurn } from "../await-turn.ts";
import type { GoalEntity } from "../../entities/goal-entity.ts";
import type { GoalStatus } from "../goal-status.ts";
import type { KeyResult } from "./key-result.ts";

/** The types of an objective: of the whole organization, of a team, or of one person. */
export const objectiveTypes = ["org", "team", "individual"] as const;
export type ObjectiveType = (typeof objectiveTypes)[number];

/** The fields of an objective that can be set. */
export const objectiveFields = {
  title: field("title", filledText(500)),
  description: field("description", anyText(5000)),
  type: field("type", oneOf(objectiveTypes)),
  ownerId: field("owner_id", orNull(idText)),
  cycleId: field("cycle_id", orNull(idText)),
  needsApproval: field("needs_approval", yesOrNo),
};
export type ObjectiveValues = ValuesOf<typeof objectiveFields>;

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
export async function lockObjective(db: PoolClient, objectiveId: string): Promise<LockedObjective> {
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

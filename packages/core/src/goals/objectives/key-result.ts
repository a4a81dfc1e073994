import { keyResultValues } from "@sayso/fields";
import type { Transaction } from "../../transactions/transaction.ts";
import { invalidInput, notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { awaitTurn } from "../await-turn.ts";
import type { GoalEntity } from "../../entities/goal-entity.ts";
import type { GoalStatus } from "../goal-status.ts";
import type { HealthSigns } from "../health-score.ts";
import { blankAsNull, field, writePatch, type ValuesOf } from "../fields.ts";

/** The fields of a key result that can be set. Its current value comes from check-ins. */
export const keyResultFields = {
  title: field("title", keyResultValues.title),
  unit: field("unit", blankAsNull(keyResultValues.unit)),
  start: field("start", keyResultValues.start, "start_value"),
  target: field("target", keyResultValues.target, "target_value"),
  weight: field("weight", keyResultValues.weight),
  ownerId: field("owner_id", keyResultValues.owner_id),
  needsApproval: field("needs_approval", keyResultValues.needs_approval),
};
export type KeyResultValues = ValuesOf<typeof keyResultFields>;

/** A number by which an objective is measured. */
export interface KeyResult extends KeyResultValues {
  id: string;
  objectiveId: string;
  ownerName: string | null;
  current: number;
  /** The part of the way from start to target that is done, 0 to 1. */
  progress: number;
  /** The status of the last check-in. Without check-ins it is computed from the health score. */
  status: GoalStatus;
  /** The health score, 0 to 100, rounded. */
  healthScore: number;
  /** The signs from which the health score was computed. */
  healthSigns: HealthSigns;
  /** The number of check-ins. */
  checkins: number;
  lastCheckinAt: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface LockedKeyResult extends KeyResultValues {
  id: string;
  objectiveId: string;
  current: number;
  checkins: number;
  lastCheckinAt: Date | null;
  version: number;
  /** True: the objective is guarded, so this key result is guarded too. */
  objectiveNeedsApproval: boolean;
}

/**
 * Locks a key result that is not archived, within the organization's transaction, and returns it.
 *
 * @throws DomainError `not_found`
 */
export async function lockKeyResult(
  db: Transaction,
  keyResultId: string,
): Promise<LockedKeyResult> {
  if (!isUuid(keyResultId)) throw notFound("Key result");
  await awaitTurn(db, keyResultId);
  const { rows } = await db.query<LockedKeyResult>(
    `select id, objective_id as "objectiveId", title, unit, start_value as start, target_value as target,
       current_value as current, weight, owner_id as "ownerId", needs_approval as "needsApproval", version, checkins,
       last_checkin_at as "lastCheckinAt",
       (select needs_approval from objectives o where o.id = objective_id) as "objectiveNeedsApproval"
     from key_results where id = $1 and archived_at is null for no key update`,
    [keyResultId],
  );
  if (!rows[0]) throw notFound("Key result");
  return rows[0];
}

/** @throws DomainError `validation_failed`: the target equals the start, so no progress could be computed */
export function requireDistance({ start, target }: { start: number; target: number }): void {
  if (start === target)
    throw invalidInput({ field: "target", message: "target must differ from start" });
}

export const keyResultEntity = (keyResult: LockedKeyResult): GoalEntity => ({
  type: "keyResult",
  id: keyResult.id,
  name: keyResult.title,
  version: keyResult.version,
  needsApproval: keyResult.needsApproval || keyResult.objectiveNeedsApproval,
  body: writePatch(keyResultFields, keyResult),
});

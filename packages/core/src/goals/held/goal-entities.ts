import type { Transaction } from "../../transactions/transaction.ts";
import type { Context } from "../../context.ts";
import type { NewIds } from "../../capabilities.ts";
import type { GoalEntity, GoalEntityType } from "../../entities/goal-entity.ts";
import { changesOf, readPatch } from "../fields.ts";
import {
  keyResultEntity,
  keyResultFields,
  lockKeyResult,
  type KeyResultValues,
} from "../objectives/key-result.ts";
import { applyKeyResultUpdate, checkKeyResultChanges } from "../objectives/update-key-result.ts";
import { kpiEntity, kpiFields, lockKpi, type KpiValues } from "../kpis/kpi.ts";
import { applyKpiUpdate, checkKpiChanges } from "../kpis/update-kpi.ts";
import {
  lockObjective,
  objectiveEntity,
  objectiveFields,
  type ObjectiveValues,
} from "../objectives/objective.ts";
import { applyObjectiveUpdate, checkObjectiveChanges } from "../objectives/update-objective.ts";

/** Locks a goal, changes it if there is a patch, and returns it. */
type Work = (
  db: Transaction,
  context: Context<NewIds>,
  id: string,
  patch: Record<string, unknown> | null,
) => Promise<GoalEntity>;

const works: Record<GoalEntityType, Work> = {
  async objective(db, context, id, patch) {
    const present = await lockObjective(db, id);
    if (patch === null) return objectiveEntity(present);
    const changes = changesOf<ObjectiveValues>(present, readPatch(objectiveFields, patch));
    await checkObjectiveChanges(db, context, present, changes);
    await applyObjectiveUpdate(db, context, present, changes);
    return objectiveEntity(await lockObjective(db, id));
  },
  async keyResult(db, context, id, patch) {
    const present = await lockKeyResult(db, id);
    if (patch === null) return keyResultEntity(present);
    const changes = changesOf<KeyResultValues>(present, readPatch(keyResultFields, patch));
    await checkKeyResultChanges(db, context, present, changes);
    await applyKeyResultUpdate(db, context, present, changes);
    return keyResultEntity(await lockKeyResult(db, id));
  },
  async kpi(db, context, id, patch) {
    const present = await lockKpi(db, id);
    if (patch === null) return kpiEntity(present);
    const changes = changesOf<KpiValues>(present, readPatch(kpiFields, patch));
    await checkKpiChanges(db, context, present, changes);
    await applyKpiUpdate(db, context, present, changes);
    return kpiEntity(await lockKpi(db, id));
  },
};

/**
 * Locks a goal for the rest of the caller's transaction, and returns it as it is.
 *
 * @throws DomainError `not_found`
 */
export const lockGoalEntity = (
  db: Transaction,
  context: Context<NewIds>,
  type: GoalEntityType,
  id: string,
): Promise<GoalEntity> => works[type](db, context, id, null);

/**
 * Applies an approved patch (RFC 7396) in the caller's transaction, with its event, and returns the goal after it. The
 * version rises by one, unless the patch changes nothing. The context's actor is the one who approved the patch. The
 * caller checks the version before, on the goal that `lockGoalEntity` returned.
 *
 * @throws DomainError `not_found`, `validation_failed` (nothing is changed then)
 */
export const applyGoalPatch = (
  db: Transaction,
  context: Context<NewIds>,
  type: GoalEntityType,
  id: string,
  patch: Record<string, unknown>,
): Promise<GoalEntity> => works[type](db, context, id, patch);

import { onlyRow } from "@sayso/database";
import type { Transaction } from "../../transactions/transaction.ts";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordDirectEdit } from "../../entities/record-direct-edit.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { isHeld, requireController, requireVersion, type Updated } from "../change-control.ts";
import { changesOf, readValues, writePatch } from "../fields.ts";
import { requireCycle, requireMember, updateRow } from "../stored-fields.ts";
import {
  isGuarded,
  lockObjective,
  objectiveEntity,
  objectiveFields,
  type LockedObjective,
  type Objective,
  type ObjectiveValues,
} from "./objective.ts";
import { readObjectives } from "./read-objectives.ts";

/**
 * Changes the given fields of an objective. Absent fields stay as they are. If the objective is guarded, only an
 * admin's change is applied at once; if one of its key results is, that holds for its cycle. For others nothing is
 * changed, and the result says what to ask an approver for.
 *
 * @param expectedVersion the version that the caller read; undefined: accepts any version
 * @throws DomainError `not_found`, `validation_failed`; `conflict` (the objective is at another version than expected);
 *   `forbidden`: only an admin may guard an objective, or end that
 */
export function updateObjective(
  context: Context<InOrganization & NewIds>,
  objectiveId: string,
  given: Partial<ObjectiveValues>,
  expectedVersion?: number,
): Promise<Updated<Objective>> {
  return inOrganization(context, async (db) => {
    const present = await lockObjective(db, objectiveId);
    requireVersion(present, expectedVersion);
    const changes = changesOf<ObjectiveValues>(present, readValues(objectiveFields, given));
    await checkObjectiveChanges(db, context, present, changes);
    const entity = { ...objectiveEntity(present), needsApproval: isGuarded(present, changes) };
    if (isHeld(context.actor, entity) && Object.keys(changes).length > 0)
      return { isHeld: true, entity, patch: writePatch(objectiveFields, changes) };
    await applyObjectiveUpdate(db, context, present, changes);
    await recordDirectEdit(db, context, entity, objectiveEntity({ ...present, ...changes }));
    const goal = onlyRow(await readObjectives(db, { id: present.id }, 1));
    return { isHeld: false, goal };
  });
}

/**
 * Checks that the actor may make these changes, and that a new owner and a new cycle are of the organization.
 *
 * @throws DomainError `validation_failed`, `forbidden`
 */
export async function checkObjectiveChanges(
  db: Transaction,
  { actor }: Context,
  present: LockedObjective,
  changes: Partial<ObjectiveValues>,
): Promise<void> {
  requireController(actor, present, changes.needsApproval);
  await requireMember(db, changes.ownerId, "owner_id");
  await requireCycle(db, changes.cycleId);
}

/** Changes a locked objective, with its event, in the caller's transaction. The caller has checked the changes. */
export async function applyObjectiveUpdate(
  db: Transaction,
  context: Context<NewIds>,
  present: LockedObjective,
  changes: Partial<ObjectiveValues>,
): Promise<void> {
  if (Object.keys(changes).length === 0) return;
  await updateRow(db, "objectives", present.id, objectiveFields, changes, [
    "version = version + 1",
    "updated_at = now()",
  ]);
  await recordEvent(db, context, "objective.updated", {
    objective_id: present.id,
    title: changes.title ?? present.title,
    version: present.version + 1,
    changes: writePatch(objectiveFields, changes),
  });
}

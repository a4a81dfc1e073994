import type { PoolClient } from "pg";
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
 * Changes what is given, leaves what is absent. Of an objective under change control only admins change something at
 * once, and of one with key results under change control its cycle; for others nothing is changed, and what comes back
 * says what to ask for.
 *
 * @param expectedVersion the version that whoever asks has looked at, if they say
 * @throws DomainError `not_found`, `validation_failed`; `conflict` (it is at another version than expected);
 *   `forbidden`: only an admin may say what is under approval
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
    const [goal] = await readObjectives(db, { id: present.id }, 1);
    return { isHeld: false, goal: goal! };
  });
}

/** @throws DomainError `validation_failed`, `forbidden` */
export async function checkObjectiveChanges(
  db: PoolClient,
  { actor }: Context,
  present: LockedObjective,
  changes: Partial<ObjectiveValues>,
): Promise<void> {
  requireController(actor, present, changes.needsApproval);
  await requireMember(db, changes.ownerId, "owner_id");
  await requireCycle(db, changes.cycleId);
}

/** Changes a locked objective, with its event, in the caller's transaction; whether it may has been asked. */
export async function applyObjectiveUpdate(
  db: PoolClient,
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

import type { PoolClient } from "pg";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordDirectEdit } from "../../entities/record-direct-edit.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { isHeld, requireController, requireVersion, type Updated } from "../change-control.ts";
import { changesOf, readValues, writePatch } from "../fields.ts";
import { requireMember, updateRow } from "../stored-fields.ts";
import {
  keyResultEntity,
  keyResultFields,
  lockKeyResult,
  requireDistance,
  type KeyResult,
  type KeyResultValues,
  type LockedKeyResult,
} from "./key-result.ts";
import { readKeyResult } from "./read-key-result.ts";

/**
 * Changes what is given, leaves what is absent. Where the key result or its objective is under change control only admins
 * change something at once; for others nothing is changed, and what comes back says what to ask for.
 *
 * @param expectedVersion the version that whoever asks has looked at, if they say
 * @throws DomainError `not_found`, `validation_failed`; `conflict` (it is at another version than expected);
 *   `forbidden`: only an admin may say what is under approval
 */
export function updateKeyResult(
  context: Context<InOrganization & NewIds>,
  keyResultId: string,
  given: Partial<KeyResultValues>,
  expectedVersion?: number,
): Promise<Updated<KeyResult>> {
  return inOrganization(context, async (db) => {
    const present = await lockKeyResult(db, keyResultId);
    requireVersion(present, expectedVersion);
    const changes = changesOf<KeyResultValues>(present, readValues(keyResultFields, given));
    await checkKeyResultChanges(db, context, present, changes);
    const entity = keyResultEntity(present);
    if (isHeld(context.actor, entity) && Object.keys(changes).length > 0)
      return { isHeld: true, entity, patch: writePatch(keyResultFields, changes) };
    await applyKeyResultUpdate(db, context, present, changes);
    await recordDirectEdit(db, context, entity, keyResultEntity({ ...present, ...changes }));
    return { isHeld: false, goal: await readKeyResult(db, present.id) };
  });
}

/** @throws DomainError `validation_failed`, `forbidden` */
export async function checkKeyResultChanges(
  db: PoolClient,
  { actor }: Context,
  present: LockedKeyResult,
  changes: Partial<KeyResultValues>,
): Promise<void> {
  requireController(actor, present, changes.needsApproval);
  requireDistance({ ...present, ...changes });
  await requireMember(db, changes.ownerId, "owner_id");
}

/** Changes a locked key result, with its event, in the caller's transaction; whether it may has been asked. */
export async function applyKeyResultUpdate(
  db: PoolClient,
  context: Context<NewIds>,
  present: LockedKeyResult,
  changes: Partial<KeyResultValues>,
): Promise<void> {
  if (Object.keys(changes).length === 0) return;
  await updateRow(db, "key_results", present.id, keyResultFields, changes, [
    "version = version + 1",
    "updated_at = now()",
  ]);
  await recordEvent(db, context, "key_result.updated", {
    key_result_id: present.id,
    objective_id: present.objectiveId,
    title: changes.title ?? present.title,
    version: present.version + 1,
    changes: writePatch(keyResultFields, changes),
  });
}

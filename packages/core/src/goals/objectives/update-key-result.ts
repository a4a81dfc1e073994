import type { Transaction } from "../../transactions/transaction.ts";
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
 * Changes the given fields of a key result. Absent fields stay as they are. If the key result or its objective is
 * guarded, only an admin's change is applied at once. For others nothing is changed, and the result says what to ask an
 * approver for.
 *
 * @param expectedVersion the version that the caller read; undefined: accepts any version
 * @throws DomainError `not_found`, `validation_failed`; `conflict` (the key result is at another version than
 *   expected); `forbidden`: only an admin may guard a key result, or end that
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

/**
 * Checks that the actor may make these changes, that the target still differs from the start, and that a new owner is a
 * member.
 *
 * @throws DomainError `validation_failed`, `forbidden`
 */
export async function checkKeyResultChanges(
  db: Transaction,
  { actor }: Context,
  present: LockedKeyResult,
  changes: Partial<KeyResultValues>,
): Promise<void> {
  requireController(actor, present, changes.needsApproval);
  requireDistance({ ...present, ...changes });
  await requireMember(db, changes.ownerId, "owner_id");
}

/** Changes a locked key result, with its event, in the caller's transaction. The caller has checked the changes. */
export async function applyKeyResultUpdate(
  db: Transaction,
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

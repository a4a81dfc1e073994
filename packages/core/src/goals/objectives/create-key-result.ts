import { keyResultValues } from "@sayso/fields";
import type { Transaction } from "../../transactions/transaction.ts";
import { requireDecidingAdmin } from "../../actors/require-deciding-admin.ts";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { DomainError } from "../../errors.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { isHeld, requireController } from "../change-control.ts";
import { field, readValues, requireFields } from "../fields.ts";
import { KEY_RESULTS_MAX, lockObjective } from "./objective.ts";
import { insertRow, requireMember } from "../stored-fields.ts";
import {
  keyResultFields,
  requireDistance,
  type KeyResult,
  type KeyResultValues,
} from "./key-result.ts";
import { readKeyResult } from "./read-key-result.ts";

/** The fields of a new key result. Defaults: `start` 0, `current` the start, `weight` 1. */
export type NewKeyResult = Pick<KeyResultValues, "title" | "target"> &
  Partial<KeyResultValues> & { current?: number };

const newKeyResultFields = {
  ...keyResultFields,
  current: field("current", keyResultValues.current, "current_value"),
};

/**
 * Adds a key result to an objective, which has at most 50.
 *
 * @throws DomainError `not_found` (the objective), `validation_failed`, `conflict` (the objective has 50 already);
 *   `forbidden`: only an admin may guard the key result, or add it to a guarded objective
 */
export function createKeyResult(
  context: Context<InOrganization & NewIds>,
  objectiveId: string,
  input: NewKeyResult,
): Promise<KeyResult> {
  return inOrganization(context, async (db) => {
    const objective = await lockObjective(db, objectiveId);
    if (isHeld(context.actor, objective))
      requireDecidingAdmin(
        context.actor,
        "This objective is under change control; only an admin may add key results to it",
      );
    if (objective.keyResults >= KEY_RESULTS_MAX)
      throw new DomainError(
        "conflict",
        `An objective has at most ${KEY_RESULTS_MAX} key results; archive one first`,
      );
    return readKeyResult(db, await insertKeyResult(db, context, objective.id, input));
  });
}

/**
 * Adds a key result in the caller's transaction, with its event. The caller has checked the objective.
 *
 * @returns the id
 * @throws DomainError `validation_failed`, `forbidden`
 */
export async function insertKeyResult(
  db: Transaction,
  context: Context<NewIds>,
  objectiveId: string,
  input: NewKeyResult,
): Promise<string> {
  const given = readValues(newKeyResultFields, input);
  const values = requireFields(newKeyResultFields, given, ["title", "target"]);
  requireController(context.actor, null, values.needsApproval);
  await requireMember(db, values.ownerId, "owner_id");
  const start = values.start ?? 0;
  const set = { weight: 1, current: start, ...values, start };
  requireDistance(set);
  const id = await insertRow(db, context, "key_results", newKeyResultFields, set, {
    objective_id: objectiveId,
  });
  await recordEvent(db, context, "key_result.created", {
    key_result_id: id,
    objective_id: objectiveId,
    title: set.title,
    start: set.start,
    target: set.target,
    unit: set.unit ?? null,
  });
  return id;
}

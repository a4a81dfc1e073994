import { onlyRow } from "@sayso/database";
import type { Transaction } from "../../transactions/transaction.ts";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { invalidInput } from "../../errors.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { requireController } from "../change-control.ts";
import { readValues, requireFields } from "../fields.ts";
import { insertKeyResult, type NewKeyResult } from "./create-key-result.ts";
import { insertRow, requireCycle, requireMember } from "../stored-fields.ts";
import {
  KEY_RESULTS_MAX,
  objectiveFields,
  type Objective,
  type ObjectiveValues,
} from "./objective.ts";
import { readObjectives } from "./read-objectives.ts";

export type NewObjective = Pick<ObjectiveValues, "title"> &
  Partial<ObjectiveValues> & { keyResults?: readonly NewKeyResult[] };

/**
 * Creates an objective with its key results: all of them or nothing. Default type: `org`.
 *
 * @throws DomainError `validation_failed`; `forbidden`: only an admin may guard it
 */
export function createObjective(
  context: Context<InOrganization & NewIds>,
  input: NewObjective,
): Promise<Objective> {
  return inOrganization(context, async (db) => {
    const id = await insertObjective(db, context, input);
    return onlyRow(await readObjectives(db, { id }, 1));
  });
}

/**
 * Creates an objective with its key results in the caller's transaction, with their events.
 *
 * @returns the id of the objective
 * @throws DomainError `validation_failed`, `forbidden`
 */
export async function insertObjective(
  db: Transaction,
  context: Context<NewIds>,
  { keyResults = [], ...input }: NewObjective,
): Promise<string> {
  const values = requireFields(objectiveFields, readValues(objectiveFields, input), ["title"]);
  requireController(context.actor, null, values.needsApproval);
  if (keyResults.length > KEY_RESULTS_MAX)
    throw invalidInput({
      field: "key_results",
      message: `key_results must have at most ${KEY_RESULTS_MAX} entries`,
    });
  await requireMember(db, values.ownerId, "owner_id");
  await requireCycle(db, values.cycleId);
  const set = { type: "org" as const, ...values };
  const id = await insertRow(db, context, "objectives", objectiveFields, set);
  await recordEvent(db, context, "objective.created", {
    objective_id: id,
    title: set.title,
    type: set.type,
    cycle_id: set.cycleId ?? null,
  });
  for (const keyResult of keyResults) await insertKeyResult(db, context, id, keyResult);
  return id;
}

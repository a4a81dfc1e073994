import type { Transaction } from "../transactions/transaction.ts";
import { isDeepStrictEqual } from "node:util";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";
import type { GoalEntity } from "./goal-entity.ts";
import { recordVersion } from "./entity.ts";

/**
 * Records an edit that an admin made to a guarded goal without an approval, in the transaction of that edit. It records
 * nothing if the goal was guarded neither before the edit nor after it, or if the edit changed nothing.
 *
 * @param after the goal after the edit; its version is taken from `before`
 */
export async function recordDirectEdit(
  db: Transaction,
  context: Context<NewIds>,
  before: GoalEntity,
  after: GoalEntity,
): Promise<void> {
  if (!before.needsApproval && !after.needsApproval) return;
  if (isDeepStrictEqual(before.body, after.body)) return;
  const { type: entityType, id: entityId } = before;
  const version = before.version + 1;
  const eventId = await recordEvent(db, context, "entity.written", {
    entity_type: entityType,
    entity_id: entityId,
    entity_name: after.name,
    action: "update",
    entity_version: version,
    before: before.body,
    after: after.body,
  });
  await recordVersion(db, context, { entityType, entityId, version }, eventId);
}

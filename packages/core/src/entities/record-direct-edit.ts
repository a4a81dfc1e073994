import type { PoolClient } from "pg";
import { isDeepStrictEqual } from "node:util";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";
import type { GoalEntity } from "./goal-entity.ts";
import { recordVersion } from "./entity.ts";

/**
 * Notes in the trail of a goal what an admin changed of it without an approval, in the transaction of that edit. Goals
 * that are not under change control, and never were in this edit, have no trail; an edit that changes nothing leaves none.
 *
 * @param after what the goal is by then; its version is taken from `before`
 */
export async function recordDirectEdit(
  db: PoolClient,
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

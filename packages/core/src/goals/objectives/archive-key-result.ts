import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { refuseHeldArchiving } from "../change-control.ts";
import { keyResultEntity, lockKeyResult } from "./key-result.ts";

/**
 * Removes a key result from its objective, for good. The objective's progress no longer counts it.
 *
 * @throws DomainError `not_found`; `forbidden`: the key result or its objective is guarded, and only an admin may
 */
export async function archiveKeyResult(
  context: Context<InOrganization & NewIds>,
  keyResultId: string,
): Promise<void> {
  await inOrganization(context, async (db) => {
    const keyResult = await lockKeyResult(db, keyResultId);
    refuseHeldArchiving(context.actor, keyResultEntity(keyResult));
    await db.query("update key_results set archived_at = now() where id = $1", [keyResult.id]);
    await recordEvent(db, context, "key_result.archived", {
      key_result_id: keyResult.id,
      objective_id: keyResult.objectiveId,
      title: keyResult.title,
    });
  });
}

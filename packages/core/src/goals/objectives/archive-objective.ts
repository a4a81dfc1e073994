import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { refuseHeldArchiving } from "../change-control.ts";
import { lockObjective } from "./objective.ts";

/**
 * Removes an objective and its key results from every list, for good. Their check-ins stay in the audit trail.
 *
 * @throws DomainError `not_found`; `forbidden`: the objective or one of its key results is guarded, and only an admin
 *   may
 */
export async function archiveObjective(
  context: Context<InOrganization & NewIds>,
  objectiveId: string,
): Promise<void> {
  await inOrganization(context, async (db) => {
    const objective = await lockObjective(db, objectiveId);
    const held = await db.query(
      `select from key_results where objective_id = $1 and archived_at is null and needs_approval
       for no key update`,
      [objective.id],
    );
    const needsApproval = objective.needsApproval || held.rows.length > 0;
    refuseHeldArchiving(context.actor, { needsApproval });
    await db.query("update objectives set archived_at = now() where id = $1", [objective.id]);
    await db.query(
      "update key_results set archived_at = now() where objective_id = $1 and archived_at is null",
      [objective.id],
    );
    await recordEvent(db, context, "objective.archived", {
      objective_id: objective.id,
      title: objective.title,
    });
  });
}

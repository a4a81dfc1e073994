import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { checkReviewers } from "./check-reviewers.ts";
import type { FlowInput } from "./create-flow.ts";
import type { Flow } from "./flow.ts";
import { readFlow } from "./get-flow.ts";
import { lockOwnFlow } from "./lock-own-flow.ts";

/**
 * Changes a flow. Absent fields stay as they are. Runs that have begun keep the steps that they began with.
 *
 * @throws DomainError `not_found`, `forbidden`, `invalid_state`, `validation_failed`
 */
export function updateFlow(
  context: Context<InOrganization & NewIds>,
  flowId: string,
  changes: Partial<FlowInput>,
): Promise<Flow> {
  return inOrganization(context, async (db) => {
    await lockOwnFlow(db, context, flowId, "change");
    if (changes.steps) await checkReviewers(db, changes.steps);
    await db.query(
      `update flows set workspace_id = coalesce($2, workspace_id), name = coalesce($3, name),
         description = coalesce($4, description), object_type = coalesce($5, object_type),
         object_action = coalesce($6, object_action), tags = coalesce($7, tags), steps = coalesce($8, steps),
         updated_at = now()
       where id = $1`,
      [
        flowId,
        changes.workspaceId ?? null,
        changes.name ?? null,
        changes.description ?? null,
        changes.objectType ?? null,
        changes.objectAction ?? null,
        changes.tags ? JSON.stringify(changes.tags) : null,
        changes.steps ? JSON.stringify(changes.steps) : null,
      ],
    );
    const changed = Object.entries(changes).filter(([, value]) => value !== undefined);
    await recordEvent(db, context, "flow.updated", {
      flow_id: flowId,
      changed: changed.map(([field]) => field),
    });
    return readFlow(db, context.organizationId, flowId);
  });
}

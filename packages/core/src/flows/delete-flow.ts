import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import type { Flow } from "./flow.ts";
import { readFlow } from "./get-flow.ts";
import { lockOwnFlow } from "./lock-own-flow.ts";

/**
 * Ends a flow: no run can be started from it any more. Its runs stay, and pending ones go on.
 *
 * @throws DomainError `not_found`, `forbidden`, `invalid_state`
 */
export function deleteFlow(
  context: Context<InOrganization & NewIds>,
  flowId: string,
): Promise<Flow> {
  return inOrganization(context, async (db) => {
    await lockOwnFlow(db, context, flowId, "delete");
    await db.query("update flows set status = 'deleted', updated_at = now() where id = $1", [
      flowId,
    ]);
    await recordEvent(db, context, "flow.deleted", { flow_id: flowId });
    return readFlow(db, context.organizationId, flowId);
  });
}

import type { Context } from "../context.ts";
import { requireRequester } from "./cancel.ts";
import { perform, type Performed } from "./perform.ts";
import { refuseForChange } from "./refuse-for-change.ts";

/** What may be changed of a pending request. Absent fields stay. */
export interface Revision {
  title?: string;
  description?: string;
  metadata?: Record<string, unknown>;
}

/**
 * Changes what a pending request asks for. Votes already cast were for something else, so they are void.
 *
 * @throws DomainError `forbidden`, `not_found`, `invalid_state`
 */
export function reviseApproval(
  context: Context,
  requestId: string,
  changes: Revision,
): Promise<Performed> {
  return perform(context, requestId, (loaded) => {
    requireRequester(context.actor, loaded, "revise");
    refuseForChange(loaded, "revised");
    return { kind: "revise", changes };
  });
}

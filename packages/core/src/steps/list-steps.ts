import type { StepState } from "../state-machine/state.ts";
import type { Context } from "../context.ts";
import type { OrganizationPool } from "../capabilities.ts";
import type { RequestLoader } from "../approvals/load.ts";
import { notFound } from "../errors.ts";
import { loadVisible } from "../approvals/load-visible.ts";

/**
 * Returns the explicit steps of a request by their order. Empty: it is decided as a whole.
 *
 * @throws DomainError `not_found`
 */
export async function listSteps(
  context: Context<OrganizationPool & RequestLoader>,
  requestId: string,
): Promise<StepState[]> {
  const loaded = await loadVisible(context, requestId, null);
  if (!loaded) throw notFound("Request");
  return loaded.state.steps;
}

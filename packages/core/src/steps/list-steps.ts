import type { StepState } from "../approvals/state.ts";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";

/**
 * The explicit steps of a request by their order; none where it is decided as a whole.
 *
 * @throws DomainError `not_found`
 */
export async function listSteps(context: Context, requestId: string): Promise<StepState[]> {
  const loaded = await context.services.loadRequest(context.organizationId, {
    id: requestId,
    personId: null,
  });
  if (!loaded) throw notFound("Request");
  return loaded.state.steps;
}

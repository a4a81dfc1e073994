import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { readFlow } from "../flows/get-flow.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { readRuns, type Run } from "./run.ts";

/**
 * Returns one run of a flow.
 *
 * @throws DomainError `not_found`: there is no such flow or run, or the run is of another flow
 */
export function getRun(
  context: Context<InOrganization>,
  flowId: string,
  runId: string,
): Promise<Run> {
  const { organizationId } = context;
  return inOrganization(
    context,
    async (db) => {
      const flow = await readFlow(db, organizationId, flowId);
      const [run] = await readRuns(db, flow, [runId]);
      if (!run || (run.record.flowId ?? organizationId) !== flowId) throw notFound("Approval run");
      return run;
    },
    { oneSnapshot: true },
  );
}

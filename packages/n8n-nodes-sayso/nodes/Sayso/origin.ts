import type { IDataObject, IExecuteFunctions } from "n8n-workflow";
import type { Run } from "./idempotency.ts";

/**
 * Returns the source fields of a request, with which people and filters recognise where it comes from. They are the
 * same when a run is retried.
 *
 * @param sourceId default: the workflow's
 */
export function originOf(context: IExecuteFunctions, run: Run, sourceId?: string): IDataObject {
  const { id, name } = context.getWorkflow();
  const address = context.getInstanceBaseUrl().replace(/\/+$/, "");
  const isReachable = id !== undefined && /^https?:\/\//.test(address);
  return {
    source: "n8n",
    source_id: sourceId ?? id,
    ...(name !== undefined && { source_name: name.slice(0, 500) }),
    ...(isReachable && { source_url: `${address}/workflow/${id}/executions/${run.executionId}` }),
  };
}

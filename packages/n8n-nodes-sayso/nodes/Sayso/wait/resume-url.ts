import type { IExecuteFunctions } from "n8n-workflow";

/** Of the webhook that wakes a sleeping execution, behind the execution's own address. */
export const RESUME_PATH = "sayso";

/**
 * Where Sayso tells this execution of its decisions: n8n refuses the address without the execution's secret token.
 *
 * Not the address that n8n signs for its own sending nodes, which ends in the node's id: while n8n is still saving the
 * execution it answers that one with 200 and "no action required", and the decision would be lost. Here it answers
 * 404 or 409 then, and Sayso comes again.
 */
export function resumeUrlOf(context: IExecuteFunctions): string {
  const url = new URL(context.evaluateExpression("{{ $execution.resumeUrl }}", 0) as string);
  url.pathname += `/${RESUME_PATH}`;
  return url.href;
}

import type { IExecuteFunctions } from "n8n-workflow";
import { readText } from "../../shared/given.ts";

/** The path of the webhook that wakes a sleeping execution, after the execution's own address. */
export const RESUME_PATH = "sayso";

/**
 * Returns the address to which Sayso sends this execution's decisions. n8n refuses it without the execution's secret
 * token.
 *
 * It is not the address that n8n signs for its own sending nodes, which ends in the node's id. While n8n is still
 * saving the execution, it answers that address with 200 and "no action required", and the decision would be lost. It
 * answers this address with 404 or 409 then, and Sayso tries again.
 */
export function resumeUrlOf(context: IExecuteFunctions): string {
  const given = context.evaluateExpression("{{ $execution.resumeUrl }}", 0);
  const url = new URL(readText("$execution.resumeUrl", given));
  url.pathname += `/${RESUME_PATH}`;
  return url.href;
}

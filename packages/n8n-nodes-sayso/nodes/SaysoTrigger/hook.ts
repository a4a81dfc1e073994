import { NodeOperationError } from "n8n-workflow";
import type { SubscriptionBody } from "@sayso/triggers";
import type { IHookFunctions, IWebhookFunctions } from "n8n-workflow";
import { readWanted } from "../shared/wanted.ts";

/** The data that n8n stores for the node between two messages. It can be another version's, so its form is open. */
interface StaticData {
  hook?: unknown;
  state?: unknown;
}

export const staticDataOf = (context: IHookFunctions | IWebhookFunctions): StaticData =>
  context.getWorkflowStaticData("node");

/** Returns the subscription that this node wants. */
export function wantedHook(context: IHookFunctions): SubscriptionBody {
  const { types, filter } = readWanted(context);
  const address = context.getNodeWebhookUrl("default");
  if (address === undefined)
    throw new NodeOperationError(context.getNode(), "n8n gave this trigger no webhook address");
  return {
    target_url: address,
    event_types: types.length > 0 ? types : ["approval.*", "delivery.*"],
    filter,
    description: `n8n: ${context.getWorkflow().name ?? "a workflow"}`.slice(0, 500),
  };
}

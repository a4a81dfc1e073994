import { n8nOutputs, type Decision } from "@sayso/triggers";
import type { IDataObject, INodeExecutionData } from "n8n-workflow";
import type { Caller } from "../../shared/api.ts";
import type { Run } from "../idempotency.ts";
import { isGate } from "./gate.ts";

/**
 * Puts every input item on the output of its decision. Only what the server itself says is approved comes to
 * "Approved"; a gate says so in the form that n8n's agents read, and anything else there lets no tool run.
 *
 * @param decisions one for each item; of a run that asked once for all of them, one
 */
export function toOutputs(
  caller: Caller,
  items: INodeExecutionData[],
  run: Run,
  decisions: Decision[],
): INodeExecutionData[][] {
  const outputs: INodeExecutionData[][] = n8nOutputs.map(() => []);
  items.forEach((item, index) => {
    const decision = decisions[run.isTogether ? 0 : index]!;
    const pairedItem = { item: index };
    if (isGate(caller)) outputs[0]!.push({ json: { data: toAnswer(decision) }, pairedItem });
    else outputs[decision.n8n]!.push({ ...item, json: withDecision(item, decision), pairedItem });
  });
  return outputs;
}

const withDecision = ({ json }: INodeExecutionData, decision: Decision): IDataObject => ({
  ...json,
  sayso: describe(decision),
});

/** What a workflow needs of a decision; everything else of the request can be fetched by its id. */
const describe = ({ kind, message, request, why }: Decision): IDataObject => ({
  outcome: kind,
  approved: kind === "approved",
  message,
  request_id: request?.id ?? null,
  title: request?.title ?? null,
  decided_at: (request as { decided_at?: string | null } | null)?.decided_at ?? null,
  decided_by: request?.decided_by ?? null,
  decided_by_name: request?.decided_by_name ?? null,
  comment: why,
});

/** `approved` decides whether the tool runs; the text goes to the model where it doesn't. */
const toAnswer = ({ kind, message }: Decision): IDataObject =>
  kind === "approved" ? { approved: true } : { approved: false, chatInput: message };

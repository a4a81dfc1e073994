import { n8nOutputs, type Decision } from "@sayso/triggers";
import type { IDataObject, INodeExecutionData } from "n8n-workflow";
import type { Caller } from "../../shared/api.ts";
import type { Run } from "../idempotency.ts";
import { isGate } from "./gate.ts";

/** Whether an AI agent calls the node as one of its tools. It reads the first output only, as text. */
const isTool = (caller: Caller): boolean =>
  caller.getNode().type.endsWith("Tool") && !isGate(caller);

/** Then there is one item, and what comes out goes to the agent. */
export const isCalledByAgent = (caller: Caller): boolean => isGate(caller) || isTool(caller);

/**
 * Puts every input item on the output of its decision. Only what the server itself says is approved comes to
 * "Approved"; a gate says so in the form that n8n's agents read, and anything else there lets no tool run; a tool says
 * it to the model.
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
    const { kind, message } = decision;
    if (isGate(caller)) outputs[0]!.push({ json: toAnswer(kind, message), pairedItem });
    else if (isTool(caller)) outputs[0]!.push({ json: toText(kind, message), pairedItem });
    else
      outputs[decision.n8n]!.push({
        ...item,
        json: { ...item.json, sayso: describe(decision) },
        pairedItem,
      });
  });
  return outputs;
}

/**
 * An item that comes out where nobody has decided: whatever it held when it came in, it can't be taken for a yes.
 *
 * @param message why, for people and models; default: n8n goes on by itself
 */
export function noDecision(
  caller: Caller,
  item: INodeExecutionData,
  message = "n8n went on without a decision",
): INodeExecutionData {
  if (isGate(caller)) return { ...item, json: toAnswer(NO_DECISION, message) };
  if (isTool(caller)) return { ...item, json: toText(NO_DECISION, message) };
  const sayso = { outcome: NO_DECISION, approved: false, message };
  return { ...item, json: { ...item.json, sayso } };
}

const NO_DECISION = "no_decision";

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

type Outcome = Decision["kind"] | typeof NO_DECISION;

/** `approved` decides whether the tool runs; the text goes to the model where it doesn't. */
const toAnswer = (outcome: Outcome, message: string): IDataObject => ({
  data: outcome === "approved" ? { approved: true } : { approved: false, chatInput: message },
});

/** Begins with what a model must not miss: the rest holds titles and comments, which say anything. */
const toText = (outcome: Outcome, message: string): IDataObject =>
  outcome === "approved"
    ? { answer: `APPROVED. ${message}.`, approved: true, outcome }
    : {
        answer: `NOT APPROVED. ${message}. Nobody has said yes to it.`,
        approved: false,
        outcome,
      };

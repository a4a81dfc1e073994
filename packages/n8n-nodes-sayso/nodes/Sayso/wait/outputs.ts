import { n8nOutputs, type Decision } from "@sayso/triggers";
import type { IDataObject, INodeExecutionData } from "n8n-workflow";
import type { Caller } from "../../shared/api.ts";
import type { Run } from "../idempotency.ts";
import { isGate } from "./gate.ts";

/** Returns true if an AI agent calls the node as one of its tools. The agent reads only the first output, as text. */
const isTool = (caller: Caller): boolean =>
  caller.getNode().type.endsWith("Tool") && !isGate(caller);

/** Returns true if an agent receives the output. There is one item then. */
export const isCalledByAgent = (caller: Caller): boolean => isGate(caller) || isTool(caller);

/**
 * Puts every input item on the output of its decision. Only a request that the server itself reports as approved
 * reaches "Approved". A gate gives the answer in the form that n8n's agents read, and no other answer of a gate lets a
 * tool run. A tool gives the answer to the model as text.
 *
 * @param decisions one for each item; one in all for a run that asked once for all items
 */
export function toOutputs(
  caller: Caller,
  items: INodeExecutionData[],
  run: Run,
  decisions: Decision[],
): INodeExecutionData[][] {
  const outputs: INodeExecutionData[][] = n8nOutputs.map(() => []);
  items.forEach((item, index) => {
    const decision = decisions[run.isTogether ? 0 : index];
    if (!decision) throw new Error(`Sayso returned no decision for item ${index + 1}`);
    const pairedItem = { item: index };
    const { kind, message } = decision;
    if (isGate(caller)) outputs[0]?.push({ json: toAnswer(kind, message), pairedItem });
    else if (isTool(caller)) outputs[0]?.push({ json: toText(kind, message), pairedItem });
    else
      outputs[decision.n8n]?.push({
        ...item,
        json: { ...item.json, sayso: describe(decision) },
        pairedItem,
      });
  });
  return outputs;
}

/**
 * Makes an item for the case that nobody has decided. Whatever the input item held, this one can't be taken for a yes.
 *
 * @param message the reason, for people and models; default: n8n goes on by itself
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

/** Returns the fields of a decision that a workflow needs. The request's other fields can be fetched by its id. */
const describe = ({ kind, message, request, why }: Decision): IDataObject => ({
  outcome: kind,
  approved: kind === "approved",
  message,
  request_id: request?.id ?? null,
  title: request?.title ?? null,
  decided_at: request?.decided_at ?? null,
  decided_by: request?.decided_by ?? null,
  decided_by_name: request?.decided_by_name ?? null,
  comment: why,
});

type Outcome = Decision["kind"] | typeof NO_DECISION;

/** Makes a gate's answer. `approved` decides whether the tool runs; if it doesn't, the text goes to the model. */
const toAnswer = (outcome: Outcome, message: string): IDataObject => ({
  data: outcome === "approved" ? { approved: true } : { approved: false, chatInput: message },
});

/**
 * Makes a tool's answer. It begins with the words that a model must not miss; the rest holds titles and comments, which
 * can say anything.
 */
const toText = (outcome: Outcome, message: string): IDataObject =>
  outcome === "approved"
    ? { answer: `APPROVED. ${message}.`, approved: true, outcome }
    : {
        answer: `NOT APPROVED. ${message}. Nobody has approved it.`,
        approved: false,
        outcome,
      };

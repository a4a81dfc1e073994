import { readDecision, type Decision, type ReadRequest } from "@sayso/triggers";
import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from "n8n-workflow";
import { callSayso } from "../../shared/api.ts";
import { errorOf } from "../../shared/given.ts";
import { portOf } from "../../shared/port.ts";
import { isSigned } from "../../shared/webhook-secrets.ts";
import { RUN, type Run } from "../idempotency.ts";
import { isCalledByAgent, toOutputs } from "./outputs.ts";

const PAGE_SIZE = 100;

/**
 * Wakes the execution once every request of its wait is decided. n8n has checked the address's token. This function
 * checks the message's signature and then asks the server; the message itself decides nothing. A message that can't be
 * checked now is refused, so that Sayso sends it again, and the execution sleeps on.
 */
export async function resume(context: IWebhookFunctions): Promise<IWebhookResponseData> {
  try {
    if (!(await isSigned(context))) return answer(context, 401, "Sayso did not sign this call");
    const run = readRun(context);
    if (!run?.requestIds?.length) return answer(context, 409, "This execution isn't waiting");
    const decisions = await decisionsOf(context, run.requestIds);
    if (decisions.some(({ isFinal }) => !isFinal))
      return answer(context, 200, "Not all requests of this wait are decided yet");
    const items = isCalledByAgent(context) ? [{ json: {} }] : readItems(context);
    return {
      webhookResponse: { message: "The workflow continues" },
      workflowData: toOutputs(context, items, run, decisions),
    };
  } catch (error) {
    // An error that is thrown here would end the execution.
    context.logger.warn(`A decision could not be verified: ${errorOf(error).message}`);
    return answer(context, 503, "Sayso could not be asked for the decision");
  }
}

function answer(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
  context.getResponseObject().status(status).json({ message });
  return { noWebhookResponse: true };
}

/** Reads the run that the sleeping execution stored. n8n lets a webhook see it only through an expression. */
const readRun = (context: IWebhookFunctions): Run | undefined =>
  evaluate(
    context,
    `$node[${JSON.stringify(context.getNode().name)}].context[${JSON.stringify(RUN)}]`,
  );

const readItems = (context: IWebhookFunctions): INodeExecutionData[] =>
  evaluate(context, "$input.all()");

/** Evaluates an expression whose value has the type `Of`: this node stored it, or n8n documents it. */
const evaluate = <Of>(context: IWebhookFunctions, expression: string): Of =>
  context.evaluateExpression(`{{ ${expression} }}`) as Of;

/** Reads the decisions, in the order of the ids. Several are read together, up to a hundred in a call. */
async function decisionsOf(context: IWebhookFunctions, ids: string[]): Promise<Decision[]> {
  const port = portOf(context);
  const [first, ...others] = ids;
  if (first === undefined) return [];
  if (others.length === 0) return [await readDecision(port, first)];
  const known = await listRequests(context, ids.length, await port.getRequest(first));
  return Promise.all(
    ids.map((id) =>
      readDecision({ getRequest: async () => known.get(id) ?? (await port.getRequest(id)) }, id),
    ),
  );
}

/** Lists the requests of one wait, which share their `source_id`. */
async function listRequests(
  context: IWebhookFunctions,
  count: number,
  first: ReadRequest,
): Promise<Map<string, ReadRequest>> {
  const known = new Map([[first.id, first]]);
  for (let page = 1; (page - 1) * PAGE_SIZE < count; page++) {
    const { data } = await callSayso<{ data: ReadRequest[] }>(context, {
      method: "GET",
      path: "/api/v1/approvals",
      query: { source_id: first.source_id, page, page_size: PAGE_SIZE },
    });
    for (const request of data) known.set(request.id, request);
  }
  return known;
}

import { readDecision, type Decision, type ReadRequest } from "@sayso/triggers";
import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from "n8n-workflow";
import { callSayso } from "../../shared/api.ts";
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
    if (!(await isSigned(context))) return answer(context, 401, "This is not signed by Sayso");
    const run = readRun(context);
    if (!run?.requestIds?.length) return answer(context, 409, "This execution doesn't wait");
    const decisions = await decisionsOf(context, run.requestIds);
    if (decisions.some(({ isFinal }) => !isFinal))
      return answer(context, 200, "Not all requests of this wait are decided yet");
    const items = isCalledByAgent(context) ? [{ json: {} }] : readItems(context);
    return {
      webhookResponse: { message: "The workflow goes on" },
      workflowData: toOutputs(context, items, run, decisions),
    };
  } catch (error) {
    // An error that is thrown here would end the execution.
    context.logger.warn(`A decision could not be checked: ${(error as Error).message}`);
    return answer(context, 503, "The decision could not be read from Sayso now");
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
  first: ReadRequest & { source_id?: string },
): Promise<Map<string, ReadRequest>> {
  const known = new Map([[first.id, first as ReadRequest]]);
  for (let page = 1; (page - 1) * PAGE_SIZE < count; page++) {
    const { data } = (await callSayso(context, {
      method: "GET",
      path: "/api/v1/approvals",
      query: { source_id: first.source_id, page, page_size: PAGE_SIZE },
    })) as { data: ReadRequest[] };
    for (const request of data) known.set(request.id, request);
  }
  return known;
}

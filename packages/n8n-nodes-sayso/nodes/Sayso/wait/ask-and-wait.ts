import { n8nOutputs, readDecision, type Decision } from "@sayso/triggers";
import {
  NodeOperationError,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
} from "n8n-workflow";
import { callSayso } from "../../shared/api.ts";
import { errorOf, readNumber, readObject, readText } from "../../shared/given.ts";
import { portOf } from "../../shared/port.ts";
import { readWebhookSecrets } from "../../shared/webhook-secrets.ts";
import { operationOf } from "../operation-of.ts";
import { idempotencyKey, openRun, type Run } from "../idempotency.ts";
import { originOf } from "../origin.ts";
import { readParameters, type Values } from "../parameters.ts";
import { canSleep, fallAsleep } from "./fall-asleep.ts";
import { describeToolCall, isGate, readToolCall, RefusedCall } from "./gate.ts";
import { noDecision, toOutputs } from "./outputs.ts";
import { resumeUrlOf } from "./resume-url.ts";

/** The time in which n8n can receive an expiry before it goes on by itself. */
const GRACE_MS = 30_000;
/** The time for which the server holds back an answer that it doesn't have yet. */
const HOLD_SECONDS = 30;

/**
 * Asks for every input item and puts the execution to sleep; `resume` wakes it. A request that this run made before,
 * and whose answer got lost, is found again and never asked twice. If everything is decided already, the execution goes
 * on at once. Where an execution can't sleep, it waits awake.
 */
export async function askAndWait(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  return askAll(context).catch((error: unknown) => {
    // If an error were thrown, n8n would pass on the input, which can say anything.
    if (error instanceof RefusedCall || context.continueOnFail())
      return goOnUnasked(context, errorOf(error));
    throw error;
  });
}

function goOnUnasked(context: IExecuteFunctions, { message }: Error): INodeExecutionData[][] {
  const hasErrorOutput = context.getNode().onError === "continueErrorOutput";
  const items = context.getInputData().map((item, index): INodeExecutionData => {
    const pairedItem = { item: index };
    // n8n puts an item that holds only an error on the error output, together with the input item.
    if (hasErrorOutput && !isGate(context)) return { json: { error: message }, pairedItem };
    const unasked = noDecision(context, item, message);
    if (!isGate(context)) unasked.json.error = message;
    return { ...unasked, pairedItem };
  });
  return n8nOutputs.map((_, output) => (output === 0 ? items : []));
}

async function askAll(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  const items = context.getInputData();
  // A credential whose callbacks can't be checked must not begin to wait.
  await readWebhookSecrets(context);
  const run = openRun(context);
  run.isTogether = context.getNodeParameter("ask", 0, "each") === "together";
  if (canSleep(context)) run.callbackUrl ??= resumeUrlOf(context);
  const limit = readLimit(context, run);
  const asks = readAsks(context, items, run, limit);
  run.requestIds = [];
  let latest = 0;
  let isDecided = true;
  for (const { body, itemIndex } of asks) {
    const request = await ask(context, body, itemIndex);
    run.requestIds.push(request.id);
    isDecided &&= request.status !== "pending";
    latest = Math.max(latest, request.expires_at ? Date.parse(request.expires_at) : 0);
  }
  // The callback belongs to the execution that asked first. Another execution that retries it has to ask the server
  // itself.
  const isRetried = canSleep(context) && run.executionId !== context.getExecutionId();
  if (isDecided || isRetried || !canSleep(context))
    return toOutputs(context, items, run, await decisionsOf(context, run));
  if (limit && latest > limit.goesOnAt.getTime()) reportEarlyEnd(context);
  keepPairs(context, items.length === 1 || run.isTogether);
  await fallAsleep(context, isGate(context) ? undefined : limit?.goesOnAt);
  // No items yet. The editor would show them as output of No Decision, and an agent could take a gate's input for its
  // answer.
  return n8nOutputs.map(() => []);
}

/**
 * Makes n8n pair output and input items correctly. When n8n goes on, it pairs an output item with the input item at the
 * same place in its output. That is right where all items come out together, and wrong where they part. There n8n is
 * made to say that it can't pair them.
 */
function keepPairs(context: IExecuteFunctions, areTogether: boolean): void {
  const { source } = context.getExecuteData();
  const [from] = source?.main ?? [];
  if (source && from) source.main = n8nOutputs.map(() => (areTogether ? from : null));
}

interface Ask {
  itemIndex: number;
  body: IDataObject;
}

function readAsks(
  context: IExecuteFunctions,
  items: INodeExecutionData[],
  run: Run,
  limit: Limit | null,
): Ask[] {
  const { isTogether } = run;
  const asked = isTogether ? items.slice(0, 1) : items;
  return asked.map((_, itemIndex) => {
    const fields = readParameters(context, operationOf("approval.sendAndWait"), itemIndex);
    const payload: Values = isTogether ? { items: items.map(({ json }) => json) } : {};
    const shown = isGate(context) ? describeToolCall(context, readToolCall(context)) : undefined;
    const metadata = {
      ...payload,
      ...readObject("metadata", fields.metadata ?? {}),
      ...shown?.metadata,
    };
    const expiresAt = fields.expires_at ?? limit?.expiresAt.toISOString();
    return {
      itemIndex,
      body: {
        ...shown?.texts,
        ...fields,
        ...(Object.keys(metadata).length > 0 && { metadata }),
        ...(expiresAt !== undefined && { expires_at: expiresAt }),
        ...originOf(context, run, waitId(context, run)),
        ...(run.callbackUrl !== undefined && { callback_url: run.callbackUrl }),
        idempotency_key: idempotencyKey(context, run, itemIndex),
      },
    };
  });
}

/** The source id under which all requests of one wait can be listed. */
const waitId = (context: IExecuteFunctions, { executionId, index }: Run): string =>
  [context.getWorkflow().id ?? "unsaved", executionId, context.getNode().id, index].join("/");

interface Asked {
  id: string;
  status: string;
  expires_at: string | null;
}

async function ask(
  context: IExecuteFunctions,
  body: IDataObject,
  itemIndex: number,
): Promise<Asked> {
  const call = { method: "POST", path: "/api/v1/approvals", body, itemIndex } as const;
  const { id, status, expires_at = null } = await callSayso<Partial<Asked>>(context, call);
  if (typeof id !== "string" || typeof status !== "string")
    throw new NodeOperationError(context.getNode(), "Sayso didn't confirm the request", {
      itemIndex,
    });
  return { id, status, expires_at };
}

/**
 * Waits until each request is decided. The server holds back its answer as long as it can, so this doesn't poll at
 * fixed intervals.
 */
async function decisionsOf(context: IExecuteFunctions, run: Run): Promise<Decision[]> {
  const port = portOf(context);
  const decisions: Decision[] = [];
  for (const id of run.requestIds ?? []) {
    let decision = await readDecision(port, id);
    while (!decision.isFinal) {
      if (context.getExecutionCancelSignal()?.aborted)
        throw new NodeOperationError(context.getNode(), "The execution was cancelled");
      const path = `/api/v1/approvals/${encodeURIComponent(id)}`;
      await callSayso(context, { method: "GET", path, query: { wait: HOLD_SECONDS } });
      decision = await readDecision(port, id);
    }
    decisions.push(decision);
  }
  return decisions;
}

interface Limit {
  expiresAt: Date;
  /** The time at which n8n passes the input to the first output. */
  goesOnAt: Date;
}

const minutes: Record<string, number> = { minutes: 1, hours: 60, days: 24 * 60 };

/** Reads the time limit. It counts from the beginning of the run, so that a retried run asks for the same. */
function readLimit(context: IExecuteFunctions, run: Run): Limit | null {
  if (!context.getNodeParameter("limitWaitTime", 0, false)) return null;
  const amount = readNumber("Wait Amount", context.getNodeParameter("waitAmount", 0, 3));
  const unit = readText("Wait Unit", context.getNodeParameter("waitUnit", 0, "days"));
  const minutesEach = minutes[unit];
  if (minutesEach === undefined)
    throw new NodeOperationError(
      context.getNode(),
      `Wait Unit must be one of ${Object.keys(minutes).join(", ")}, not ${unit}`,
    );
  const endsAt = Date.parse(run.startedAt) + amount * minutesEach * 60_000;
  return { expiresAt: new Date(endsAt), goesOnAt: new Date(endsAt + GRACE_MS) };
}

function reportEarlyEnd(context: IExecuteFunctions): void {
  context.addExecutionHints({
    message:
      'The request expires later than n8n stops waiting, so a late decision has no effect here. Increase "Wait For".',
    type: "warning",
    location: "outputPane",
  });
}

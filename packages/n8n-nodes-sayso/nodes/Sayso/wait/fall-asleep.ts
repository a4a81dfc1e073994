import {
  WAIT_INDEFINITELY,
  type IExecuteData,
  type IExecuteFunctions,
  type INodeExecutionData,
} from "n8n-workflow";
import { isGate } from "./gate.ts";
import { noDecision } from "./outputs.ts";
import { stackOf } from "./stack.ts";

/**
 * Returns true if the execution can be put to sleep here. Where n8n runs a node within another node's run, as the tool
 * of a sub-agent, or without storing an execution, it would fall asleep elsewhere or not at all.
 */
export const canSleep = (context: IExecuteFunctions): boolean =>
  !context.isToolExecution() && context.getExecutionId() !== undefined;

/**
 * Puts the execution to sleep so that only `resume` can bring a yes out of this run of the node:
 *
 * - n8n wakes an execution by switching the waiting run's node object off, and passes on that run's input. Runs of the
 *   same node that are still on the stack share the object. Each gets an object of its own, because otherwise they
 *   would never ask.
 * - Where n8n goes on by itself (its time-out, a retry of the sleeping execution), it passes on this run's input, which
 *   a model or a sender wrote. Items that say that there is no decision replace it.
 *
 * @param until default: no limit
 */
export async function fallAsleep(context: IExecuteFunctions, until?: Date): Promise<void> {
  const own = context.getExecuteData();
  const { name } = own.node;
  for (const entry of stackOf(context)) {
    if (entry.node.name !== name || entry === own) continue;
    entry.node = { ...entry.node };
    // A retry with the changed workflow gives them one shared object again. An agent takes this item for a no before
    // any other.
    if (isGate(context)) entry.data = mapItems(entry, toRefused);
  }
  own.node = { ...own.node };
  own.data = mapItems(own, (item) => noDecision(context, item));
  await context.putExecutionToWait(until ?? WAIT_INDEFINITELY);
}

const toRefused = (item: INodeExecutionData): INodeExecutionData => ({
  ...item,
  json: { ...item.json, approved: false },
});

const mapItems = (
  { data }: IExecuteData,
  map: (item: INodeExecutionData) => INodeExecutionData,
): IExecuteData["data"] => ({
  ...data,
  main: data.main?.map((items) => items?.map(map) ?? null) ?? [],
});

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
 * Whether the execution can be put to sleep here. Where n8n runs a node within another one's run, as the tool of a
 * sub-agent, or without storing an execution, it would fall asleep elsewhere or not at all.
 */
export const canSleep = (context: IExecuteFunctions): boolean =>
  !context.isToolExecution() && context.getExecutionId() !== undefined;

/**
 * Puts the execution to sleep in such a way that only `resume` can bring a yes out of this run of the node:
 *
 * - n8n wakes an execution by switching the waiting run's node object off, and hands that run's input on. Runs of the same
 *   node that still lie on the stack share the object; each gets one of its own, or they would never ask.
 * - Where n8n goes on by itself (its time-out, a retry of the sleeping execution) it hands on this run's input, which a
 *   model or a sender wrote. Items that say that there is no decision take its place.
 *
 * @param until default: as long as it takes
 */
export async function fallAsleep(context: IExecuteFunctions, until?: Date): Promise<void> {
  const own = context.getExecuteData();
  const { name } = own.node;
  for (const entry of stackOf(context)) {
    if (entry.node.name !== name || entry === own) continue;
    entry.node = { ...entry.node };
    // A retry with the changed workflow gives them one object again. An agent takes this for a no before anything else.
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

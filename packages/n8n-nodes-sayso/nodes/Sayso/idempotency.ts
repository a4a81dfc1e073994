import type { IExecuteFunctions } from "n8n-workflow";
import { readNumber } from "../shared/given.ts";

/** The data that a node stores about one of its runs. n8n stores it with the execution, so it outlives a restart. */
export interface Run {
  /** The number of times that this node ran in the execution; in a loop it runs again and again. */
  index: number;
  /** The execution in which the run began. A retried execution has another id, but continues the same run. */
  executionId: string;
  startedAt: string;
  /** For a run that waits: the ids of its requests, in the order of its items, and the address of its callbacks. */
  requestIds?: string[];
  /** One request is for all items. */
  isTogether?: boolean;
  callbackUrl?: string;
}

/** The name under which n8n stores the run. */
export const RUN = "sayso";

/** Returns the run that is under way: the same one when it is retried, within an execution or by another one. */
export function openRun(context: IExecuteFunctions): Run {
  const kept: { [RUN]?: Run } = context.getContext("node");
  const index = runIndexOf(context);
  if (kept[RUN]?.index !== index) {
    kept[RUN] = {
      index,
      // n8n runs some tools without an execution. Such a run must not share a key with any other.
      executionId: context.getExecutionId() ?? `none-${crypto.randomUUID()}`,
      startedAt: new Date().toISOString(),
    };
  }
  return kept[RUN];
}

/** Returns the number of times that this node ran before in the execution. */
export const runIndexOf = (context: IExecuteFunctions): number =>
  readNumber("$runIndex", context.evaluateExpression("{{ $runIndex }}", 0));

/**
 * Returns a key that is the same for the same item of the same run, wherever it is tried again, so that Sayso returns
 * the first request.
 */
export function idempotencyKey(context: IExecuteFunctions, run: Run, itemIndex: number): string {
  const workflowId = context.getWorkflow().id ?? "unsaved";
  const parts = [workflowId, run.executionId, context.getNode().id, run.index, itemIndex];
  return ["n8n", context.getInstanceId().slice(0, 32), ...parts].join(":");
}

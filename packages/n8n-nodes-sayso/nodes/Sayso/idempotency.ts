import type { IExecuteFunctions } from "n8n-workflow";

/** What a node remembers of one of its runs; n8n stores it with the execution, so it outlives a restart. */
export interface Run {
  /** Counts the times that this node ran in the execution: in a loop it runs again and again. */
  index: number;
  /** The execution in which it began: a retried one has another id, and is still the same run. */
  executionId: string;
  startedAt: string;
  /** Of a run that waits: what it asked for, in the order of its items, and where it is told. */
  requestIds?: string[];
  /** One request holds for all items. */
  isTogether?: boolean;
  callbackUrl?: string;
}

/** The name under which n8n keeps it. */
export const RUN = "sayso";

/** The run that is under way: the same again when it is retried, within an execution or by another one. */
export function openRun(context: IExecuteFunctions): Run {
  const kept = context.getContext("node") as { [RUN]?: Run };
  const index = context.evaluateExpression("{{ $runIndex }}", 0) as number;
  if (kept[RUN]?.index !== index) {
    kept[RUN] = {
      index,
      // n8n runs some tools without an execution: such a run is nobody else's.
      executionId: context.getExecutionId() ?? `none-${crypto.randomUUID()}`,
      startedAt: new Date().toISOString(),
    };
  }
  return kept[RUN];
}

/** The same for the same item of the same run, wherever it is tried again: Sayso then gives the first request. */
export function idempotencyKey(context: IExecuteFunctions, run: Run, itemIndex: number): string {
  const workflowId = context.getWorkflow().id ?? "unsaved";
  const parts = [workflowId, run.executionId, context.getNode().id, run.index, itemIndex];
  return ["n8n", context.getInstanceId().slice(0, 32), ...parts].join(":");
}

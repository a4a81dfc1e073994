import type { IExecuteData, IExecuteFunctions, IRunExecutionData } from "n8n-workflow";

/**
 * Returns the runs that this execution still has to do, as n8n stores them; none where n8n doesn't let a node see them.
 * n8n offers no other way to find the call that an agent waits for.
 */
export const stackOf = (context: IExecuteFunctions): IExecuteData[] =>
  (hasRunData(context) && context.runExecutionData?.executionData?.nodeExecutionStack) || [];

/** n8n's own class of contexts has the property, its interface for nodes doesn't. */
const hasRunData = (
  context: object,
): context is { runExecutionData?: Partial<IRunExecutionData> | null } =>
  "runExecutionData" in context;

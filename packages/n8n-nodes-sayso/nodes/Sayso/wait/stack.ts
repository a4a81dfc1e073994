import type { IExecuteData, IExecuteFunctions } from "n8n-workflow";

/**
 * Returns the runs that this execution still has to do, as n8n stores them; none where n8n doesn't let a node see them.
 * n8n offers no other way to find the call that an agent waits for.
 */
export function stackOf(context: IExecuteFunctions): IExecuteData[] {
  const { runExecutionData } = context as unknown as {
    runExecutionData?: { executionData?: { nodeExecutionStack?: IExecuteData[] } };
  };
  return runExecutionData?.executionData?.nodeExecutionStack ?? [];
}

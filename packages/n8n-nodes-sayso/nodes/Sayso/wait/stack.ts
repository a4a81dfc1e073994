import type { IExecuteData, IExecuteFunctions } from "n8n-workflow";

/**
 * The runs that this execution still has before it, as n8n keeps them: none where n8n doesn't let a node see them. n8n
 * offers no other way to learn which call an agent waits for.
 */
export function stackOf(context: IExecuteFunctions): IExecuteData[] {
  const { runExecutionData } = context as unknown as {
    runExecutionData?: { executionData?: { nodeExecutionStack?: IExecuteData[] } };
  };
  return runExecutionData?.executionData?.nodeExecutionStack ?? [];
}

import type { Caller } from "../../shared/api.ts";
import type { IDataObject, IExecuteFunctions } from "n8n-workflow";
import type { Values } from "../parameters.ts";

/** Whether the node stands between an AI agent and its tools: n8n gives that variant a type of its own. */
export const isGate = (caller: Caller): boolean => caller.getNode().type.endsWith("HitlTool");

const TITLE_MAX = 500;
const DESCRIPTION_MAX = 5000;

/** What the agent is about to do, as approvers read it. */
export function readToolCall(
  context: IExecuteFunctions,
  itemIndex: number,
): { texts?: Values; metadata?: Values } {
  const { toolParameters } = context.getInputData()[itemIndex]!.json as {
    toolParameters?: IDataObject;
  };
  const tool = readToolName(context, itemIndex);
  const message = context.getNodeParameter("message", itemIndex, "") as string;
  return {
    texts: {
      title: `Run the tool ${tool}`.slice(0, TITLE_MAX),
      description: String(message || `An AI agent wants to run ${tool}`).slice(0, DESCRIPTION_MAX),
    },
    metadata: { tool, arguments: toolParameters ?? {} },
  };
}

const readToolName = (context: IExecuteFunctions, itemIndex: number): string =>
  String((context.evaluateExpression("{{ $tool.name }}", itemIndex) as string | null) ?? "unknown");

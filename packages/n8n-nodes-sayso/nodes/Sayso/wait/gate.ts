import {
  NodeConnectionTypes,
  traverseNodeParameters,
  type FromAIArgument,
  type IDataObject,
  type IExecuteData,
  type IExecuteFunctions,
} from "n8n-workflow";
import type { Caller } from "../../shared/api.ts";
import { objectOf } from "../../shared/given.ts";
import { runIndexOf } from "../idempotency.ts";
import type { Values } from "../parameters.ts";
import { stackOf } from "./stack.ts";

/** Returns true if the node stands between an AI agent and its tools. n8n gives that variant a type of its own. */
export const isGate = (caller: Caller): boolean => caller.getNode().type.endsWith("HitlTool");

/**
 * The tool call that n8n runs after a yes, as n8n itself records it. The model can set nothing of it but the arguments.
 */
export interface ToolCall {
  /** The tool's name as the model knows it. */
  tool: string;
  /** The connected node that runs. */
  node: string;
  arguments: Values[string];
}

/** The reason for refusing a call without asking anybody. The model receives it. */
export class RefusedCall extends Error {}

/** The keys that n8n's agent itself adds to a gate's input. */
const OWN_KEYS = ["tool", "toolParameters"];

/**
 * Reads the call that the gate has to ask about. n8n stores it with the agent that waits for the answer, and runs it
 * from there. The gate's input, which the expressions `$tool` and `$json` read, also holds text that the model wrote
 * beside it.
 *
 * @throws RefusedCall for a call that n8n doesn't name or would run more than once, of a tool that isn't connected,
 * under a name that isn't its own, or with parameters that the gate's author left to no model
 */
export function readToolCall(context: IExecuteFunctions): ToolCall {
  const { name } = context.getNode();
  const runIndex = runIndexOf(context);
  const isAsked = (one: { nodeName: string; runIndex: number }) =>
    one.nodeName === name && one.runIndex === runIndex;
  const actionsOf = ({ metadata }: IExecuteData) => metadata?.subNodeExecutionData?.actions ?? [];
  const agent = stackOf(context).find((entry) => actionsOf(entry).some(isAsked));
  const pending = agent && actionsOf(agent).find(isAsked);
  const hitl = pending && readHitl(pending.action.metadata);
  if (!agent || !pending || !hitl)
    throw new RefusedCall("n8n doesn't say which tool this call would run");
  if ((agent.data.main?.[0]?.length ?? 0) > 1)
    throw new RefusedCall(
      "The agent has several items, and n8n would run an approved call once for each. Pass one item at a time",
    );
  const call = {
    tool: hitl.toolName,
    node: hitl.gatedToolNodeName,
    arguments: hitl.originalInput ?? {},
  };
  refuseUnconnected(context, call);
  refuseForged(context, call, pending.action.input);
  return call;
}

/** The record that n8n's agent keeps of a call that a gate has to let through. */
interface Hitl {
  toolName: string;
  gatedToolNodeName: string;
  originalInput?: Values[string];
}

function readHitl(metadata: unknown): Hitl | null {
  const { toolName, gatedToolNodeName, originalInput } = objectOf(objectOf(metadata).hitl);
  return typeof toolName === "string" && typeof gatedToolNodeName === "string"
    ? { toolName, gatedToolNodeName, originalInput }
    : null;
}

const connectedTo = (context: IExecuteFunctions) =>
  context
    .getParentNodes(context.getNode().name, {
      connectionType: NodeConnectionTypes.AiTool,
      depth: 1,
      includeNodeParameters: true,
    })
    .filter(({ disabled }) => !disabled);

function refuseUnconnected(context: IExecuteFunctions, { node }: ToolCall): void {
  if (!connectedTo(context).some(({ name }) => name === node))
    throw new RefusedCall(`The tool ${node} isn't connected to this gate`);
}

function refuseForged(context: IExecuteFunctions, call: ToolCall, written: IDataObject): void {
  const declared = [...OWN_KEYS, ...keysForModel(context.getNode().parameters)];
  for (const key of Object.keys(written))
    if (!declared.includes(key))
      throw new RefusedCall(`“${key}” isn't one of this gate's parameters: leave it out`);
  const { tool, query } = objectOf(call.arguments);
  // n8n lets the arguments name the tool of a toolkit that runs.
  for (const name of [written.tool, tool])
    if (name !== undefined && name !== call.tool)
      throw new RefusedCall(`The call names a tool other than ${call.tool}, which it would run`);
  const node = connectedTo(context).find(({ name }) => name === call.node);
  // n8n prefers an argument within `query` to the argument of that name.
  for (const key of keysForModel(node?.parameters))
    if (typeof query === "object" && query !== null && Object.hasOwn(query, key))
      throw new RefusedCall(
        `The argument “${key}” is hidden in “query”. Pass it under its own name`,
      );
}

/** Returns the names of the parameters that a node's author leaves to the model, with `$fromAI`. */
function keysForModel(parameters: unknown): string[] {
  const found: FromAIArgument[] = [];
  traverseNodeParameters(parameters, found);
  return found.map(({ key }) => key);
}

const TITLE_MAX = 500;
const DESCRIPTION_MAX = 5000;

/** Describes a call for its approvers. */
export function describeToolCall(
  context: IExecuteFunctions,
  call: ToolCall,
): { texts: Values; metadata: Values } {
  const message = context.getNodeParameter("message", 0, "");
  return {
    texts: {
      title: `Run the tool ${call.tool}`.slice(0, TITLE_MAX),
      description: String(message || `An AI agent wants to run ${call.tool}`).slice(
        0,
        DESCRIPTION_MAX,
      ),
    },
    metadata: { tool: call.tool, node: call.node, arguments: call.arguments },
  };
}

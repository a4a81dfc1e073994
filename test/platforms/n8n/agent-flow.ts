import type { WorkflowNode } from "./n8n.ts";
import type { N8nStage } from "./n8n-stage.ts";

export interface AgentFlow {
  /** The input items of the agent. Default: one item. */
  items?: Record<string, unknown>[];
  /** The gate between the agent and its tools; null: there is no gate, and the tools are the agent's own. */
  gate?: Partial<WorkflowNode> | null;
  /** More tools beside those behind the gate, or the agent's tools if there is no gate. */
  tools?: WorkflowNode[];
  agentVersion?: number;
}

/** The tools behind the gate. Each calls an address of its own. */
const gated = { "Pay invoice": "pay", Weather: "weather" };

/** Adds a workflow: items, an agent with this model, and tools behind a gate. @returns its id */
export async function addAgentFlow(
  { n8n, credential }: N8nStage,
  { modelUrl, toolsUrl }: { modelUrl: string; toolsUrl: string },
  { items = [{}], gate = {}, tools = [], agentVersion = 3.1 }: AgentFlow = {},
): Promise<string> {
  const openAi = await n8n.addCredential("openAiApi", { apiKey: "sk-none", url: modelUrl });
  const behind = Object.entries(gated).map(([name, path]): WorkflowNode => ({
    name,
    type: "n8n-nodes-base.httpRequestTool",
    typeVersion: 4.2,
    parameters: {
      toolDescription: name,
      method: "POST",
      url: `${toolsUrl}/${path}`,
      sendBody: true,
      specifyBody: "json",
      jsonBody: "={{ { invoice: $fromAI('invoice', 'Its number', 'string') } }}",
    },
  }));
  return n8n.addWorkflow(
    [
      { name: "Start", type: "n8n-nodes-base.manualTrigger" },
      {
        name: "Items",
        type: "n8n-nodes-base.code",
        typeVersion: 2,
        parameters: { jsCode: `return ${JSON.stringify(items)}.map((json) => ({ json }))` },
      },
      {
        name: "Agent",
        type: "@n8n/n8n-nodes-langchain.agent",
        typeVersion: agentVersion,
        parameters: { promptType: "define", text: "Pay invoice 4711", options: {} },
      },
      {
        name: "Model",
        type: "@n8n/n8n-nodes-langchain.lmChatOpenAi",
        typeVersion: 1.2,
        parameters: { model: { __rl: true, mode: "id", value: "fake" }, options: {} },
        credentials: { openAiApi: openAi },
      },
      ...(gate
        ? [
            {
              name: "Gate",
              type: "n8n-nodes-sayso.saysoHitlTool",
              credentials: { saysoApi: credential },
              ...gate,
              parameters: {
                resource: "approval",
                operation: "sendAndWait",
                message: "=The agent wants to run {{ $tool.name }}",
                ...gate.parameters,
              },
            },
            ...behind,
          ]
        : []),
      ...tools,
    ],
    [
      ["Start", "Items"],
      ["Items", "Agent"],
      ["Model", "ai_languageModel", "Agent"],
      ...(gate
        ? ([
            ["Gate", "ai_tool", "Agent"],
            ...behind.map(({ name }) => [name, "ai_tool", "Gate"]),
          ] as [string, string, string][])
        : []),
      ...tools.map(({ name }) => [name, "ai_tool", "Agent"] as [string, string, string]),
    ],
  );
}

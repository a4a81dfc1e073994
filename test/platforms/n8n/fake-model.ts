import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Message {
  role: string;
  content: unknown;
}

interface ToolCall {
  /** The tool's name as the model gets it. Default: the first tool that the agent offers. */
  tool?: string;
  /** The complete arguments that the model writes; for a gated tool `toolParameters` and `hitlParameters`. */
  parameters: Record<string, unknown>;
}

export interface FakeModel {
  url: string;
  /** The messages of each call. */
  calls: Message[][];
  /** Returns the tools that the last call offered to the model. */
  offered: () => string[];
  /** Sets the tool calls of the model's next turn, all in one, in place of the default call. */
  plans: (...calls: ToolCall[]) => void;
  /** Returns the last answer of the model's tool. */
  lastToolAnswer: () => string;
  /** Returns the last answers of all its tools, in one text. */
  toolAnswers: () => string;
  stop: () => Promise<void>;
}

/**
 * Starts a model with OpenAI's chat completions API. It calls the first tool once, or makes the planned calls, and then
 * answers that it is done.
 *
 * @param toolParameters the arguments of the default call
 */
export async function startModel(toolParameters: Record<string, unknown>): Promise<FakeModel> {
  const calls: Message[][] = [];
  let planned: ToolCall[] | undefined;
  let offered: string[] = [];
  const planTurn = (): ToolCall[] => {
    const turn = planned ?? [{ parameters: { toolParameters, hitlParameters: {} } }];
    planned = undefined;
    return turn;
  };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { messages, tools } = JSON.parse(Buffer.concat(chunks).toString()) as {
        messages: Message[];
        tools?: { function: { name: string } }[];
      };
      calls.push(messages);
      offered = (tools ?? []).map((tool) => tool.function.name);
      const isFirst = !messages.some(({ role }) => role === "tool");
      const message = isFirst
        ? {
            role: "assistant",
            content: null,
            tool_calls: planTurn().map(({ tool, parameters }, index) => ({
              id: `call_${index + 1}`,
              type: "function",
              function: { name: tool ?? offered[0], arguments: JSON.stringify(parameters) },
            })),
          }
        : { role: "assistant", content: "Done." };
      response.setHeader("content-type", "application/json").end(
        JSON.stringify({
          id: "chatcmpl-1",
          object: "chat.completion",
          created: 1,
          model: "fake",
          choices: [{ index: 0, message, finish_reason: isFirst ? "tool_calls" : "stop" }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        }),
      );
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const answers = () => (calls.at(-1) ?? []).filter(({ role }) => role === "tool");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    offered: () => offered,
    plans: (...turn) => (planned = turn),
    lastToolAnswer: () => JSON.stringify(answers().at(-1)?.content ?? ""),
    toolAnswers: () =>
      answers()
        .map(({ content }) => JSON.stringify(content))
        .join("\n"),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

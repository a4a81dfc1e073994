import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Message {
  role: string;
  content: unknown;
}

export interface FakeModel {
  url: string;
  /** The messages of each call. */
  calls: Message[][];
  /** What the model puts beside the tool's own parameters, the next time. */
  slips: (parameters: Record<string, unknown>) => void;
  /** What it was last told about its tool. */
  lastToolAnswer: () => string;
  stop: () => Promise<void>;
}

/**
 * Speaks as OpenAI's chat completions do: calls the first tool once, then says that it is done.
 *
 * @param toolParameters what it calls the tool with
 */
export async function startModel(toolParameters: Record<string, unknown>): Promise<FakeModel> {
  const calls: Message[][] = [];
  let slipped: Record<string, unknown> = {};
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { messages, tools } = JSON.parse(Buffer.concat(chunks).toString()) as {
        messages: Message[];
        tools?: { function: { name: string } }[];
      };
      calls.push(messages);
      const isFirst = !messages.some(({ role }) => role === "tool");
      const parameters = {
        toolParameters,
        hitlParameters: slipped,
        ...slipped,
      };
      slipped = {};
      const message = isFirst
        ? {
            role: "assistant",
            content: null,
            tool_calls: [
              {
                id: "call_1",
                type: "function",
                function: {
                  name: tools?.[0]?.function.name,
                  arguments: JSON.stringify(parameters),
                },
              },
            ],
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
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    slips: (parameters) => (slipped = parameters),
    lastToolAnswer: () =>
      JSON.stringify(calls.at(-1)?.findLast(({ role }) => role === "tool")?.content ?? ""),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

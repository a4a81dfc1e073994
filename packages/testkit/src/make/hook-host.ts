import { startReceiver, type Received } from "../receiver.ts";
import type { Connected } from "./connect.ts";
import type { Hook, MakeEngine } from "./engine.ts";

/** The address of one webhook on a simulated Make, and its queue. */
export interface HookHost {
  readonly hook: Hook;
  /** All calls that arrived, whatever happened to them. */
  readonly received: readonly Received[];
  /** Payloads that wait for the scenario, oldest first. */
  readonly queue: unknown[];
  /** Takes calls from now on but loses the answers, as when the line is cut. `false` ends this. */
  loseAnswers: (lose: boolean) => void;
  detach: () => Promise<void>;
  stop: () => Promise<void>;
}

/**
 * Makes a webhook as a user does in a scenario: opens an address and attaches it with the connection. Payloads are
 * queued before the caller gets its answer (help.make.com/webhooks, "Webhook queue").
 */
export async function openHookHost(
  engine: MakeEngine,
  component: string,
  connection: Connected,
  parameters: Record<string, unknown> = {},
): Promise<HookHost> {
  const receiver = await startReceiver();
  const queue: unknown[] = [];
  let losesAnswers = false;
  let hook: Hook | null = null;
  receiver.answerWith((request) => {
    if (!hook) return { status: 503 };
    const taken = engine.take(hook, {
      method: request.method,
      headers: request.headers,
      query: Object.fromEntries(new URL(request.path, receiver.url).searchParams),
      body: request.body,
    });
    queue.push(...taken.payloads);
    return losesAnswers
      ? { fault: "cut" }
      : { status: taken.status, headers: taken.headers, body: taken.body };
  });
  try {
    const url = `${receiver.url}/hook`;
    hook = await engine.attach(component, { connection, parameters, url });
  } catch (error) {
    await receiver.stop();
    throw error;
  }
  return {
    hook,
    received: receiver.requests,
    queue,
    loseAnswers: (lose) => (losesAnswers = lose),
    detach: () => engine.detach(hook, { connection }),
    stop: () => receiver.stop(),
  };
}

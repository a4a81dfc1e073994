import { pause } from "./pause.ts";
import { verifyWebhook, type Webhook, type WebhookHeaders } from "./verify-webhook.ts";

/** Receives webhooks and passes them to waits; see {@link createWebhookInbox}. */
export interface WebhookInbox {
  /**
   * Pass every webhook to this method, and answer 2xx when it resolves. A repeated webhook does no harm.
   *
   * @throws as `verifyWebhook` does: answer 400 then
   */
  receive: (headers: WebhookHeaders, body: string | Uint8Array) => Promise<Webhook>;
  /** Listens for webhooks about a request from now on, until it is stopped. */
  listen: (requestId: string) => Ear;
}

interface Ear {
  /** Resolves when a webhook has come since the last wait, or after so many seconds. Throws the signal's reason. */
  wait: (seconds: number, signal?: AbortSignal) => Promise<void>;
  stop: () => void;
}

/**
 * Creates an inbox whose webhooks wake `waitForDecision`: `sayso.waitForDecision(id, { inbox })`.
 *
 * @param secret of the connection or subscription; several during a rotation
 */
export function createWebhookInbox(secret: string | readonly string[]): WebhookInbox {
  const ears = new Map<string, Set<() => void>>();
  return {
    async receive(headers, body) {
      const webhook = await verifyWebhook(headers, body, secret);
      ears.get(String(webhook.payload.request_id))?.forEach((wake) => wake());
      return webhook;
    },

    listen(requestId) {
      let hasHeard = false;
      let sleep: AbortController | undefined;
      const wake = () => {
        hasHeard = true;
        sleep?.abort();
      };
      const others = ears.get(requestId) ?? new Set();
      ears.set(requestId, others.add(wake));
      return {
        async wait(seconds, signal) {
          sleep = new AbortController();
          if (hasHeard) sleep.abort();
          const stop = () => sleep?.abort();
          signal?.addEventListener("abort", stop, { once: true });
          await pause(seconds, sleep.signal).catch(() => {});
          signal?.removeEventListener("abort", stop);
          signal?.throwIfAborted();
          hasHeard = false;
        },
        stop() {
          others.delete(wake);
          if (others.size === 0) ears.delete(requestId);
        },
      };
    },
  };
}

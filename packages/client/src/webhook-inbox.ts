import { pause } from "./pause.ts";
import { verifyWebhook, type Webhook, type WebhookHeaders } from "./verify-webhook.ts";

/** Where webhooks come in, for those who wait for them; see {@link createWebhookInbox}. */
export interface WebhookInbox {
  /**
   * Hand every webhook in here, and answer 2xx when this resolves. A repeated one does no harm.
   *
   * @throws as `verifyWebhook` does: answer 400 then
   */
  receive: (headers: WebhookHeaders, body: string | Uint8Array) => Promise<Webhook>;
  /** Hears of a request from now on, until it is stopped. */
  listen: (requestId: string) => Ear;
}

interface Ear {
  /** Resolves when there was a webhook since the last wait, or after so many seconds; throws the signal's reason. */
  wait: (seconds: number, signal?: AbortSignal) => Promise<void>;
  stop: () => void;
}

/**
 * Lets `waitForDecision` be woken by webhooks: `sayso.waitForDecision(id, { inbox })`.
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

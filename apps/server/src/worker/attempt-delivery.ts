import type { Attempt, ClaimedDelivery } from "@sayso/core";
import { signWebhook } from "@sayso/signature";
import type { WebhookSender } from "./send-webhook.ts";

/**
 * Sends a delivery once, signed with all its secrets, and says what came of it. Never rejects.
 *
 * @param startedAt by the database's clock: receivers refuse a timestamp that is minutes off
 */
export async function attemptDelivery(
  sender: WebhookSender,
  delivery: ClaimedDelivery,
  startedAt: Date,
): Promise<Attempt> {
  const { id, url, body, headers: callbackHeaders, secrets } = delivery;
  try {
    const timestampSeconds = Math.floor(startedAt.getTime() / 1000);
    const { durationMs, ...result } = await sender.send({
      url,
      headers: { ...signWebhook({ id, timestampSeconds, body, secrets }) },
      callbackHeaders,
      body,
    });
    return { ...result, startedAt, durationMs };
  } catch (error) {
    const message = `could not be signed: ${(error as Error).message}`;
    return {
      ok: false,
      startedAt,
      durationMs: 0,
      statusCode: null,
      error: message,
      responseBody: null,
      retryAfter: null,
      requestHeaders: null,
      responseHeaders: null,
    };
  }
}

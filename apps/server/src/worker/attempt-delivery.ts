import type { Attempt, ClaimedDelivery } from "@sayso/core";
import { signWebhook } from "@sayso/signature";
import { messageOf } from "../thrown.ts";
import type { WebhookSender } from "../webhooks/send-webhook.ts";

/** Logs for the operator why an attempt failed, with addresses. */
export type ReportFailure = (delivery: ClaimedDelivery, detail: string) => void;

/**
 * Sends a delivery once, signed with all its secrets, and returns the attempt's result. Never rejects.
 *
 * @param startedAt by the database's clock, because receivers refuse a timestamp that is minutes off
 * @param patienceMs for the whole attempt
 * @param onFailure called with details that only the operator may see
 */
export async function attemptDelivery(
  sender: WebhookSender,
  delivery: ClaimedDelivery,
  startedAt: Date,
  patienceMs: number,
  onFailure: ReportFailure,
): Promise<Attempt & { isTimeOut: boolean }> {
  const { id, url, body, headers: callbackHeaders, secrets } = delivery;
  try {
    const timestampSeconds = Math.floor(startedAt.getTime() / 1000);
    const { durationMs, detail, ...result } = await sender.send({
      url,
      headers: { ...signWebhook({ id, timestampSeconds, body, secrets }) },
      callbackHeaders,
      body,
      timeoutMs: patienceMs,
    });
    if (detail !== null) onFailure(delivery, detail);
    return { ...result, startedAt, durationMs };
  } catch (error) {
    const message = `could not be signed: ${messageOf(error)}`;
    return {
      ok: false,
      isTimeOut: false,
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

import {
  verifyWebhook,
  WebhookVerificationError,
  type Webhook,
  type WebhookHeaders,
  type WebhookVerificationCode,
} from "@sayso/client";
import { isWanted, type Wanted } from "./filter.ts";
import { readItem, type EventItem } from "./item.ts";
import type { Offer } from "./settle.ts";

/** The type of the event that `POST /api/v1/subscriptions/{id}/test` sends. */
export const TEST_EVENT = "subscription.tested";

export interface ReceiveOptions extends Wanted {
  headers: WebhookHeaders;
  /** The bytes as they came, before any parsing. A string is taken as UTF-8. */
  body: string | Uint8Array;
  /**
   * The result of `hookSecrets`: the present secret, and those whose messages can still be on their way. An empty list
   * verifies nothing.
   */
  secrets: readonly string[];
  /** The time of receipt. Messages more than 5 minutes older or newer are refused. */
  now: Date;
  /** True if the trigger is switched on. If not, the answer ends the subscription. Default true. */
  isActive?: boolean;
}

/** The result of a webhook, to be handed out by {@link settle}. */
export interface Received extends Offer {
  move: null;
  /**
   * The status to answer Sayso with, after the result of `settle` is stored. 200: received, also for the second time.
   * 400: it can't be read. 401: not from Sayso, or too late. 410: not wanted any more, which ends the subscription.
   * After 400 and 401 Sayso tries again, for three days.
   */
  status: 200 | 400 | 401 | 410;
  /** The reason for the refusal; null with 200. */
  fault: WebhookVerificationCode | "not_active" | "not_an_event" | null;
  /** The event of somebody who tested the subscription: for a person to look at, never an item. */
  test: EventItem | null;
}

/**
 * Judges a webhook of a subscription: its sender, its time and its item. Changes nothing. Pass the result to {@link
 * settle}, which recognises repetitions, and answer Sayso with `status` once that is stored.
 *
 * A repetition is recognised by its event's id. This covers a repeated webhook-id (the same webhook-id always has the
 * same signed body). It also covers an event that comes through two subscriptions or was polled before.
 *
 * @throws RangeError when a stored secret is malformed
 */
export async function receive(options: ReceiveOptions): Promise<Received> {
  const { headers, body, secrets, now, isActive = true } = options;
  if (!isActive) return refuse(410, "not_active");
  let webhook: Webhook;
  try {
    webhook = await verifyWebhook(headers, body, secrets, { now });
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    return refuse(error.code.startsWith("malformed_") ? 400 : 401, error.code);
  }
  const item = readItem(webhook.payload);
  if (item === null) return refuse(400, "not_an_event");
  const accepted = { status: 200, fault: null, move: null } as const;
  if (item.type === TEST_EVENT) return { ...accepted, items: [], test: item };
  return { ...accepted, items: isWanted(item, options) ? [item] : [], test: null };
}

const refuse = (status: Received["status"], fault: Received["fault"]): Received => ({
  status,
  fault,
  items: [],
  move: null,
  test: null,
});

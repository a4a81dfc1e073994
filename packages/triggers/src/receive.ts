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
  /** The bytes as they came, before any parsing; a string is taken as UTF-8. */
  body: string | Uint8Array;
  /** `hookSecrets`: the present one, and those whose messages may still be on their way. None verifies nothing. */
  secrets: readonly string[];
  /** Messages more than 5 minutes older or newer are refused. */
  now: Date;
  /** Whether the trigger is switched on. If not, Sayso is told to send no more. Default true. */
  isActive?: boolean;
}

/** What a webhook brought, to be handed out by {@link settle}. */
export interface Received extends Offer {
  move: null;
  /**
   * What to answer Sayso, after what `settle` gave is stored: 200: got it, also for the second time; 400: it can't be
   * read; 401: not from Sayso, or too late; 410: not wanted any more, which ends the subscription. After 400 and
   * 401 Sayso tries again, for three days.
   */
  status: 200 | 400 | 401 | 410;
  /** Why it was refused; null with 200. */
  fault: WebhookVerificationCode | "not_active" | "not_an_event" | null;
  /** Somebody tried the subscription out: for a person to look at, never an item. */
  test: EventItem | null;
}

/**
 * Judges a webhook of a subscription: who sent it, when, and what it brings. Changes nothing: give the result to
 * {@link settle}, which recognises what came before, and answer Sayso with `status` once that is stored.
 *
 * A repeated message is told by its event's id. It covers the webhook-id (the same webhook-id is always the same
 * signed body) and also an event that comes by two subscriptions or was polled before.
 *
 * @throws RangeError a stored secret is no secret
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

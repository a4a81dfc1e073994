import { hookSecrets, receive, type EventItem } from "@sayso/triggers";
import type { Bundle, ZObject } from "zapier-platform-core";
import { headersOf } from "../wait/callback.ts";
import { keyOf, remember } from "../memory.ts";
import type { WantedEvents } from "./wanted.ts";

/**
 * Returns the event that Sayso signed, unless it came before. Returns nothing for any other message. Zapier has
 * answered the message already and can deliver it late, so its age proves nothing. A repetition is recognised by its
 * id.
 */
export async function receiveEvent(
  z: ZObject,
  bundle: Bundle,
  wanted: WantedEvents,
): Promise<EventItem[]> {
  const { rawRequest = {}, subscribeData } = bundle;
  const headers = headersOf(rawRequest);
  const received = await receive({
    ...wanted,
    headers,
    body: rawRequest.content ?? "",
    secrets: hookSecrets(subscribeData),
    now: sentAt(headers) ?? new Date(),
  });
  if (received.fault !== null) {
    z.console.error(`A message was refused: ${received.fault}`);
    return [];
  }
  const fresh: EventItem[] = [];
  for (const item of received.items) {
    // Per subscription, because a Zap that is switched on again starts anew.
    const key = keyOf(z, bundle, "event", subscribeData?.id ?? "", item.id);
    if (await remember(z, key)) fresh.push(item);
  }
  return fresh;
}

function sentAt(headers: Record<string, string>): Date | null {
  const entry = Object.entries(headers).find(
    ([name]) => name.toLowerCase() === "webhook-timestamp",
  );
  const seconds = Number(entry?.[1]);
  return Number.isInteger(seconds) ? new Date(seconds * 1000) : null;
}

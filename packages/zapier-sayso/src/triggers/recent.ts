import { poll, portOf, settle, type EventItem } from "@sayso/triggers";
import type { Bundle, ZObject } from "zapier-platform-core";
import { connect } from "../server.ts";
import type { WantedEvents } from "./wanted.ts";

/** The largest number of items that Zapier takes from a poll. */
export const ITEMS_MAX = 100;

/** Returns the newest wanted events, oldest first. */
export async function recentEvents(
  z: ZObject,
  bundle: Bundle,
  wanted: WantedEvents,
  samples = ITEMS_MAX,
): Promise<{ events: EventItem[]; state: unknown }> {
  const port = portOf(connect(z, bundle));
  const polled = await poll({ ...wanted, port, state: null, samples });
  const { items, state } = settle(null, polled);
  return { events: items, state };
}

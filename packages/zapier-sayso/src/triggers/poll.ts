import { poll, portOf, settle, type EventItem } from "@sayso/triggers";
import type { Bundle, Trigger, ZObject } from "zapier-platform-core";
import type { DeclaredTrigger } from "../declared.ts";
import { withRefusals } from "../refusals.ts";
import { connect } from "../server.ts";
import { digestOf } from "../zap.ts";
import { outputFieldsOf, toItem, toItems } from "./items.ts";
import { keep, keyOf, recall } from "../memory.ts";
import { ITEMS_MAX, recentEvents } from "./recent.ts";
import { readWanted, type WantedEvents } from "./wanted.ts";

/** The same trigger for a server that can't reach Zapier: Zapier polls it every few minutes. */
export function pollOf(declared: DeclaredTrigger): Trigger {
  const { key, noun, display, inputFields, sample } = declared;
  return {
    key: `${key}Polled`,
    noun,
    display: {
      ...display,
      label: `${display.label} (Polled)`,
    },
    operation: {
      type: "polling",
      inputFields,
      outputFields: outputFieldsOf(declared),
      sample: toItem(declared, sample),
      perform: (z, bundle) =>
        withRefusals(z, async () => {
          const wanted = readWanted(z, declared, bundle.inputData);
          if (bundle.meta?.isLoadingSample)
            return toItems(declared, (await recentEvents(z, bundle, wanted)).events);
          return toItems(declared, await pollEvents(z, bundle, declared, wanted));
        }),
    },
  };
}

/** Half of the items that Zapier takes, so that the last poll's items can be returned once more. */
const FRESH_MAX = ITEMS_MAX / 2;

/** The cursors at which the last poll began, if it wasn't the first, and ended. */
interface Place {
  before?: unknown;
  after: unknown;
}

/**
 * Returns the events since the last poll, and the last poll's events once more. Zapier passes over those that it has
 * seen, and an answer that got lost comes again. Without a stored last poll, returns the newest events. Oldest first.
 */
async function pollEvents(
  z: ZObject,
  bundle: Bundle,
  declared: DeclaredTrigger,
  wanted: WantedEvents,
): Promise<EventItem[]> {
  const key = keyOf(z, bundle, "poll", declared.key, digestOf(z, wanted));
  const isFirst = bundle.meta?.isPopulatingDedupe === true;
  const place = isFirst ? null : await recall<Place>(z, key);
  if (place === null) {
    const { events, state } = await recentEvents(z, bundle, wanted);
    await keep(z, key, { after: state } satisfies Place);
    return events;
  }
  const again = place.before ? await readFrom(z, bundle, wanted, place.before) : { items: [] };
  const fresh = await readFrom(z, bundle, wanted, place.after);
  await keep(z, key, { before: place.after, after: fresh.state } satisfies Place);
  const known = new Set(again.items.map(({ id }) => id));
  return [...again.items, ...fresh.items.filter(({ id }) => !known.has(id))];
}

async function readFrom(z: ZObject, bundle: Bundle, wanted: WantedEvents, stored: unknown) {
  const port = portOf(connect(z, bundle));
  const polled = await poll({ ...wanted, port, state: stored, maxItems: FRESH_MAX });
  for (const { message } of polled.warnings) z.console.error(message);
  return settle(stored, polled, { memory: FRESH_MAX });
}

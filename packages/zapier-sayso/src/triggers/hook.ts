import { createHook, deleteHook, portOf } from "@sayso/triggers";
import type { Trigger } from "zapier-platform-core";
import type { DeclaredTrigger } from "../declared.ts";
import { withRefusals } from "../refusals.ts";
import { connect } from "../server.ts";
import { zapId } from "../zap.ts";
import { outputFieldsOf, toItem, toItems } from "./items.ts";
import { receiveEvent } from "./receive-event.ts";
import { recentEvents } from "./recent.ts";
import { readWanted } from "./wanted.ts";

/** A trigger that Sayso calls. It has a subscription while the Zap is on. */
export function hookOf(declared: DeclaredTrigger): Trigger {
  const { key, noun, display, inputFields, sample } = declared;
  return {
    key,
    noun,
    display,
    operation: {
      type: "hook",
      inputFields,
      outputFields: outputFieldsOf(declared),
      sample: toItem(declared, sample),
      performSubscribe: (z, bundle) =>
        withRefusals(z, async () => {
          const { types, filter } = readWanted(z, declared, bundle.inputData);
          const { hook } = await createHook({
            port: portOf(connect(z, bundle)),
            stored: null,
            wanted: {
              target_url: bundle.targetUrl ?? "",
              event_types: types,
              filter,
              description: `Zapier: Zap ${zapId(bundle)}`,
            },
          });
          return { ...hook };
        }),
      performUnsubscribe: (z, bundle) =>
        withRefusals(z, async () => {
          await deleteHook({ port: portOf(connect(z, bundle)), stored: bundle.subscribeData });
          return {};
        }),
      perform: async (z, bundle) => {
        const events = await receiveEvent(z, bundle, readWanted(z, declared, bundle.inputData));
        return events.map((event) => toItem(declared, event));
      },
      performList: (z, bundle) =>
        withRefusals(z, async () => {
          const wanted = readWanted(z, declared, bundle.inputData);
          return toItems(declared, (await recentEvents(z, bundle, wanted)).events);
        }),
    },
  };
}

import { flatFields, flatten, type EventItem } from "@sayso/triggers";
import type { PlainOutputField } from "zapier-platform-core";
import type { DeclaredTrigger } from "../declared.ts";
import { toFlat, type FlatItem } from "../output.ts";

/** An item as a trigger gives it. */
export type TriggerItem = FlatItem & { id: string };

const types = { text: "string", number: "number", boolean: "boolean", date: "datetime" } as const;

/** What an item of this trigger holds, whatever happened: what people mapped once stays mapped. */
export const outputFieldsOf = (declared: DeclaredTrigger): PlainOutputField[] =>
  declared.isOfRequests
    ? flatFields.map(({ key, label, kind }) => ({ key, label, type: types[kind] }))
    : declared.outputFields;

/** An event as Zapier shows it. Its `id` is the event's: by that Zapier knows what it has seen. */
export const toItem = (declared: DeclaredTrigger, event: EventItem): TriggerItem => ({
  ...(declared.isOfRequests ? flatten(event) : toFlat(declared.outputs, event)),
  id: event.id,
});

/** Zapier wants the newest first. */
export const toItems = (declared: DeclaredTrigger, events: readonly EventItem[]): TriggerItem[] =>
  events.map((event) => toItem(declared, event)).reverse();

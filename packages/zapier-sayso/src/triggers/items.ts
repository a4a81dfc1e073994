import { flatFields, flatten, type EventItem } from "@sayso/triggers";
import type { PlainOutputField } from "zapier-platform-core";
import type { DeclaredTrigger } from "../declared.ts";
import { toFlat, type FlatItem } from "../output.ts";

/** An item as a trigger returns it. */
export type TriggerItem = FlatItem & { id: string };

const types = { text: "string", number: "number", boolean: "boolean", date: "datetime" } as const;

/**
 * Returns the fields of this trigger's items. They don't depend on the event, so a mapping that people made once stays
 * valid.
 */
export const outputFieldsOf = (declared: DeclaredTrigger): PlainOutputField[] =>
  declared.isOfRequests
    ? flatFields.map(({ key, label, kind }) => ({ key, label, type: types[kind] }))
    : declared.outputFields;

/**
 * Turns an event into the item that Zapier shows. Its `id` is the event's; Zapier recognises by it the items that it
 * has seen.
 */
export const toItem = (declared: DeclaredTrigger, event: EventItem): TriggerItem => ({
  ...(declared.isOfRequests ? flatten(event) : toFlat(declared.outputs, event)),
  id: event.id,
});

/** Returns the items newest first, as Zapier expects them. */
export const toItems = (declared: DeclaredTrigger, events: readonly EventItem[]): TriggerItem[] =>
  events.map((event) => toItem(declared, event)).reverse();

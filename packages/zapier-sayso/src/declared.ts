import type { Operations } from "@sayso/client";
import type { EventItem } from "@sayso/triggers";
import type { PlainInputField, PlainOutputField } from "zapier-platform-core";

/** A field as `declared.generated.ts` describes how to send it. */
export interface DeclaredField {
  /** The field's name in the API. */
  key: string;
  /** The field's name in the form, where it differs. */
  name?: string;
  kind: string;
  /** The list is sent as one text with commas between its items. */
  isCommaList?: true;
  /** The fields of an object, or of each object in a list. */
  fields?: DeclaredField[];
}

/** A field of a flat item, and its place in the server's answer. */
export interface DeclaredOutput {
  key: string;
  path: string[];
  /** The value is shown as JSON text. */
  isJson?: true;
}

interface Declared {
  /** The name by which Zaps refer to it. */
  key: string;
  noun: string;
  display: { label: string; description: string };
  inputFields: PlainInputField[];
  outputFields: PlainOutputField[];
  fields: DeclaredField[];
  outputs: DeclaredOutput[];
}

/** An action or a search, as people see it and as it is called. */
export interface DeclaredAction extends Declared {
  /** The operation's name in the client. */
  operation: keyof Operations;
  sample: Record<string, unknown>;
}

/** A trigger as people see it, and the types of the events on which it fires. */
export interface DeclaredTrigger extends Declared {
  sample: EventItem;
  events: string[];
  /** The trigger's events are about requests, and carry their outcome for an automation. */
  isOfRequests: boolean;
}

/** A list that fills a dropdown. */
export interface DeclaredChoices {
  /** The operation's name in the client. */
  operation: keyof Operations;
  isPaged: boolean;
  /** The properties of an item that are sent and shown. None: the item is a text. */
  value?: string;
  label?: string;
  query?: Record<string, string>;
}

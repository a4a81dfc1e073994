import type { PlainInputField, PlainOutputField } from "zapier-platform-core";

/** How a field is sent: what `declared.generated.ts` says of it. */
export interface DeclaredField {
  /** On the wire. */
  key: string;
  /** In the form, where it has another name. */
  name?: string;
  kind: string;
  /** Sent as one text with commas between its items. */
  isCommaList?: true;
  /** Of an object, or of each in a list of objects. */
  fields?: DeclaredField[];
}

/** A field of a flat item, and where it stands in the server's answer. */
export interface DeclaredOutput {
  key: string;
  path: string[];
  /** Shown as JSON text. */
  isJson?: true;
}

interface Declared {
  /** Zaps refer to it. */
  key: string;
  noun: string;
  display: { label: string; description: string };
  inputFields: PlainInputField[];
  outputFields: PlainOutputField[];
  sample: Record<string, unknown>;
  fields: DeclaredField[];
  outputs: DeclaredOutput[];
}

/** An action or search, as it is shown and called. */
export interface DeclaredAction extends Declared {
  /** In the client. */
  operation: string;
}

/** A trigger, as it is shown, and the types of the events that it fires on. */
export interface DeclaredTrigger extends Declared {
  events: string[];
  /** Its events are about requests, and say what they mean to an automation. */
  isOfRequests: boolean;
}

/** A list that a dropdown is filled from. */
export interface DeclaredChoices {
  /** In the client. */
  operation: string;
  isPaged: boolean;
  /** The properties of an item that are sent and shown; none: the item is a text. */
  value?: string;
  label?: string;
  query?: Record<string, string>;
}

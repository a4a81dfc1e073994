import { isObject } from "@sayso/exact-json";
import { strings } from "../../strings/index.ts";
import { typedNumber } from "../amounts.ts";

/** One field of a form. */
export interface FormField {
  /** The field's name in the API. */
  name: string;
  label: string;
  kind: "line" | "text" | "number" | "day" | "choice" | "tick";
  hint?: string;
  isRequired?: boolean;
  /** The greatest number of characters. */
  maxLength?: number;
  /** The options of a choice: the value that is sent, and the label that people read. `""` is sent as null. */
  options?: readonly { value: string; label: string }[];
}

/** The content of a form by field name: a text, or whether the box is ticked. */
export type Draft = Readonly<Record<string, string | boolean>>;

/** Returns the form's content for a thing. Null: the content of an empty form. */
export const draftOf = (fields: readonly FormField[], thing: object | null): Draft =>
  Object.fromEntries(
    fields.map(({ name, kind }): [string, string | boolean] => {
      const value = isObject(thing) ? thing[name] : undefined;
      if (kind === "tick") return [name, value === true];
      return [name, typeof value === "string" || typeof value === "number" ? String(value) : ""];
    }),
  );

/** The values to send, and the faults of the typed values, both by field name. */
export interface Filled {
  patch: Record<string, unknown>;
  faults: Record<string, string>;
}

/**
 * Returns the changes that somebody typed: only touched fields whose value differs from the current one. So changes
 * that others made meanwhile stay.
 *
 * @param current the thing's present values
 * @param typed the touched fields
 */
export function patchOf(fields: readonly FormField[], current: Draft, typed: Draft): Filled {
  const patch: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const field of fields) {
    const { name, kind, label } = field;
    const shown = typed[name] ?? current[name];
    const text = typeof shown === "string" ? shown.trim() : "";
    if (kind !== "tick" && field.isRequired === true && text === "") {
      faults[name] = `${label} ${strings.goals.form.required}`;
      continue;
    }
    if (typed[name] === undefined || typed[name] === current[name]) continue;
    if (kind === "tick") patch[name] = shown;
    else if (text === "") patch[name] = null;
    else if (kind !== "number") patch[name] = text;
    else if (Number.isFinite(typedNumber(text))) patch[name] = typedNumber(text);
    else faults[name] = `${label} ${strings.goals.form.number}`;
  }
  return { patch, faults };
}

/**
 * Returns the values to send for a new thing: every filled-in field, those with defaults included.
 *
 * @param defaults the values that the form began with
 */
export function bodyOf(fields: readonly FormField[], defaults: Draft, typed: Draft): Filled {
  const { patch, faults } = patchOf(fields, draftOf(fields, null), { ...defaults, ...typed });
  const filled = Object.entries(patch).filter(([, value]) => value !== null && value !== false);
  return { patch: Object.fromEntries(filled), faults };
}

/**
 * Returns the fields that somebody else changed since the form was opened, and that this form would set to another
 * value.
 */
export const changedMeanwhile = (
  fields: readonly FormField[],
  opened: Draft,
  current: Draft,
  typed: Draft,
): FormField[] =>
  fields.filter(
    ({ name }) =>
      typed[name] !== undefined && current[name] !== opened[name] && typed[name] !== current[name],
  );

/** Returns a field's value in words. */
export function shownValue({ kind, options }: FormField, value: Draft[string] | undefined): string {
  if (kind === "tick")
    return value === true ? strings.goals.timeline.on : strings.goals.timeline.off;
  const found = options?.find((option) => option.value === value)?.label ?? value;
  return typeof found === "string" && found !== "" ? found : strings.goals.form.empty;
}

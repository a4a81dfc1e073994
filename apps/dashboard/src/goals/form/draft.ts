import { strings } from "../../strings/index.ts";
import { typedNumber } from "../amounts.ts";

/** One thing that a form asks for. */
export interface FormField {
  /** As on the wire. */
  name: string;
  label: string;
  kind: "line" | "text" | "number" | "day" | "choice" | "tick";
  hint?: string;
  isRequired?: boolean;
  /** Characters, at most. */
  maxLength?: number;
  /** Of a choice: what is sent and what is read. `""` is sent as null. */
  options?: readonly { value: string; label: string }[];
}

/** What stands in a form, by the fields' names: text, or whether it is ticked. */
export type Draft = Readonly<Record<string, string | boolean>>;

/** What a thing looks like in a form. Of nothing: an empty form. */
export const draftOf = (fields: readonly FormField[], thing: object | null): Draft =>
  Object.fromEntries(
    fields.map(({ name, kind }): [string, string | boolean] => {
      const value = (thing as Record<string, unknown> | null)?.[name];
      if (kind === "tick") return [name, value === true];
      return [name, typeof value === "string" || typeof value === "number" ? String(value) : ""];
    }),
  );

/** What is to be sent, and what is wrong with what was typed, by the fields' names. */
export interface Filled {
  patch: Record<string, unknown>;
  faults: Record<string, string>;
}

/**
 * What somebody changed: only fields that they touched and that say something else than what is there now. So whatever
 * others changed meanwhile stays.
 *
 * @param current what is there now
 * @param typed what they touched
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
 * What a form for something new sends: all that was filled in, and what it began with.
 *
 * @param defaults what stood in it
 */
export function bodyOf(fields: readonly FormField[], defaults: Draft, typed: Draft): Filled {
  const { patch, faults } = patchOf(fields, draftOf(fields, null), { ...defaults, ...typed });
  const filled = Object.entries(patch).filter(([, value]) => value !== null && value !== false);
  return { patch: Object.fromEntries(filled), faults };
}

/** Fields that somebody else changed since the form was opened, and that are about to be set to something else. */
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

/** What stands in a field, in words. */
export function shownValue({ kind, options }: FormField, value: Draft[string] | undefined): string {
  if (kind === "tick")
    return value === true ? strings.goals.timeline.on : strings.goals.timeline.off;
  const found = options?.find((option) => option.value === value)?.label ?? value;
  return typeof found === "string" && found !== "" ? found : strings.goals.form.empty;
}

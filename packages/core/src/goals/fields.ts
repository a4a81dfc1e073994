import { readValue, type Schema } from "@sayso/fields";
import { invalidInput, type FieldFault } from "../errors.ts";
import { keysOf } from "../keys-of.ts";

/** A field that can be set: its name for callers, its column, and the check of its values. */
export interface Field<T = unknown> {
  name: string;
  column: string;
  schema: Schema<T>;
}

export type Fields = Readonly<Record<string, Field>>;
export type ValuesOf<F extends Fields> = {
  [Name in keyof F]: F[Name] extends Field<infer T> ? T : never;
};

export const field = <T>(name: string, schema: Schema<T>, column: string = name): Field<T> => ({
  name,
  column,
  schema,
});

/** Stores text of nothing but spaces as null. */
export const blankAsNull = (schema: Schema<string | null>): Schema<string | null> =>
  schema.transform((text) => (text?.trim() === "" ? null : text));

/** HTTP refuses such text in every body; a file or a stored change can still hold it, and PostgreSQL can't. */
const isBroken = (value: unknown): boolean =>
  typeof value === "string" && (value.includes("\0") || !value.isWellFormed());

function readOne(
  { name, schema }: Field,
  value: unknown,
): { value?: unknown; faults?: FieldFault[] } {
  if (!isBroken(value)) return readValue(schema, value, name);
  const message = `${name} holds a character that is not allowed (NUL or half of a surrogate pair)`;
  return { faults: [{ field: name, message }] };
}

/**
 * Returns the given values, each as it is stored. A value that is absent or undefined stays absent.
 *
 * @throws DomainError `validation_failed`, which names every faulty field
 */
export const readValues = <F extends Fields>(
  fields: F,
  given: Partial<Record<keyof F, unknown>>,
): Partial<ValuesOf<F>> => readAll(fields, (key) => given[key]);

/** Reads the value that is given under each key. Each field's schema says the type of its value. */
function readAll<F extends Fields>(
  fields: F,
  given: (key: string) => unknown,
): Partial<ValuesOf<F>> {
  const values: Record<string, unknown> = {};
  const faults: FieldFault[] = [];
  for (const [key, one] of Object.entries(fields)) {
    const value = given(key);
    if (value === undefined) continue;
    const read = readOne(one, value);
    if (read.faults) faults.push(...read.faults);
    else values[key] = read.value;
  }
  if (faults[0]) throw invalidInput(faults[0], ...faults.slice(1));
  return values as Partial<ValuesOf<F>>;
}

/**
 * Returns the given values like {@link readValues}, from an object that has the callers' names of the fields.
 *
 * @throws DomainError `validation_failed`, also for an unknown field
 */
export function readPatch<F extends Fields>(
  fields: F,
  patch: Readonly<Record<string, unknown>>,
): Partial<ValuesOf<F>> {
  const keys = new Map(Object.entries(fields).map(([key, { name }]) => [name, key]));
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(patch)) {
    const key = keys.get(name);
    if (key === undefined)
      throw invalidInput({
        field: name,
        message: `${name} can't be set; use ${[...keys.keys()].join(", ")}`,
      });
    given[key] = value;
  }
  return readAll(fields, (key) => given[key]);
}

/** Returns the values under the callers' names of the fields: the reverse of {@link readPatch}. */
export const writePatch = <F extends Fields>(
  fields: F,
  values: Partial<ValuesOf<F>>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, { name }]) =>
      values[key] === undefined ? [] : [[name, values[key]]],
    ),
  );

/** @throws DomainError `validation_failed`: a required field is absent */
export function requireFields<F extends Fields, Name extends keyof F>(
  fields: F,
  values: Partial<ValuesOf<F>>,
  names: readonly Name[],
): Partial<ValuesOf<F>> & Pick<ValuesOf<F>, Name> {
  const missing = names.find((name) => values[name] === undefined);
  if (missing !== undefined) {
    const name = fields[missing]?.name ?? String(missing);
    throw invalidInput({ field: name, message: `${name} is required` });
  }
  return values as Partial<ValuesOf<F>> & Pick<ValuesOf<F>, Name>;
}

/** Returns the given values that differ from the present ones. */
export function changesOf<V extends object>(present: V, given: Partial<V>): Partial<V> {
  const changes: Partial<V> = {};
  for (const key of keysOf(given))
    if (given[key] !== undefined && given[key] !== present[key]) changes[key] = given[key];
  return changes;
}

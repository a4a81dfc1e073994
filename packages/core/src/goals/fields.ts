import { DomainError, invalidInput, type FieldFault } from "../errors.ts";
import { isUuid } from "../ids.ts";

/** The error for a faulty value. Its message follows the field's name. */
class Fault extends Error {}

/** Returns the value as it is stored, or throws a `Fault`. */
type Read<T> = (value: unknown) => T;

/** A field that can be set: its name for callers, its column, and the check of its values. */
export interface Field<T = unknown> {
  name: string;
  column: string;
  read: Read<T>;
}

export type Fields = Readonly<Record<string, Field>>;
export type ValuesOf<F extends Fields> = {
  [Name in keyof F]: F[Name] extends Field<infer T> ? T : never;
};

export const field = <T>(name: string, read: Read<T>, column: string = name): Field<T> => ({
  name,
  column,
  read,
});

/** Accepts text of 1 to `max` characters, without the spaces at its ends. */
export const filledText =
  (max: number): Read<string> =>
  (value) => {
    const text = typeof value === "string" ? value.trim() : "";
    if (text === "" || text.length > max) throw new Fault(`must have 1 to ${max} characters`);
    refuseNul(text);
    return text;
  };

/** Accepts text of at most `max` characters, or null. Text of nothing but spaces becomes null. */
export const anyText =
  (max: number): Read<string | null> =>
  (value) => {
    if (value === null) return null;
    if (typeof value !== "string") throw new Fault("must be text");
    if (value.length > max) throw new Fault(`must have at most ${max} characters`);
    refuseNul(value);
    return value.trim() === "" ? null : value;
  };

function refuseNul(text: string): void {
  if (text.includes("\0") || !text.isWellFormed())
    throw new Fault("holds a character that is not allowed (NUL or half of a surrogate pair)");
}

export const oneOf =
  <Item extends string>(items: readonly Item[]): Read<Item> =>
  (value) => {
    const found = items.find((item) => item === value);
    if (found === undefined) throw new Fault(`must be one of ${items.join(", ")}`);
    return found;
  };

/** The greatest number. Beyond it, rounding would lose differences between values. */
const NUMBER_MAX = 1e15;

/** Accepts a finite number between −10¹⁵ and 10¹⁵. */
export const number: Read<number> = (value) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Fault("must be a number");
  if (Math.abs(value) > NUMBER_MAX) throw new Fault("must lie between -1e15 and 1e15");
  // Turns -0 into 0.
  return value + 0;
};

export const positiveNumber =
  (max: number): Read<number> =>
  (value) => {
    const read = number(value);
    if (read <= 0 || read > max) throw new Fault(`must be above 0 and at most ${max}`);
    return read;
  };

export const yesOrNo: Read<boolean> = (value) => {
  if (typeof value !== "boolean") throw new Fault("must be true or false");
  return value;
};

export const idText: Read<string> = (value) => {
  if (typeof value !== "string" || !isUuid(value)) throw new Fault("must be an id");
  return value.toLowerCase();
};

/** Accepts a day of the calendar: 2026-03-31. */
export const day: Read<string> = (value) => {
  const isDay =
    typeof value === "string" &&
    /^[1-9]\d{3}-\d{2}-\d{2}$/.test(value) &&
    new Date(`${value}T00:00:00Z`).toJSON()?.slice(0, 10) === value;
  if (!isDay) throw new Fault("must be a day, such as 2026-03-31");
  return value;
};

export const orNull =
  <T>(read: Read<T>): Read<T | null> =>
  (value) =>
    value === null ? null : read(value);

/**
 * Returns the given values, each as it is stored. A value that is absent or undefined stays absent.
 *
 * @throws DomainError `validation_failed`, which names every faulty field
 */
export function readValues<F extends Fields>(
  fields: F,
  given: Partial<Record<keyof F, unknown>>,
): Partial<ValuesOf<F>> {
  const values: Record<string, unknown> = {};
  const faults: FieldFault[] = [];
  for (const [key, { name, read }] of Object.entries(fields)) {
    const value = given[key];
    if (value === undefined) continue;
    try {
      values[key] = read(value);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push({ field: name, message: `${name} ${error.message}` });
    }
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
  return readValues(fields, given as Partial<Record<keyof F, unknown>>);
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
export const changesOf = <V extends object>(present: V, given: Partial<V>): Partial<V> =>
  Object.fromEntries(
    Object.entries(given).filter(
      ([key, value]) => value !== undefined && value !== present[key as keyof V],
    ),
  ) as Partial<V>;

/** Turns PostgreSQL's refusal of a second row with the same name into a `conflict`. */
export function refuseSameName(what: string): (error: unknown) => never {
  return (error) => {
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code !== "23505" || !constraint?.endsWith("_name")) throw error;
    throw new DomainError("conflict", `There already is a ${what} of this name`, {
      details: { field: "name" },
      cause: error,
    });
  };
}

import type { FieldFault } from "@sayso/core";
import { isObject } from "@sayso/exact-json";
import type { z } from "zod";

/** The fields that a schema declares: those of an object, or of the objects in a list. */
export interface Fields {
  /** The declared fields by name; null: anything is allowed inside. */
  named?: ReadonlyMap<string, Fields | null>;
  items?: Fields;
}

/**
 * Reads the fields that an input's schema declares. Returns null if the schema takes anything, as for free JSON
 * objects.
 *
 * @throws Error for a kind of schema that could hide an undeclared field
 */
export function fieldsOf(schema: z.core.$ZodType): Fields | null {
  const def = defOf(schema);
  switch (def.type) {
    case "object":
      return {
        named: new Map(
          Object.entries(def.shape).map(([name, inner]) => [name, fieldsOf(inner)] as const),
        ),
      };
    case "array": {
      const items = fieldsOf(def.element);
      return items && { items };
    }
    case "optional":
    case "nullable":
    case "default":
      return fieldsOf(def.innerType);
    case "pipe":
      return fieldsOf(def.in);
    case "record":
      if (fieldsOf(def.valueType) === null) return null;
      throw new Error("a record of objects in an input is not looked into");
    case "union":
    case "intersection":
    case "lazy":
      throw new Error(`a ${def.type} in an input is not looked into`);
    default:
      return null;
  }
}

/**
 * Returns a schema's definition, to be told apart by its `type`. The base class of schemas names no types, but Zod makes
 * no others than those in `$ZodTypes`.
 */
export const defOf = (schema: z.core.$ZodType) => (schema as z.core.$ZodTypes)._zod.def;

/** The most faults in one answer. */
const FAULTS_MAX = 20;
/** The length of the longest name that an answer repeats in full. */
const NAME_MAX = 100;

/**
 * Finds fields that are not declared, at any depth, and names the most similar declared one.
 *
 * @param what the caller's word for a field: "field" or "parameter"
 * @returns at most 20 faults
 */
export function findUnknownFields(
  fields: Fields | null,
  value: unknown,
  what: "field" | "parameter",
): FieldFault[] {
  const faults: FieldFault[] = [];
  collect(fields, value, "", what, faults);
  return faults;
}

function collect(
  fields: Fields | null,
  value: unknown,
  path: string,
  what: string,
  faults: FieldFault[],
): void {
  if (fields === null) return;
  if (Array.isArray(value)) {
    if (!fields.items) return;
    for (let i = 0; i < value.length && faults.length < FAULTS_MAX; i++)
      collect(fields.items, value[i], `${path}${i}.`, what, faults);
    return;
  }
  const { named } = fields;
  if (!named || !isObject(value)) return;
  for (const name of Object.keys(value)) {
    if (faults.length >= FAULTS_MAX) return;
    const inner = named.get(name);
    if (inner === undefined) faults.push(unknownField(path, name, what, named));
    else if (inner) collect(inner, value[name], `${path}${name}.`, what, faults);
  }
}

function unknownField(
  path: string,
  name: string,
  what: string,
  named: ReadonlyMap<string, unknown>,
): FieldFault {
  const field = path + (name.length > NAME_MAX ? `${name.slice(0, NAME_MAX)}…` : name);
  const alike = name.length > NAME_MAX ? undefined : nearestName(name, named.keys());
  return {
    field,
    message: `${field}: unknown ${what}${alike === undefined ? "" : `; did you mean ${alike}?`}`,
  };
}

/** The shortest part of a name, in letters, that makes two names similar. */
const PART_MIN = 4;

/**
 * Finds the name that was probably meant. First comes the same name in another spelling, then the shortest name that
 * contains it or is contained in it, then the one with the fewest typing errors: one for three letters at most.
 */
function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = plain(name);
  let best: { name: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = distanceOf(wanted, plain(candidate));
    if (distance < (best?.distance ?? Infinity)) best = { name: candidate, distance };
  }
  return best?.name;
}

/** Removes the differences between spellings: requiredApprovals is required_approvals. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

function distanceOf(wanted: string, candidate: string): number {
  if (wanted === candidate) return 0;
  const [short, long] =
    wanted.length < candidate.length ? [wanted, candidate] : [candidate, wanted];
  if (short.length >= PART_MIN && long.includes(short)) return 1 + long.length / 1000;
  const errors = typingErrors(wanted, candidate);
  return errors <= long.length / 3 ? 1 + errors : Infinity;
}

/** Counts letters that are added, missing, wrong, or exchanged with the next (optimal string alignment). */
function typingErrors(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
          isExchanged ? at(i - 2, j - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(a.length, b.length);
}

import { InexactNumberError, isObject, parseExactJson } from "@sayso/triggers";
import type { ZObject } from "zapier-platform-core";
import type { DeclaredField } from "./declared.ts";

/** The values that people filled in, by their names in the API. */
export type Values = Record<string, unknown>;

/**
 * Reads the values that people filled in, in the form that the API takes. Empty values are left out.
 *
 * @template Input the input of the operation from whose schema the fields are declared. Only the form of each value is
 * read here; the server refuses a wrong or missing one
 * @throws z.errors.Error that names the field which can't be read
 */
export function readInput<Input = Values>(
  z: ZObject,
  fields: readonly DeclaredField[],
  given: Values,
): Input {
  const entries = fields.map((field) => {
    const value = given[field.name ?? field.key];
    return [field.key, isEmpty(value) ? undefined : toWire(z, field, value)];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Input;
}

function toWire(z: ZObject, field: DeclaredField, given: unknown): unknown {
  switch (field.kind) {
    case "boolean":
      return toBoolean(z, field, given);
    case "number":
    case "integer":
      return toNumber(z, field, given);
    case "json":
      return toObject(z, field, given);
    case "multi-select":
      return toList(field, given, /\s*,\s*/);
    case "list":
      return field.fields
        ? filled(asList(given).map((row) => readObject(z, field, row)))
        : toList(field, given);
    case "object":
      return readObject(z, field, given);
    case "key-value":
      return given;
    default:
      return typeof given === "string" ? given : String(given);
  }
}

function readObject(z: ZObject, { name, key, fields = [] }: DeclaredField, given: unknown): Values {
  if (isObject(given)) return readInput(z, fields, given);
  throw wrong(z, name ?? key, "must be an object with fields of its own");
}

/**
 * Reads a list. Several values that were mapped into one box come with commas between them; ids and choices contain
 * none.
 */
function toList(field: DeclaredField, given: unknown, separator?: RegExp): unknown {
  const list = asList(given)
    .map((one) => String(one))
    .flatMap((one) => (separator ? one.trim().split(separator) : one))
    .filter((one) => one !== "");
  return field.isCommaList ? list.join(",") || undefined : filled(list);
}

const asList = (given: unknown): unknown[] => (Array.isArray(given) ? given : [given]);

const filled = (list: unknown[]): unknown[] | undefined => (list.length > 0 ? list : undefined);

function toBoolean(z: ZObject, { name, key }: DeclaredField, given: unknown): boolean {
  const text = String(given).trim().toLowerCase();
  if (["true", "yes", "1", "on"].includes(text)) return true;
  if (["false", "no", "0", "off"].includes(text)) return false;
  throw wrong(z, name ?? key, "must be yes or no");
}

function toNumber(z: ZObject, { name, key }: DeclaredField, given: unknown): number {
  const number = Number(given);
  if (Number.isFinite(number)) return number;
  throw wrong(z, name ?? key, "must be a number");
}

function toObject(z: ZObject, { name, key }: DeclaredField, given: unknown): unknown {
  if (typeof given !== "string") return given;
  try {
    return parseExactJson(given);
  } catch (error) {
    if (error instanceof InexactNumberError) throw wrong(z, name ?? key, error.message);
    throw wrong(z, name ?? key, 'must be a JSON object, such as {"order": 4821}');
  }
}

/** Names the field that is wrong, and says which value would be right. */
export const wrong = (z: ZObject, key: string, what: string): Error =>
  new z.errors.Error(`${key}: ${what}`, "VALIDATION_ERROR", 400);

const isEmpty = (value: unknown): boolean =>
  value == null || value === "" || (Array.isArray(value) && value.length === 0);

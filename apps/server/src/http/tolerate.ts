import type { AnyOperation } from "@sayso/catalogue";
import type { FieldFault } from "@sayso/core";
import { isObject } from "@sayso/exact-json";
import type { z } from "zod";
import { readJson, topFields } from "./receive-form.ts";

type Values = Record<string, unknown>;

interface Tolerated {
  value: unknown;
  /** What an empty field means, where the catalogue says so. */
  warnings: FieldFault[];
}

/**
 * Returns a function that reads a body as its operation's `tolerance` says: null and empty text in an optional field
 * count as absent, numbers in text fields as their digits, JSON text in a field for an object as that object. A value
 * that the field's own schema takes stays as it is. For an operation without `tolerance` the body stays untouched.
 */
export function createTolerance({ input, tolerance }: AnyOperation): (body: unknown) => Tolerated {
  if (!tolerance || !input.body) return (value) => ({ value, warnings: [] });
  const { numbers = [], blanks = {} } = tolerance;
  const fields = new Map(
    Object.entries(topFields(input.body)).map(([name, field]) => [name, describe(field)]),
  );
  const readField = (name: string, value: unknown): unknown => {
    const field = fields.get(name);
    if (value === null || value === "")
      return field?.isOptional && !field.takes(value) ? undefined : value;
    if (typeof value === "number" && numbers.includes(name)) return String(value);
    return typeof value === "string" && field?.isObject ? readJson(name, value) : value;
  };
  return (body) => {
    if (!isObject(body)) return { value: body, warnings: [] };
    const read = Object.entries(body).map(
      ([name, value]) => [name, value, readField(name, value)] as const,
    );
    return {
      value: Object.fromEntries(
        read.filter(([, , now]) => now !== undefined).map(([name, , now]) => [name, now]),
      ),
      warnings: read.flatMap(([name, sent, now]) =>
        sent === "" && now === undefined && Object.hasOwn(blanks, name)
          ? [{ field: name, message: `${name} is empty: ${blanks[name]}` }]
          : [],
      ),
    };
  };
}

/**
 * Returns a function that reads a query: with true and false in lower case, and for a call that reads without empty
 * optional parameters, except those that are a reference of the caller's own.
 */
export function createQueryTolerance({ http, input, references = [] }: AnyOperation) {
  const fields = Object.entries<z.ZodType>(input.query?.shape ?? {});
  const flags = new Set(fields.filter(([, field]) => isFlag(field)).map(([name]) => name));
  const optional = new Set(
    fields
      .filter(([name, field]) => !references.includes(name) && field.safeParse(undefined).success)
      .map(([name]) => name)
      .filter((name) => http.method === "GET" || flags.has(name)),
  );
  return (query: Values): Values =>
    Object.fromEntries(
      Object.entries(query)
        .filter(([name, value]) => value !== "" || !optional.has(name))
        .map(([name, value]) => [
          name,
          flags.has(name) && typeof value === "string" ? value.toLowerCase() : value,
        ]),
    );
}

/** Whether a parameter is either true or false. Python's clients spell it True. */
const isFlag = (field: z.ZodType): boolean =>
  ["true", "false"].every((value) => field.safeParse(value).success) &&
  !field.safeParse("TRUE").success;

const describe = (field: z.ZodType) => ({
  isOptional: field.safeParse(undefined).success,
  isObject: field.safeParse({}).success,
  takes: (value: unknown) => field.safeParse(value).success,
});

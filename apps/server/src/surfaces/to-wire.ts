import { snakeCase, type SnakeCase } from "@sayso/core";

type OnWire<Value> = Value extends Date ? string : Value;

type WireFields<Fields, Left> = {
  [Name in Exclude<keyof Fields, Left> as SnakeCase<Name>]: OnWire<Fields[Name]>;
};

/**
 * Returns the fields by their names in snake_case, with each point in time as ISO 8601 in UTC.
 *
 * @param leftOut the names of fields that the answer lacks, or shows in another way
 */
export function toWire<Fields extends object, Left extends keyof Fields>(
  fields: Fields,
  leftOut: readonly Left[],
): WireFields<Fields, Left> {
  const left: readonly (keyof Fields)[] = leftOut;
  const wire: Record<string, unknown> = {};
  for (const name in fields) {
    if (left.includes(name)) continue;
    const value: unknown = fields[name];
    wire[snakeCase(name)] = value instanceof Date ? value.toISOString() : value;
  }
  return wire as WireFields<Fields, Left>;
}

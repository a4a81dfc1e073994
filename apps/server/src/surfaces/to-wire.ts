import { withSnakeCase, type SnakeCase } from "@sayso/core";

type OnWire<Value> = Value extends Date ? string : Value;

type WireFields<Fields> = {
  [Name in keyof Fields as SnakeCase<Name>]: OnWire<Fields[Name]>;
};

/** Returns the fields by their names in snake_case, with each point in time as ISO 8601 in UTC. */
export const toWire = <Fields extends object>(fields: Fields): WireFields<Fields> =>
  Object.fromEntries(
    Object.entries(withSnakeCase(fields)).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Date ? value.toISOString() : value,
    ]),
  ) as WireFields<Fields>;

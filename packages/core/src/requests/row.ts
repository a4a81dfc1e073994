import { snakeCase } from "../field-names.ts";
import { requestColumns, shownNames, type InitialRow, type RequestRow } from "./columns.ts";

const named = (Object.keys(requestColumns) as (keyof RequestRow)[]).map((name) => ({
  name,
  stored: snakeCase(name),
  column: requestColumns[name],
}));

const storedNames = new Map(named.map(({ name, stored }) => [name, stored]));

/** The values of a new request that brings no others. */
export const initialRow = Object.fromEntries(
  named.flatMap(({ name, column }) => ("initial" in column ? [[name, column.initial]] : [])),
) as unknown as InitialRow;

/** Returns the fields with these names. A field that is absent or undefined is left out. */
export function pick<Fields extends object, Name extends keyof Fields>(
  fields: Fields,
  names: readonly Name[],
): Pick<Fields, Name> {
  const picked: Partial<Fields> = {};
  for (const name of names) if (fields[name] !== undefined) picked[name] = fields[name];
  return picked as Pick<Fields, Name>;
}

/** The select list of the columns that everybody reads, from rows that are called `r`. */
export const shownList = shownNames
  .map((name) => `r.${storedNames.get(name)} as "${name}"`)
  .join(", ");

/** Returns a request from the JSON that PostgreSQL makes of its row. */
export function readRow(stored: Record<string, unknown>): RequestRow {
  const row: Record<string, unknown> = {};
  for (const { name, stored: from, column } of named) {
    const value = stored[from];
    row[name] = column.decode ? column.decode(value) : value;
  }
  return row as unknown as RequestRow;
}

/** Returns values of a request in the shape that PostgreSQL's `json_populate_record` takes. Nulls are left out. */
export function writeRow(row: Partial<RequestRow>): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const { name, stored } of named) {
    const value = row[name];
    if (value === null || value === undefined) continue;
    written[stored] = Buffer.isBuffer(value) ? `\\x${value.toString("hex")}` : value;
  }
  return written;
}

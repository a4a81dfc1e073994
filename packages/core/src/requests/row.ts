import { snakeCase } from "../field-names.ts";
import { requestColumns, shownNames, type InitialRow, type RequestRow } from "./columns.ts";

const named = Object.entries(requestColumns).map(([name, column]) => ({
  name,
  stored: snakeCase(name),
  column,
}));

const storedNames = new Map(named.map(({ name, stored }) => [name, stored]));

/** The values of a new request that brings no others. */
export const initialRow = Object.fromEntries(
  named.flatMap(({ name, column }) => ("initial" in column ? [[name, column.initial]] : [])),
) as unknown as InitialRow;

/** Returns the fields with these names. A field that is absent or undefined is left out. */
export const pick = <Fields extends object, Name extends keyof Fields>(
  fields: Fields,
  names: readonly Name[],
): Pick<Fields, Name> =>
  Object.fromEntries(
    names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])),
  ) as Pick<Fields, Name>;

/** The select list of the columns that everybody reads, from rows that are called `r`. */
export const shownList = shownNames
  .map((name) => `r.${storedNames.get(name)} as "${name}"`)
  .join(", ");

/** Returns a request from the JSON that PostgreSQL makes of its row. */
export const readRow = (stored: Record<string, unknown>): RequestRow =>
  Object.fromEntries(
    named.map(({ name, stored: from, column }) => [name, column.decode(stored[from])]),
  ) as unknown as RequestRow;

/** Returns values of a request in the shape that PostgreSQL's `json_populate_record` takes. Nulls are left out. */
export function writeRow(row: Partial<RequestRow>): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    const stored = storedNames.get(name);
    if (stored === undefined || value === null || value === undefined) continue;
    written[stored] = Buffer.isBuffer(value) ? `\\x${value.toString("hex")}` : value;
  }
  return written;
}

import { snakeCase } from "../field-names.ts";
import { keysOf } from "../keys-of.ts";
import { requestColumns, shownNames, type InitialRow, type RequestRow } from "./columns.ts";

const named = keysOf(requestColumns).map((name) => ({
  name,
  stored: snakeCase(name),
  column: requestColumns[name],
}));

const storedNames = new Map(named.map(({ name, stored }) => [name, stored]));

/** The values of a new request that brings no others. */
export const initialRow = readInitial();

/** Takes the initial value of each column that has one. `InitialRow` is those columns and their types. */
function readInitial(): InitialRow {
  const initial: object = Object.fromEntries(
    named.flatMap(({ name, column }) => ("initial" in column ? [[name, column.initial]] : [])),
  );
  return initial as InitialRow;
}

/** The select list of the columns that everybody reads, from rows that are called `r`. */
export const shownList = shownNames
  .map((name) => `r.${storedNames.get(name)} as "${name}"`)
  .join(", ");

/** Returns a request from the JSON that PostgreSQL makes of its row. Each column says the type of its value. */
export function readRow(stored: Record<string, unknown>): RequestRow {
  const row: Partial<Record<keyof RequestRow, unknown>> = {};
  for (const { name, stored: from, column } of named) {
    const value = stored[from];
    row[name] = column.decode && typeof value === "string" ? column.decode(value) : value;
  }
  return row as RequestRow;
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

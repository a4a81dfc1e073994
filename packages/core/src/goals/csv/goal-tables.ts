import { survives } from "@sayso/exact-json";
import { invalidInput } from "../../errors.ts";
import { keysOf } from "../../keys-of.ts";
import type { Cell } from "./read-csv.ts";
import { readText } from "./write-csv.ts";

/** The tables, with their columns: objectives with a row for each key result, and KPIs. */
export const goalTables = {
  objectives: [
    "objective",
    "description",
    "type",
    "owner",
    "cycle",
    "key_result",
    "start",
    "target",
    "current",
    "unit",
    "weight",
    "key_result_owner",
  ],
  kpis: ["name", "description", "current", "target", "unit", "direction", "owner"],
} as const;
export type GoalTable = keyof typeof goalTables;
export const goalTableNames = keysOf(goalTables);

/** Returns the line of the file on which a record begins. */
const lineOf = ([first]: readonly Cell[]): number => first?.line ?? 1;

/** A row of a table, read by the names of its columns. An empty value is undefined. */
export interface TableRow {
  line: number;
  text(column: string): string | undefined;
  /** @throws DomainError `validation_failed` */
  number(column: string): number | undefined;
  /** Returns the error for a faulty value, with its line and column. */
  fault(column: string, message: string): Error;
}

const ROWS_MAX = 1000;

/**
 * Returns the rows below the first line, which names the columns in any order. Unknown columns are refused.
 *
 * @throws DomainError `validation_failed`, which names line and column
 */
export function readRows(table: GoalTable, records: readonly Cell[][]): TableRow[] {
  const known: readonly string[] = goalTables[table];
  const [head = [], ...rest] = records;
  const names = head.map(({ text }) => text.trim().toLowerCase());
  const odd = head.find(
    (_, i) => !known.includes(names[i] ?? "") || names.indexOf(names[i] ?? "") !== i,
  );
  if (odd || head.length === 0)
    throw at(
      odd ?? { line: 1, column: 1 },
      `the first line must name the columns, each once, of ${known.join(", ")}`,
    );
  const [tooMany] = rest.slice(ROWS_MAX);
  if (tooMany) throw at({ line: lineOf(tooMany), column: 1 }, `at most ${ROWS_MAX} rows at once`);
  return rest.map((record) => {
    const extra = record[names.length];
    if (extra) throw at(extra, `there are only ${names.length} columns`);
    const line = lineOf(record);
    const placeOf = (column: string) => ({ line, column: names.indexOf(column) + 1 });
    const fault = (column: string, message: string) =>
      names.includes(column)
        ? at(record[names.indexOf(column)] ?? placeOf(column), `${column} ${message}`)
        : at({ line, column: 1 }, `the column ${column} is missing`);
    const text = (column: string) => {
      const found = record[names.indexOf(column)]?.text ?? "";
      return found.trim() === "" ? undefined : readText(found);
    };
    return {
      line,
      text,
      fault,
      number(column) {
        const found = text(column)?.trim();
        if (found === undefined) return undefined;
        const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(found) ? Number(found) : NaN;
        if (!Number.isFinite(value)) throw fault(column, "must be a number, such as 12.5");
        if (!survives(found))
          throw fault(column, `can't be kept exactly; it would become ${value}`);
        return value;
      },
    };
  });
}

const at = ({ line, column }: { line: number; column: number }, message: string) =>
  invalidInput({ field: "csv", message: `csv: line ${line}, column ${column}: ${message}` });

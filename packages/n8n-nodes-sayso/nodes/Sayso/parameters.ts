import { parseExactJson } from "@sayso/triggers";
import type { IExecuteFunctions } from "n8n-workflow";
import type { DeclaredField, Operation } from "./declared.ts";

/** The values that people filled in, by their names in the API. */
export type Values = Record<string, unknown>;

/** Reads an operation's parameters for one item in the form that the API takes. Empty values are left out. */
export function readParameters(
  context: IExecuteFunctions,
  operation: Operation,
  itemIndex: number,
): Values {
  const more = context.getNodeParameter(operation.collection, itemIndex, {}) as Values;
  const values: Values = {};
  for (const field of operation.fields) {
    const given = field.isFirst
      ? context.getNodeParameter(field.key, itemIndex, undefined, { extractValue: true })
      : chosen(more[field.key]);
    const value = toWire(context, field, given, itemIndex);
    if (value !== undefined) values[field.key] = value;
  }
  return values;
}

/** Returns the value that was chosen in a searchable list, which n8n passes on with its own wrapper. */
const chosen = (given: unknown): unknown =>
  typeof given === "object" && given !== null && "__rl" in given
    ? (given as { value?: unknown }).value
    : given;

function toWire(
  context: IExecuteFunctions,
  field: DeclaredField,
  given: unknown,
  itemIndex: number,
): unknown {
  if (given === undefined || given === null || given === "") return undefined;
  switch (field.kind) {
    case "date-time":
      return toInstant(context, given, itemIndex);
    case "json":
      return toObject(given);
    case "key-value":
      return nonEmpty(
        Object.fromEntries(
          rowsOf(given).map(({ name, value }) => [name as string, (value ?? "") as string]),
        ),
      );
    case "multi-select":
      return toList(field, given);
    case "list":
      return field.isOfObjects
        ? nonEmptyList(rowsOf(given).map((row) => withoutEmpty(row, field.unsetAtZero)))
        : toList(field, given);
    default:
      return given;
  }
}

/** Reads a list, also from an expression's text or from text with commas. */
function toList(field: DeclaredField, given: unknown): unknown {
  const list = Array.isArray(given) ? given : String(given as string).split(/\s*,\s*/);
  const filled = list.filter((one) => one !== "" && one != null);
  return field.isCommaList ? filled.join(",") || undefined : nonEmptyList(filled);
}

/** Reads JSON from n8n's editor: text, or the value of an expression. */
function toObject(given: unknown): unknown {
  const parsed = typeof given === "string" ? parseExactJson(given) : given;
  return typeof parsed === "object" && parsed !== null ? nonEmpty(parsed as Values) : parsed;
}

const rowsOf = (given: unknown): Values[] =>
  Array.isArray(given) ? (given as Values[]) : ((given as { items?: Values[] }).items ?? []);

/** Removes empty columns. n8n fills in every column of a row, and an optional number that nobody touched is 0. */
const withoutEmpty = (row: Values, unsetAtZero: readonly string[] = []): Values =>
  Object.fromEntries(
    Object.entries(row).filter(
      ([key, value]) =>
        value !== "" &&
        value != null &&
        !(Array.isArray(value) && value.length === 0) &&
        !(value === 0 && unsetAtZero.includes(key)),
    ),
  );

const nonEmpty = (values: Values): Values | undefined =>
  Object.keys(values).length > 0 ? values : undefined;

const nonEmptyList = (list: unknown[]): unknown[] | undefined =>
  list.length > 0 ? list : undefined;

const isoTime = /^\d{4}-\d\d-\d\d([T ][\d:.]+)?$/;

/** Reads a time. A time without a zone is in the workflow's time zone. */
function toInstant(context: IExecuteFunctions, given: unknown, itemIndex: number): string {
  if (typeof given !== "string") {
    const { toISO } = given as { toISO?: () => string };
    return toISO ? toISO.call(given) : new Date(given as Date).toISOString();
  }
  const text = given.trim().replace(" ", "T");
  if (!isoTime.test(given.trim())) return text;
  return context.evaluateExpression(
    `{{ DateTime.fromISO("${text}").toUTC().toISO() }}`,
    itemIndex,
  ) as string;
}

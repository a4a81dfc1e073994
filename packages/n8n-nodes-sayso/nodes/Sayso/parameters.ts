import { parseExactJson } from "@sayso/triggers";
import type { IDataObject, IExecuteFunctions } from "n8n-workflow";
import { isObject, objectOf, readObjects } from "../shared/given.ts";
import type { DeclaredField, Operation } from "./declared.ts";

/** The values that people filled in, by their names in the API. */
export type Values = IDataObject;

type Value = Values[string];

/** Reads an operation's parameters for one item in the form that the API takes. Empty values are left out. */
export function readParameters(
  context: IExecuteFunctions,
  operation: Operation,
  itemIndex: number,
): Values {
  const more = objectOf(context.getNodeParameter(operation.collection, itemIndex, {}));
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
const chosen = (given: Value): Value => (isObject(given) && "__rl" in given ? given.value : given);

function toWire(
  context: IExecuteFunctions,
  field: DeclaredField,
  given: Value,
  itemIndex: number,
): Value {
  if (given === undefined || given === null || given === "") return undefined;
  switch (field.kind) {
    case "date-time":
      return toInstant(context, given, itemIndex);
    case "json":
      return toObject(given);
    case "key-value":
      return nonEmpty(
        Object.fromEntries(
          rowsOf(field, given).map(({ name, value }) => [String(name), value ?? ""]),
        ),
      );
    case "multi-select":
      return toList(field, given);
    case "list":
      return field.isOfObjects
        ? nonEmptyList(rowsOf(field, given).map((row) => withoutEmpty(row, field.unsetAtZero)))
        : toList(field, given);
    default:
      return given;
  }
}

/** Reads a list, also from an expression's text or from text with commas. */
function toList(field: DeclaredField, given: Value): Value {
  const list = Array.isArray(given) ? given : String(given).split(/\s*,\s*/);
  const filled = list.filter((one) => one !== "" && one != null);
  return field.isCommaList ? filled.join(",") || undefined : nonEmptyList(filled);
}

/** Reads JSON from n8n's editor: text, or the value of an expression. */
function toObject(given: Value): Value {
  const parsed = typeof given === "string" ? parseExactJson(given) : given;
  // The server refuses what is no object.
  if (typeof parsed !== "object") return given;
  return parsed === null || Object.keys(parsed).length > 0 ? parsed : undefined;
}

/** @throws Error for a row that is no object */
const rowsOf = ({ key }: DeclaredField, given: Value): Values[] =>
  readObjects(key, Array.isArray(given) ? given : (objectOf(given).items ?? []));

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
  if (isDateTime(given)) return given.toISO();
  if (typeof given === "number" || given instanceof Date) return new Date(given).toISOString();
  if (typeof given !== "string") return new Date(String(given)).toISOString();
  const text = given.trim().replace(" ", "T");
  if (!isoTime.test(given.trim())) return text;
  const expression = `{{ DateTime.fromISO("${text}").toUTC().toISO() }}`;
  const inUtc = context.evaluateExpression(expression, itemIndex);
  // There is no 31st of February. The server refuses it in its own words.
  return typeof inUtc === "string" ? inUtc : text;
}

/** Recognises the times that n8n's expressions make, which are Luxon's. */
const isDateTime = (value: unknown): value is { toISO: () => string } =>
  isObject(value) && typeof value.toISO === "function";

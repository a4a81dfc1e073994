import type { DynamicChoices } from "@sayso/catalogue";
import type { Choice, Field } from "../field.ts";
import { titleCase } from "../title-case.ts";

/** An `INodeProperties` of n8n, limited to the rendered properties. */
export interface N8nProperty {
  displayName: string;
  name: string;
  type: string;
  default: unknown;
  description?: string;
  required?: true;
  noDataExpression?: true;
  options?: unknown[];
  typeOptions?: Record<string, unknown>;
  displayOptions?: { show: Record<string, (string | boolean)[]> };
  placeholder?: string;
  modes?: unknown[];
}

/**
 * Returns the name of the node's method that fills a dropdown. It consists of the listing operation and its query, so
 * that two fields with different choices from one list don't share a method.
 */
export const choicesMethod = ({ operation, query = {} }: DynamicChoices): string =>
  [operation, ...Object.keys(query).map((key) => titleCase(key).replaceAll(" ", ""))].join("");

/** Renders fields as properties, in n8n's order. */
export const renderN8nFields = (fields: Field[]): N8nProperty[] =>
  byDisplayName(fields.map(renderField));

export const byDisplayName = (properties: N8nProperty[]): N8nProperty[] =>
  properties.sort((a, b) => compare(a.displayName, b.displayName));

const DYNAMIC_HELP =
  'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

/** Renders a field as a parameter. */
export function renderField(field: Field): N8nProperty {
  const { key, label, help, required, dynamicChoices } = field;
  if (dynamicChoices?.search !== undefined && field.kind === "select")
    return renderLocator(field, dynamicChoices);
  const isMany = field.kind === "multi-select";
  const suffix = isMany ? "Names or IDs" : "Name or ID";
  const description = dynamicChoices
    ? [help, isMany ? DYNAMIC_HELP.replace("an ID", "IDs") : DYNAMIC_HELP]
        .filter(Boolean)
        .join(". ")
    : help;
  return {
    displayName: dynamicChoices ? `${label} ${suffix}` : label,
    name: key,
    ...typeOf(field),
    ...describe(label, description),
    ...(required && { required }),
  };
}

/** Returns a description in n8n's form, without a text that only repeats the label. */
function describe(label: string, text: string): { description?: string } {
  if (text === "" || text.toLowerCase().replace(/^the /, "") === label.toLowerCase()) return {};
  return { description: punctuate(text) };
}

/** Returns a text as n8n's rules want it: with a full stop after several sentences, with none after one. */
export const punctuate = (text: string): string =>
  /[.!?]\s+\S/.test(text) && !text.endsWith(".") ? `${text}.` : text;

/** Renders a field that is found by typing, or given by its ID, because other nodes return IDs. */
function renderLocator(
  { key, label, help, required }: Field,
  dynamicChoices: NonNullable<Field["dynamicChoices"]>,
): N8nProperty {
  return {
    displayName: label,
    name: key,
    type: "resourceLocator",
    default: { mode: "list", value: "" },
    ...(required && { required }),
    ...describe(label, help),
    modes: [
      {
        displayName: "From List",
        name: "list",
        type: "list",
        typeOptions: { searchListMethod: choicesMethod(dynamicChoices), searchable: true },
      },
      {
        displayName: "By ID",
        name: "id",
        type: "string",
        placeholder: "e.g. 019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f04",
      },
    ],
  };
}

/** Returns the editor for each kind. */
function typeOf(field: Field): Pick<N8nProperty, "type" | "default" | "options" | "typeOptions"> {
  const { kind, choices, dynamicChoices, fields = [], minimum, maximum } = field;
  const preset = (empty: unknown) => field.default ?? empty;
  const offered = dynamicChoices
    ? { typeOptions: { loadOptionsMethod: choicesMethod(dynamicChoices) } }
    : { options: byName((choices ?? []).map((choice) => toOption(field.key, choice))) };
  switch (kind) {
    case "string":
      return { type: "string", default: preset("") };
    case "text":
      return { type: "string", typeOptions: { rows: 4 }, default: preset("") };
    case "integer":
    case "number": {
      const limits = {
        ...(minimum !== undefined && { minValue: minimum }),
        ...(maximum !== undefined && { maxValue: maximum }),
        ...(kind === "integer" && { numberPrecision: 0 }),
      };
      const nearestToZero = Math.min(Math.max(0, minimum ?? 0), maximum ?? Infinity);
      return { type: "number", typeOptions: limits, default: preset(nearestToZero) };
    }
    case "boolean":
      // A query parameter spells its default as text.
      return { type: "boolean", default: String(preset(false)) === "true" };
    case "date-time":
      return { type: "dateTime", default: preset("") };
    case "select":
      return { type: "options", ...offered, default: preset(choices?.[0]?.value ?? "") };
    case "multi-select":
      return { type: "multiOptions", ...offered, default: preset([]) };
    case "json":
      return { type: "json", default: preset("{}") };
    case "key-value":
      return several([
        { displayName: "Name", name: "name", type: "string", default: "" },
        { displayName: "Value", name: "value", type: "string", default: "" },
      ]);
    case "object":
      return { type: "collection", options: fields.map(renderField), default: {} };
    case "list":
      return field.fields
        ? several(renderN8nFields(fields))
        : { type: "string", typeOptions: { multipleValues: true }, default: [] };
  }
}

/**
 * Renders an option. n8n takes a property named "action" for a list of operations, so each of its options must say what
 * it does.
 */
const toOption = (key: string, { value, label }: Choice) => ({
  name: label,
  value,
  ...(key === "action" && { action: sentenceCase(label) }),
});

/** Renders any number of rows with these columns. */
const several = (values: N8nProperty[]) => ({
  type: "fixedCollection",
  typeOptions: { multipleValues: true },
  options: [{ displayName: "Item", name: "items", values }],
  default: {},
});

/** `Create Approval Request` → `Create approval request` */
export const sentenceCase = (label: string): string =>
  label
    .replaceAll("-", " ")
    .split(" ")
    .map((word, index) => (index === 0 || /[A-Z0-9]$/.test(word) ? word : word.toLowerCase()))
    .join(" ");

export const byName = <Option extends { name: string }>(options: Option[]): Option[] =>
  options.sort((a, b) => compare(a.name, b.name));

/** Compares code units without regard to case, which gives the same order everywhere. */
function compare(a: string, b: string): number {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  return one < other ? -1 : one > other ? 1 : 0;
}

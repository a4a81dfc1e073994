import type { DynamicChoices, FieldHint } from "@sayso/catalogue";
import { resolve, type Components, type JsonSchema } from "./json-schema.ts";
import { sampleOf } from "./sample.ts";
import { titleCase } from "./title-case.ts";

/**
 * The kinds of fields:
 *
 * - `string`: one line; `text`: several
 * - `date-time`: ISO 8601 with a zone
 * - `select`, `multi-select`: one, or several, of `choices` or `dynamicChoices`
 * - `json`: any JSON object; `key-value`: an object of texts
 * - `list`: a list of the kind `item`, or of objects where there are `fields`; `object`: an object with these `fields`
 */
export type FieldKind =
  | "string"
  | "text"
  | "number"
  | "integer"
  | "boolean"
  | "date-time"
  | "select"
  | "multi-select"
  | "json"
  | "list"
  | "key-value"
  | "object";

export type Location = "path" | "query" | "body";

export interface Choice {
  value: string;
  label: string;
}

/** A field that people fill in. */
export interface Field {
  /** The name in the API. A path field's name appears only in the path. */
  key: string;
  /** Title Case. */
  label: string;
  /** A help text without a full stop at the end; empty where the schema has no description. */
  help: string;
  kind: FieldKind;
  required: boolean;
  default?: unknown;
  choices?: Choice[];
  dynamicChoices?: DynamicChoices;
  location: Location;
  advanced: boolean;
  /** A value that is accepted. */
  sample: unknown;
  /** The limits of a number, both inclusive. */
  minimum?: number;
  maximum?: number;
  /** The kind of the items of a list without `fields`. */
  item?: FieldKind;
  /** The fields of an object, or of each object in a list. */
  fields?: Field[];
  /** The list is sent as one text with commas between its items. */
  isCommaList?: true;
}

/** The place of a schema in an operation's input. */
export interface Place {
  key: string;
  /** The key with the names of the objects around it: `steps.approver_id`. */
  path: string;
  location: Location;
  required: boolean;
  hints: Record<string, FieldHint>;
  components: Components;
}

/** Reads one property of an input. The schema decides everything that the hints leave open. */
export function readField(schema: JsonSchema, place: Place): Field {
  const { key, location, required, components } = place;
  const hint = place.hints[place.path] ?? {};
  const read = resolve(schema, components);
  const value = valueOf(read, components);
  const kind = kindOf(value, hint, components);
  const choices = choicesOf(value, kind, components);
  const fields = fieldsOf(value, kind, place);
  return {
    key,
    label: hint.label ?? titleCase(key),
    help: read.description ?? "",
    kind,
    required,
    ...(value.default !== undefined && { default: value.default }),
    ...(choices && { choices }),
    ...(hint.choices && { dynamicChoices: hint.choices }),
    location,
    advanced: hint.advanced ?? false,
    sample: kind === "boolean" ? true : sampleOf(value, components, key),
    ...(value.minimum !== undefined && { minimum: value.minimum }),
    ...(value.maximum !== undefined && { maximum: value.maximum }),
    ...(kind === "list" && !fields && { item: kindOf(itemsOf(value, components), {}, components) }),
    ...(fields && { fields }),
    ...(value.commaList && { isCommaList: true as const }),
  };
}

/** Returns the schema of the value itself, where null is also allowed. */
export function valueOf(schema: JsonSchema, components: Components): JsonSchema {
  const type = Array.isArray(schema.type) ? schema.type.find((t) => t !== "null") : schema.type;
  const others = schema.anyOf?.filter((inner) => inner.type !== "null") ?? [];
  const [only] = others;
  if (!only || others.length > 1) return type === undefined ? schema : { ...schema, type };
  const { anyOf: _, ...beside } = schema;
  return { ...resolve(only, components), ...beside };
}

/** Returns the kind of a value with this schema. */
export function kindOf(schema: JsonSchema, hint: FieldHint, components: Components): FieldKind {
  const { type, format, commaList } = schema;
  if (commaList) return "multi-select";
  if (schema.enum) return isYesOrNo(schema.enum) ? "boolean" : "select";
  switch (type) {
    case "boolean":
    case "integer":
    case "number":
      return type;
    case "string":
      if (format === "date-time") return "date-time";
      return hint.choices ? "select" : hint.multiline ? "text" : "string";
    case "array":
      return hint.choices || itemsOf(schema, components).enum ? "multi-select" : "list";
    case "object":
      if (schema.properties) return "object";
      return isObjectOfTexts(schema) ? "key-value" : "json";
    default:
      return "json";
  }
}

const isYesOrNo = (values: unknown[]): boolean =>
  values.length === 2 && values.includes("true") && values.includes("false");

const isObjectOfTexts = ({ additionalProperties: inner }: JsonSchema): boolean =>
  typeof inner === "object" && inner.type === "string";

const itemsOf = (schema: JsonSchema, components: Components): JsonSchema =>
  resolve(schema.items ?? {}, components);

function choicesOf(
  schema: JsonSchema,
  kind: FieldKind,
  components: Components,
): Choice[] | undefined {
  if (kind !== "select" && kind !== "multi-select") return undefined;
  const values = schema.commaList ?? schema.enum ?? itemsOf(schema, components).enum;
  return values?.map((value) => ({ value: String(value), label: titleCase(String(value)) }));
}

function fieldsOf(schema: JsonSchema, kind: FieldKind, place: Place): Field[] | undefined {
  const inner = kind === "list" ? itemsOf(schema, place.components) : schema;
  if (!inner.properties || (kind !== "list" && kind !== "object")) return undefined;
  return Object.entries(inner.properties).map(([key, property]) =>
    readField(property, {
      ...place,
      key,
      path: `${place.path}.${key}`,
      required: inner.required?.includes(key) ?? false,
    }),
  );
}

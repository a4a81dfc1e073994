import type { Field } from "../field.ts";
import type { OutputField } from "../output.ts";
import type { Specification } from "../specification.ts";

/** A parameter of a Make module, or a field of its interface, limited to the rendered properties. */
export interface MakeParameter {
  name: string;
  label: string;
  type: string;
  help?: string;
  required?: boolean;
  default?: unknown;
  advanced?: boolean;
  multiline?: boolean;
  multiple?: boolean;
  /** For a dropdown: it opens for mapping at first. */
  mode?: "edit";
  /** Fixed options, or the address of the RPC that lists them. */
  options?: { label: string; value: string }[] | string;
  validate?: { min?: number; max?: number; pattern?: string };
  /** The parts of an array or a collection. */
  spec?: MakeParameter[] | { type: string };
}

/** The parts of a module without its communication. */
export interface MakeModule {
  name: string;
  /** "search": returns several bundles; "trigger": watches. */
  kind: "action" | "search" | "trigger";
  label: string;
  description: string;
  parameters: MakeParameter[];
  interface: MakeParameter[];
  samples: unknown;
}

/**
 * Renders Make's modules with typed mappable parameters, interface and samples. A dropdown that the server fills names
 * the RPC with the listing operation's name.
 */
export function renderMakeParameters({ operations, triggers }: Specification): MakeModule[] {
  return [
    ...operations
      .filter(({ platforms }) => platforms.includes("make"))
      .map(({ name, answers, label, description, fields, output, sample }) => ({
        name,
        kind: answers === "one" ? ("action" as const) : ("search" as const),
        label,
        description,
        parameters: fields.map(renderMakeField),
        interface: output.map(renderMakeOutput),
        samples: sample,
      })),
    ...triggers
      .filter(({ platforms }) => platforms.includes("make"))
      .map(({ name, label, description, fields, output, sample }) => ({
        name,
        kind: "trigger" as const,
        label,
        description,
        parameters: fields.map(renderMakeField),
        interface: output.map(renderMakeOutput),
        samples: sample,
      })),
  ];
}

/**
 * Make's type for each kind. Make's `json` is a text, from which no app can make an object, so objects are built from
 * pairs.
 */
const types = {
  string: "text",
  text: "text",
  number: "number",
  integer: "integer",
  boolean: "boolean",
  "date-time": "date",
  select: "select",
  "multi-select": "select",
  json: "array",
  list: "array",
  "key-value": "array",
  object: "collection",
} as const;

const pairOf = (type: "text" | "any"): MakeParameter[] => [
  { name: "key", label: "Name", type: "text", required: true },
  { name: "value", label: "Value", type },
];

/** Renders a parameter that people fill in. */
export function renderMakeField(field: Field): MakeParameter {
  const { key, label, help, kind, required, choices, dynamicChoices, fields, item } = field;
  const { minimum: min, maximum: max } = field;
  // People map a reference from another module more often than they choose it from a list.
  const isMapped = dynamicChoices !== undefined && required;
  return {
    name: key,
    label,
    type: types[kind],
    ...(help !== "" && { help }),
    required,
    ...(field.default !== undefined && { default: field.default }),
    ...(field.advanced && { advanced: true }),
    ...(isMapped && { mode: "edit" }),
    ...(kind === "text" && { multiline: true }),
    ...(kind === "multi-select" && { multiple: true }),
    ...(dynamicChoices
      ? { options: `rpc://${dynamicChoices.operation}` }
      : choices && { options: choices.map(({ value, label: text }) => ({ label: text, value })) }),
    ...((min !== undefined || max !== undefined) && { validate: { min, max } }),
    ...(fields && { spec: fields.map(renderMakeField) }),
    ...(kind === "key-value" && { spec: pairOf("text") }),
    ...(kind === "json" && { spec: pairOf("any") }),
    ...(kind === "list" && item && { spec: { type: types[item] } }),
  };
}

/** Renders a field of a module's interface. */
export function renderMakeOutput(field: OutputField): MakeParameter {
  const { key, label, help, kind, fields, item } = field;
  const type = kind === "select" ? "text" : kind === "json" ? "collection" : types[kind];
  return {
    name: key,
    label,
    type,
    ...(help !== "" && { help }),
    ...(fields && { spec: fields.map(renderMakeOutput) }),
    ...(kind === "list" && item && { spec: { type: types[item] } }),
  };
}

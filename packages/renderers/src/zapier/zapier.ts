import type { Field } from "../field.ts";
import type { OutputField } from "../output.ts";
import type { Specification } from "../specification.ts";

/** A field of Zapier's schema, limited to the rendered properties. */
export interface ZapierField {
  key: string;
  label: string;
  type?: string;
  helpText?: string;
  required?: boolean;
  default?: string;
  choices?: { value: string; label: string; sample: string }[];
  /** `<key of the hidden trigger>.<property to send>.<property to show>` */
  dynamic?: string;
  list?: true;
  dict?: true;
  children?: ZapierField[];
}

/** The parts of an action, search or trigger without its `perform`. */
export interface ZapierOperation {
  key: string;
  noun: string;
  display: { label: string; description: string };
  inputFields: ZapierField[];
  outputFields: { key: string; label: string; type?: string; list?: true }[];
  sample: unknown;
}

/**
 * Renders Zapier's actions (`creates`: operations that change something), searches (operations that read) and triggers,
 * with typed fields and samples. A dropdown that the server fills names the hidden trigger with the listing operation's
 * name.
 */
export function renderZapierFields({ resources, operations, triggers }: Specification): {
  creates: ZapierOperation[];
  searches: ZapierOperation[];
  triggers: ZapierOperation[];
} {
  const nounOf = (resource: string) =>
    resources.find(({ key }) => key === resource)?.label ?? resource;
  const shown = operations.filter(({ platforms }) => platforms.includes("zapier"));
  const rendered = (isRead: boolean) =>
    shown
      .filter(({ method }) => (method === "GET") === isRead)
      .map(({ name, resource, label, description, fields, output, sample }) => ({
        key: name,
        noun: nounOf(resource),
        display: { label, description: `${description}.` },
        inputFields: fields.map(renderField),
        outputFields: renderOutputs(name, output),
        sample,
      }));
  return {
    creates: rendered(false),
    searches: rendered(true),
    triggers: triggers
      .filter(({ platforms }) => platforms.includes("zapier"))
      .map(({ name, resource, label, description, fields, output, sample }) => ({
        key: name,
        noun: nounOf(resource),
        display: { label, description },
        inputFields: fields.map(renderField),
        outputFields: renderOutputs(name, output),
        sample,
      })),
  };
}

/** Zapier's type for each kind. Lists, dictionaries and line items are marked separately. */
const types = {
  string: "string",
  text: "text",
  number: "number",
  integer: "integer",
  boolean: "boolean",
  "date-time": "datetime",
  select: "string",
  "multi-select": "string",
  json: "text",
  list: "string",
  "key-value": "string",
  object: undefined,
} as const;

function renderField(field: Field): ZapierField {
  const { key, label, help, kind, choices, dynamicChoices: dynamic, fields, item } = field;
  const type = kind === "list" && item ? types[item] : types[kind];
  return {
    key,
    label,
    ...(fields ? { children: fields.map(renderField) } : type && { type }),
    ...(help !== "" && { helpText: `${help}.` }),
    required: field.required,
    ...(field.default !== undefined && {
      default: textOf(field.default),
    }),
    ...(choices && { choices: choices.map((choice) => ({ ...choice, sample: choice.value })) }),
    ...(dynamic && {
      dynamic: `${dynamic.operation}.${dynamic.value ?? "id"}.${dynamic.label ?? dynamic.value ?? "id"}`,
    }),
    ...((kind === "multi-select" || (kind === "list" && !fields)) && { list: true as const }),
    ...(kind === "key-value" && { dict: true as const }),
  };
}

const textOf = (value: unknown): string => String(value);

/**
 * Renders the flat fields. The key of a nested field is its path, joined by `_`, as packages/triggers flattens items. A
 * value that appears twice, such as a request's id beside the request, is one field.
 */
function renderOutputs(name: string, output: OutputField[]): ZapierOperation["outputFields"] {
  const byKey = new Map<string, ZapierOperation["outputFields"][number]>();
  for (const field of output.flatMap((one) => renderOutput(one))) {
    const known = byKey.get(field.key);
    if (known && (known.type !== field.type || known.list !== field.list))
      throw new Error(`${name} answers with two different things that are ${field.key} when flat`);
    if (!known) byKey.set(field.key, field);
  }
  return [...byKey.values()];
}

function renderOutput(field: OutputField, outer = ""): ZapierOperation["outputFields"] {
  const { kind, fields, item } = field;
  const key = outer + field.key;
  const label = field.label;
  if (fields && kind === "object")
    return fields.flatMap((inner) =>
      renderOutput({ ...inner, label: `${label} ${inner.label}` }, `${key}_`),
    );
  const type = kind === "list" && item ? types[item] : types[kind];
  // A text of several lines matters only where people type it in.
  const shown = type === "text" ? "string" : type;
  return [
    {
      key,
      label,
      ...(shown && { type: shown }),
      ...(kind === "list" && { list: true as const }),
    },
  ];
}

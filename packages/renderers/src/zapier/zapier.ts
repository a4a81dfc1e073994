import type { Field } from "../field.ts";
import type { OutputField } from "../output.ts";
import type { Specification } from "../specification.ts";

/** A field of Zapier's schema, as far as it is rendered. */
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

/** What Zapier knows of an action, search or trigger before somebody writes its `perform`. */
export interface ZapierOperation {
  key: string;
  noun: string;
  display: { label: string; description: string };
  inputFields: ZapierField[];
  outputFields: { key: string; label: string; type?: string; list?: true }[];
  sample: unknown;
}

/**
 * Zapier's actions (`creates`: whatever changes something), searches (whatever reads) and triggers, with typed fields
 * and samples. A dropdown that the server fills names the hidden trigger that has the listing operation's name.
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

/** Zapier's word for each kind; a list, a dictionary and line items are said beside it. */
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
      default: `${field.default as string | number}`,
    }),
    ...(choices && { choices: choices.map((choice) => ({ ...choice, sample: choice.value })) }),
    ...(dynamic && {
      dynamic: `${dynamic.operation}.${dynamic.value ?? "id"}.${dynamic.label ?? dynamic.value ?? "id"}`,
    }),
    ...((kind === "multi-select" || (kind === "list" && !fields)) && { list: true as const }),
    ...(kind === "key-value" && { dict: true as const }),
  };
}

/**
 * Nested parts by their way, joined by `_`, as packages/triggers flattens items. What stands there twice, as a request's
 * id does beside the request, is one field.
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
  // What is long is only so where it is typed in.
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

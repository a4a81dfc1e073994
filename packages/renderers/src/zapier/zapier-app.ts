import type { AnyOperation, Declarations, DynamicChoices } from "@sayso/catalogue";
import type { Field } from "../field.ts";
import type { OutputField } from "../output.ts";
import {
  specify,
  type OperationSpecification,
  type Specification,
  type TriggerSpecification,
} from "../specification.ts";
import { titleCase } from "../title-case.ts";
import { zapierOperations, zapierTriggers } from "./zapier-variants.ts";
import { renderZapierFields, type ZapierField, type ZapierOperation } from "./zapier.ts";

const FILE = "packages/zapier-sayso/src/declared.generated.ts";

/** By which action something can be looked up, where one is chosen from this operation's list. */
const finds: Record<string, string> = {
  listApprovals: "findRequest",
  listObjectives: "findObjective",
  listKpis: "findKpi",
};

/**
 * The generated half of the Zapier app, as TypeScript: what Zapier shows, and what the app's hand-written half needs to
 * know to make a call of what people filled in and a flat item of what the server answers.
 *
 * @returns path in the repository and text
 */
export function renderZapierApp(declarations: Declarations): [path: string, text: string][] {
  const declared = specify(declarations);
  const shown: Specification = {
    resources: declared.resources,
    operations: zapierOperations(declared),
    triggers: zapierTriggers(declared),
  };
  const rendered = renderZapierFields(shown);
  const action = (one: ZapierOperation) => renderAction(one, shown.operations);
  const parts: [name: string, type: string, value: unknown][] = [
    ["creates", "Record<string, DeclaredAction>", byKey(rendered.creates.map(action))],
    ["searches", "Record<string, DeclaredAction>", byKey(rendered.searches.map(action))],
    [
      "triggers",
      "Record<string, DeclaredTrigger>",
      byKey(rendered.triggers.map((one) => renderTrigger(one, shown.triggers))),
    ],
    ["choices", "Record<string, DeclaredChoices>", renderChoices(declared, shown)],
    ["scopes", "string[]", scopesOf(declarations, shown)],
  ];
  return [
    [
      FILE,
      [
        'import type { DeclaredAction, DeclaredChoices, DeclaredTrigger } from "./declared.ts";',
        ...parts.map(
          ([name, type, value]) => `export const ${name}: ${type} = ${JSON.stringify(value)};`,
        ),
        "",
      ].join("\n\n"),
    ],
  ];
}

const byKey = <One extends { key: string }>(all: One[]): Record<string, One> =>
  Object.fromEntries(all.map((one) => [one.key, one]));

function renderAction(rendered: ZapierOperation, operations: OperationSpecification[]) {
  const { operation, fields, output, sample } = operations.find(
    ({ name }) => name === rendered.key,
  ) as OperationSpecification & { operation: string };
  const outputs = outputsOf(output);
  return {
    ...rendered,
    inputFields: inputsOf(rendered, fields),
    operation,
    fields: fields.map(shape),
    outputs,
    sample: flatSample(sample, outputs),
  };
}

function renderTrigger(rendered: ZapierOperation, triggers: TriggerSpecification[]) {
  const { events, fields, output, sample } = triggers.find(({ name }) => name === rendered.key)!;
  const { request, data = {} } = sample as { request?: unknown; data?: Record<string, unknown> };
  // An event without a request has nothing to say of one; what it carries instead, its example shows.
  const isApart = (request ?? null) === null;
  const own = isApart ? Object.entries(data) : [];
  const outputs = outputsOf(output).filter(({ path }) => !isApart || path[0] !== "request");
  return {
    ...rendered,
    inputFields: inputsOf(rendered, fields),
    outputFields: [
      ...rendered.outputFields.filter(({ key }) => outputs.some((one) => one.key === key)),
      ...own.map(([key, value]) => ({
        key: `data_${key}`,
        label: titleCase(key),
        type: typeof value === "number" ? "number" : "string",
      })),
    ],
    events,
    fields: fields.map(shape),
    outputs: [...outputs, ...own.map(([key]) => ({ key: `data_${key}`, path: ["data", key] }))],
    isOfRequests: !isApart,
  };
}

const inputsOf = ({ inputFields }: ZapierOperation, fields: Field[]): ZapierInput[] =>
  inputFields.map((input, index) => withChoices(withLineItems(input), fields[index]));

type ZapierInput = ZapierField & { search?: string };

/** Line items have no help of their own, and no key may stand twice in a form: they are called after their list. */
function withLineItems({ helpText, children, ...input }: ZapierField): ZapierField {
  if (!children) return { ...input, ...(helpText !== undefined && { helpText }) };
  const inner = children.map((child) => ({ ...child, key: lineItemKey(input.key, child.key) }));
  return { ...input, children: inner };
}

const lineItemKey = (list: string, key: string): string => `${list}_${key}`;

/** Dropdowns by the list that fills them; where something is chosen, Zapier also offers to look it up first. */
function withChoices(input: ZapierField, field: Field | undefined): ZapierInput {
  const children = input.children?.map((child, index) =>
    withChoices(child, field?.fields?.[index]),
  );
  const inner = { ...input, ...(children && { children }) };
  const choices = field?.dynamicChoices;
  if (!choices) return inner;
  const { operation, value = "id", label = value } = choices;
  const search = finds[operation];
  return {
    ...inner,
    dynamic: `${choiceKeyOf(choices)}.${value}.${label}`,
    ...(search && { search: `${search}.id` }),
  };
}

/** A list of its own for each way to narrow it: `listMembersCanApprove`. */
const choiceKeyOf = ({ operation, query = {} }: DynamicChoices): string =>
  [operation, ...Object.keys(query).map((key) => titleCase(key).replaceAll(" ", ""))].join("");

/** How what was filled in is sent. */
interface Shape {
  key: string;
  /** In the form, where it has another name than on the wire. */
  name?: string;
  kind: string;
  isCommaList?: true;
  fields?: Shape[];
}

const shape = ({ key, kind, isCommaList, fields }: Field): Shape => ({
  key,
  kind,
  ...(isCommaList && { isCommaList }),
  ...(fields && {
    fields: fields.map((field) => ({ ...shape(field), name: lineItemKey(key, field.key) })),
  }),
});

interface Output {
  key: string;
  path: string[];
  /** An object that can hold anything: shown as JSON. */
  isJson?: true;
}

/** Each flat field, and where it stands in the answer: as `outputFields` of the same operation, each key once. */
function outputsOf(output: OutputField[]): Output[] {
  const all = output.flatMap((field) => outputOf(field));
  return all.filter(({ key }, index) => all.findIndex((one) => one.key === key) === index);
}

function outputOf({ key, kind, fields }: OutputField, outer: string[] = []): Output[] {
  const path = [...outer, key];
  if (fields && kind === "object") return fields.flatMap((inner) => outputOf(inner, path));
  const isJson = kind === "json" || kind === "key-value" || (kind === "list" && fields);
  return [{ key: path.join("_"), path, ...(isJson && { isJson: true as const }) }];
}

/** As the app makes it of an answer. */
function flatSample(sample: unknown, outputs: Output[]): Record<string, unknown> {
  return Object.fromEntries(
    outputs.map(({ key, path, isJson }) => {
      const value = path.reduce<unknown>(
        (inner, part) => (inner as Record<string, unknown> | null | undefined)?.[part],
        sample,
      );
      return [key, value == null ? null : isJson ? JSON.stringify(value) : value];
    }),
  );
}

/** The lists that dropdowns are filled from. */
function renderChoices(declared: Specification, { operations, triggers }: Specification) {
  const fields = allOf([...operations, ...triggers].flatMap((one) => one.fields));
  return Object.fromEntries(
    fields
      .flatMap(({ dynamicChoices }) => dynamicChoices ?? [])
      .map(({ operation, value, label, query }) => [
        choiceKeyOf({ operation, query }),
        {
          operation,
          isPaged: declared.operations.find(({ name }) => name === operation)?.answers === "page",
          ...(value !== undefined && { value }),
          ...(label !== undefined && { label }),
          ...(query && { query }),
        },
      ]),
  );
}

const allOf = (fields: Field[]): Field[] =>
  fields.flatMap((field) => [field, ...allOf(field.fields ?? [])]);

/** What the app has to be allowed for everything that it shows. */
function scopesOf({ operations, triggers }: Declarations, shown: Specification): string[] {
  const used: (Pick<AnyOperation, "scope"> | undefined)[] = [
    ...shown.operations.map(
      (one) => operations[(one as OperationSpecification & { operation: string }).operation],
    ),
    ...shown.triggers.map(({ name }) => triggers[name]),
    // What the app calls beside what it shows.
    operations.createSubscription,
    operations.listEvents,
  ];
  return [...new Set(used.flatMap((one) => one?.scope ?? []))].sort();
}

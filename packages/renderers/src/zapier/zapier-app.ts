import type { AnyOperation, Declarations, DynamicChoices } from "@sayso/catalogue";
import type { Field } from "../field.ts";
import type { OutputField } from "../output.ts";
import { specify, type Specification, type TriggerSpecification } from "../specification.ts";
import { propertiesOf } from "../properties-of.ts";
import { titleCase } from "../title-case.ts";
import { zapierOperations, zapierTriggers, type ZapierAction } from "./zapier-variants.ts";
import { renderZapierFields, type ZapierField, type ZapierOperation } from "./zapier.ts";

/** What the app shows. */
interface Shown extends Specification {
  operations: ZapierAction[];
}

const FILE = "packages/zapier-sayso/src/declared.generated.ts";

/** The action that finds an object of this operation's list. */
const finds: Record<string, string> = {
  listApprovals: "findRequest",
  listObjectives: "findObjective",
  listKpis: "findKpi",
};

/**
 * Renders the generated part of the Zapier app as TypeScript: the part that Zapier shows, and the data with which the
 * app's hand-written part turns the filled-in values into a call, and the server's answer into a flat item.
 *
 * @returns path in the repository and text
 */
export function renderZapierApp(declarations: Declarations): [path: string, text: string][] {
  const declared = specify(declarations);
  const shown: Shown = {
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

function renderAction(rendered: ZapierOperation, actions: ZapierAction[]) {
  const action = actions.find(({ name }) => name === rendered.key);
  if (!action) throw new Error(`No operation is called ${rendered.key}`);
  const { operation, fields, output, sample } = action;
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
  const trigger = triggers.find(({ name }) => name === rendered.key);
  if (!trigger) throw new Error(`No trigger is called ${rendered.key}`);
  const { events, fields, output, sample } = trigger;
  const { request, data } = propertiesOf(sample);
  // An event without a request has no fields of one. Its own fields are taken from its example.
  const isApart = (request ?? null) === null;
  const own = isApart ? Object.entries(propertiesOf(data)) : [];
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

/**
 * Flattens line items. They have no help of their own, and a form must not contain a key twice, so their keys begin
 * with the list's.
 */
function withLineItems({ helpText, children, ...input }: ZapierField): ZapierField {
  if (!children) return { ...input, ...(helpText !== undefined && { helpText }) };
  const inner = children.map((child) => ({ ...child, key: lineItemKey(input.key, child.key) }));
  return { ...input, children: inner };
}

const lineItemKey = (list: string, key: string): string => `${list}_${key}`;

/** Adds dropdowns by the list that fills them. Where people choose an object, Zapier also offers to find it first. */
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

/** Returns a key for each way to narrow a list: `listMembersCanApprove`. */
const choiceKeyOf = ({ operation, query = {} }: DynamicChoices): string =>
  [operation, ...Object.keys(query).map((key) => titleCase(key).replaceAll(" ", ""))].join("");

/** The way to send a filled-in value. */
interface Shape {
  key: string;
  /** The key in the form, where it differs from the name in the API. */
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
  /** An object with free content, shown as JSON. */
  isJson?: true;
}

/**
 * Returns each flat field and its place in the answer, in the order of the operation's `outputFields`, each key once.
 */
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

/** Returns the sample in the form into which the app turns an answer. */
function flatSample(sample: unknown, outputs: Output[]): Record<string, unknown> {
  return Object.fromEntries(
    outputs.map(({ key, path, isJson }) => {
      const value = path.reduce<unknown>((inner, part) => propertiesOf(inner)[part], sample);
      return [key, value == null ? null : isJson ? JSON.stringify(value) : value];
    }),
  );
}

/** Renders the lists that fill dropdowns. */
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

/** Returns the scopes that the app needs for everything that it shows. */
function scopesOf({ operations, triggers }: Declarations, shown: Shown): string[] {
  const used: (Pick<AnyOperation, "scope"> | undefined)[] = [
    ...shown.operations.map((one) => operations[one.operation]),
    ...shown.triggers.map(({ name }) => triggers[name]),
    // Operations that the app calls without showing them.
    operations.createSubscription,
    operations.listEvents,
  ];
  return [...new Set(used.flatMap((one) => one?.scope ?? []))].sort();
}

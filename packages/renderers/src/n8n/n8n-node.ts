import type { Field } from "../field.ts";
import { choicesMethod, renderN8nFields } from "./n8n-field.ts";
import { n8nOperations, renderN8nProperties } from "./n8n.ts";
import type { Specification } from "../specification.ts";

/**
 * Renders the generated part of n8n's nodes as TypeScript: the properties that people fill in, and the data with which
 * the hand-written part makes a call of them.
 *
 * @returns paths in the repository and texts
 */
export function renderN8nNodes(specification: Specification): [path: string, text: string][] {
  const folder = "packages/n8n-nodes-sayso/nodes";
  return [
    [`${folder}/Sayso/declared.generated.ts`, renderAction(specification)],
    [`${folder}/shared/choices.generated.ts`, renderChoices(specification)],
    [`${folder}/shared/filters.generated.ts`, renderTrigger(specification)],
  ];
}

function renderAction(specification: Specification): string {
  const shown = n8nOperations(specification);
  const operations = Object.fromEntries(
    shown.map(({ resource, verb, method, path, answers, first, rest, isMany }) => [
      `${resource}.${verb}`,
      {
        method,
        path,
        answers,
        collection: isMany ? "filters" : "additionalFields",
        fields: [...first.map((field) => shape(field, true)), ...rest.map((f) => shape(f, false))],
      },
    ]),
  );
  return [
    'import type { INodeProperties } from "n8n-workflow";',
    'import type { Operation } from "./declared.ts";',
    "",
    `export const operations: Record<string, Operation> = ${JSON.stringify(operations)};`,
    "",
    `export const properties: INodeProperties[] = ${JSON.stringify(renderN8nProperties(specification))};`,
    "",
  ].join("\n");
}

/** Describes a field's place among the parameters, and how to send it. */
function shape({ key, location, kind, fields, isCommaList }: Field, isFirst: boolean) {
  const unsetAtZero = fields?.filter(isUnsetAtZero).map((field) => field.key) ?? [];
  return {
    key,
    location,
    kind,
    ...(isFirst && { isFirst }),
    ...(fields && { isOfObjects: true }),
    ...(unsetAtZero.length > 0 && { unsetAtZero }),
    ...(isCommaList && { isCommaList }),
  };
}

const isUnsetAtZero = ({ kind, required, default: preset, minimum = 0 }: Field): boolean =>
  (kind === "number" || kind === "integer") && !required && preset === undefined && minimum <= 0;

const renderChoices = (specification: Specification): string =>
  [
    'import type { Choices } from "./declared-choices.ts";',
    "",
    `export const choices: Record<string, Choices> = ${JSON.stringify(choicesOf(specification))};`,
    "",
  ].join("\n");

/** Returns the lists that fill dropdowns, by the method that reads them. */
function choicesOf({ operations, triggers }: Specification) {
  const fields = [
    ...operations.filter(({ platforms }) => platforms.includes("n8n")),
    ...triggers.filter(({ platforms }) => platforms.includes("n8n")),
  ].flatMap((declared) => declared.fields);
  const dynamic = allOf(fields).flatMap(({ dynamicChoices }) => dynamicChoices ?? []);
  return Object.fromEntries(
    dynamic.map((choices) => {
      const { operation, value, label, query, search } = choices;
      return [
        choicesMethod(choices),
        {
          path: operations.find(({ name }) => name === operation)?.path,
          ...(value !== undefined && { value }),
          ...(label !== undefined && { label }),
          ...(query && { query }),
          ...(search !== undefined && { search }),
        },
      ];
    }),
  );
}

const allOf = (fields: Field[]): Field[] =>
  fields.flatMap((field) => [field, ...allOf(field.fields ?? [])]);

/** Renders the properties of both triggers: the event types, and the filter of requests. */
function renderTrigger({ triggers }: Specification): string {
  const shown = triggers.filter(({ platforms }) => platforms.includes("n8n"));
  const [trigger] = shown;
  if (!trigger || shown.length > 1)
    throw new Error(`n8n has one trigger for all events, not ${shown.length}`);
  const events = trigger.fields.filter(({ key }) => key === "types");
  const filters = trigger.fields.filter(({ key }) => key !== "types");
  return [
    'import type { INodeProperties } from "n8n-workflow";',
    "",
    `export const events: INodeProperties[] = ${JSON.stringify(renderN8nFields(events))};`,
    "",
    `export const filters: INodeProperties[] = ${JSON.stringify(renderN8nFields(filters))};`,
    "",
  ].join("\n");
}

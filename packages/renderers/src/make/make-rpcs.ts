import type { DynamicChoices } from "@sayso/catalogue";
import type { Field } from "../field.ts";
import { connected, type MakeComponent } from "./make-component.ts";
import { containerOf, firstPage, nextPage } from "./make-modules.ts";
import type { OperationSpecification } from "../specification.ts";

/**
 * The largest number of options. Make wants no more than three pages in a dropdown (best practices, "Remote Procedure
 * Calls").
 */
const OPTIONS_MAX = 300;

/** Renders the RPCs that fill the dropdowns of these fields, one for each listing operation. */
export function renderRpcs(
  fields: readonly Field[],
  operations: readonly OperationSpecification[],
): MakeComponent[] {
  const used = new Map(
    allOf(fields).flatMap(({ dynamicChoices: choices }) =>
      choices ? [[choices.operation, choices] as const] : [],
    ),
  );
  return [...used].map(([name, choices]) => {
    const operation = operations.find((one) => one.name === name);
    if (!operation) throw new Error(`There is no operation ${name} to take choices from`);
    return renderRpc(operation, choices);
  });
}

const allOf = (fields: readonly Field[]): Field[] =>
  fields.flatMap((field) => [field, ...allOf(field.fields ?? [])]);

function renderRpc(operation: OperationSpecification, choices: DynamicChoices): MakeComponent {
  const { name, label, path, answers } = operation;
  const value = choices.value === undefined ? "item" : `item.${choices.value}`;
  const shown = choices.label === undefined ? value : `ifempty(item.${choices.label}, ${value})`;
  return {
    kind: "rpc",
    id: name,
    manifest: { label, ...connected },
    code: {
      communication: {
        url: path,
        method: "GET",
        qs: { ...choices.query, ...firstPage(operation, `${OPTIONS_MAX}`) },
        response: {
          limit: OPTIONS_MAX,
          iterate: containerOf(answers),
          output: { label: `{{${shown}}}`, value: `{{${value}}}` },
        },
        ...nextPage(operation),
      },
      params: [],
    },
  };
}

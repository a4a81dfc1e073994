import type { Declarations } from "@sayso/catalogue";
import type { Field } from "../field.ts";
import { connected, type MakeComponent } from "./make-component.ts";
import { addressOf, valuesAt } from "./make-values.ts";
import { variantsOf, type MakeVariant } from "./make-variants.ts";
import { renderMakeField, renderMakeOutput, type MakeParameter } from "./make.ts";
import type { OperationSpecification } from "../specification.ts";

/** The API's largest page. */
export const PAGE_SIZE = 100;

/** The query fields that page through a list. The module sets them itself. */
const paging = new Set(["page", "page_size", "after", "limit"]);

const limitParameter: MakeParameter = {
  name: "limit",
  label: "Limit",
  type: "uinteger",
  help: "The maximum number of results per run",
  required: true,
  default: 10,
};

/** Renders the modules of all operations that are declared for Make. */
export const renderOperations = (
  declarations: Declarations,
  operations: readonly OperationSpecification[],
): MakeComponent[] =>
  operations.flatMap((operation) => {
    const declared = declarations.operations[operation.name];
    if (!declared) throw new Error(`No operation is called ${operation.name}`);
    return variantsOf(operation).map((one) => renderModule(operation, one, declared.scope));
  });

function renderModule(
  operation: OperationSpecification,
  variant: MakeVariant,
  scope: string | null,
): MakeComponent {
  const isSearch = operation.answers !== "one" && operation.method === "GET";
  const fields = shownFields(operation, variant, isSearch);
  return {
    kind: "module",
    id: variant.id,
    manifest: {
      label: variant.label,
      description: variant.description,
      ...connected,
      moduleType: isSearch ? "search" : "action",
      ...(!isSearch && { actionCrud: variant.crud ?? null }),
    },
    code: {
      communication: isSearch
        ? search(operation, fields)
        : action(operation, fields, variant.constants ?? {}),
      staticParams: [],
      mappableParams: [...fields.map(renderMakeField), ...(isSearch ? [limitParameter] : [])],
      interface: operation.output.map(renderMakeOutput),
      samples: operation.sample,
      scope: scope === null ? [] : [scope],
    },
  };
}

function shownFields(
  { fields }: OperationSpecification,
  { first = [], without = [], presets = {} }: MakeVariant,
  isSearch: boolean,
): Field[] {
  const shown = fields.filter(
    ({ key }) => !without.includes(key) && !(isSearch && paging.has(key)),
  );
  const rank = ({ key }: Field) => (first.includes(key) ? first.indexOf(key) : first.length);
  return shown
    .map((field) => (field.key in presets ? { ...field, default: presets[field.key] } : field))
    .sort((a, b) => rank(a) - rank(b));
}

function action(
  operation: OperationSpecification,
  fields: Field[],
  constants: Readonly<Record<string, unknown>>,
) {
  const { method, path } = operation;
  const qs = valuesAt(fields, "query");
  return {
    url: addressOf(path, fields),
    method,
    ...(Object.keys(qs).length > 0 && { qs }),
    ...(method !== "GET" &&
      method !== "DELETE" && { body: { ...valuesAt(fields, "body"), ...constants } }),
    response: { ...confirmed(operation), output: "{{body}}" },
  };
}

/** Fails a run whose 200 didn't come from Sayso, but for example from a proxy in between. */
const notAnswered = (condition: string) => ({
  valid: {
    condition,
    type: "DataError",
    message: "[{{statusCode}}] The server's answer is not Sayso's: nothing is confirmed",
  },
});

/** Requires that an action's answer names the object that was named, or the new one. */
function confirmed({ path, output }: OperationSpecification) {
  if (!output.some(({ key }) => key === "id")) return {};
  return notAnswered(
    path.endsWith("/{id}")
      ? "{{lower(body.id) = lower(parameters.id)}}"
      : "{{if(body.id, true, false)}}",
  );
}

/**
 * Requires that an answer names its page, or the place where the list goes on. An answer without it is not an empty
 * list.
 */
function paged({ answers }: OperationSpecification) {
  if (answers === "page") return notAnswered("{{if(body.pagination.page, true, false)}}");
  return answers === "cursor" ? notAnswered("{{if(body.next_cursor, true, false)}}") : {};
}

/** Reads page by page up to the limit. No page is larger than needed. */
function search(operation: OperationSpecification, fields: Field[]) {
  const { path, answers } = operation;
  return {
    url: addressOf(path, fields),
    method: "GET",
    qs: { ...valuesAt(fields, "query"), ...firstPage(operation, "parameters.limit") },
    response: {
      ...paged(operation),
      limit: "{{parameters.limit}}",
      iterate: containerOf(answers),
      output: "{{item}}",
    },
    ...nextPage(operation),
  };
}

/** Returns the place of the items in an answer. */
export const containerOf = (answers: string): string =>
  answers === "array" ? "{{body}}" : "{{body.data}}";

/** Returns the page size to ask for, where the list has pages. */
export function firstPage({ answers }: OperationSpecification, limit: string) {
  const size = `{{min(${limit}, ${PAGE_SIZE})}}`;
  return answers === "page" ? { page_size: size } : answers === "cursor" ? { limit: size } : {};
}

/** Returns the way to the next page; nothing for a list without pages. */
export function nextPage({ answers }: OperationSpecification) {
  if (answers === "page")
    return {
      pagination: {
        qs: { page: "{{body.pagination.page + 1}}" },
        condition: "{{body.pagination.page < body.pagination.total_pages}}",
      },
    };
  if (answers === "cursor")
    return {
      pagination: { qs: { after: "{{body.next_cursor}}" }, condition: "{{body.has_more}}" },
    };
  return {};
}

/**
 * The module for calls that have no module of their own. It calls only the connection's own server, because it sends
 * the credential.
 */
export const universalModule: MakeComponent = {
  kind: "module",
  id: "makeApiCall",
  manifest: {
    label: "Make an API Call",
    description: "Performs an authorized API call that no other module offers.",
    ...connected,
    moduleType: "universal",
  },
  code: {
    communication: {
      url: "/{{replace(parameters.url, '/^[/]+/', '')}}",
      method: "{{parameters.method}}",
      headers: { "{{...}}": "{{toCollection(parameters.headers, 'key', 'value')}}" },
      qs: { "{{...}}": "{{toCollection(parameters.qs, 'key', 'value')}}" },
      body: "{{parameters.body}}",
      type: "text",
      response: {
        output: { body: "{{body}}", headers: "{{headers}}", statusCode: "{{statusCode}}" },
      },
    },
    staticParams: [],
    mappableParams: [
      {
        name: "url",
        label: "URL",
        type: "text",
        required: true,
        help: "The path after the server's URL, such as /api/v1/approvals",
      },
      {
        name: "method",
        label: "Method",
        type: "select",
        required: true,
        default: "GET",
        options: ["GET", "POST", "PUT", "PATCH", "DELETE"].map((method) => ({
          label: method,
          value: method,
        })),
      },
      {
        name: "headers",
        label: "Headers",
        type: "array",
        help: "You don't have to add authorization headers; we already did that for you",
        default: [{ key: "Content-Type", value: "application/json" }],
        spec: [
          { name: "key", label: "Key", type: "text" },
          { name: "value", label: "Value", type: "text" },
        ],
      },
      {
        name: "qs",
        label: "Query String",
        type: "array",
        spec: [
          { name: "key", label: "Key", type: "text" },
          { name: "value", label: "Value", type: "text" },
        ],
      },
      { name: "body", label: "Body", type: "any" },
    ],
    interface: [
      { name: "body", label: "Body", type: "any" },
      { name: "headers", label: "Headers", type: "collection" },
      { name: "statusCode", label: "Status Code", type: "number" },
    ],
    samples: {
      body: { data: [] },
      headers: { "content-type": "application/json; charset=utf-8" },
      statusCode: 200,
    },
    scope: [],
  },
};

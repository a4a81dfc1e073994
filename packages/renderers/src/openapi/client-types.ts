import { nameOf, type JsonSchema } from "../json-schema.ts";
import type { OpenApiDocument, OpenApiOperation } from "./openapi.ts";

/**
 * Renders the types of an API's client from its OpenAPI document: an interface for each named schema that an operation
 * uses, `<Operation>Input` and `<Operation>Result` for each operation, and the interface `Operations` with a method for
 * each. The input holds the fields of path, query and body together.
 *
 * @returns TypeScript, to be formatted
 * @throws Error when a body is not an object, or two parts of an input have the same name
 */
export function renderClientTypes(document: OpenApiDocument): string {
  const operations = operationsOf(document);
  const { schemas } = document.components;
  const inputs = operations.map(({ operation }) => inputOf(operation, schemas));
  const results = operations.map(({ operation }) => resultOf(operation));
  const named = [...reachable([...inputs, ...results], schemas)].sort();
  return [
    'import type { CallOptions } from "./options.ts";',
    ...named.map((name) => declare(name, schemas[name] ?? {})),
    ...operations.flatMap(({ operation }, index) => {
      const name = pascal(operation.operationId);
      const result = results[index] ?? {};
      return [
        declare(`${name}Input`, inputs[index] ?? {}),
        ...(result.$ref === undefined ? [declare(`${name}Result`, result)] : []),
      ];
    }),
    `/** What the API does. Every method answers with what the server answered, and throws a \`SaysoError\`. */
export interface Operations {
${operations.map(({ method, path, operation }, index) => renderMethod(method, path, operation, inputs[index] ?? {}, results[index] ?? {})).join("\n")}
}`,
  ].join("\n\n");
}

/** Properties that distinguish an answer from one of another sender, such as a proxy in between. */
const marks = ["id", "data", "results", "status"];

/** Returns the first of the {@link marks} that every answer with this schema has, and never as null. */
function markOf(schema: JsonSchema, schemas: Record<string, JsonSchema>): { answer?: string } {
  const answer = marks.find((mark) => isRequiredIn(schema, mark, schemas));
  return answer === undefined ? {} : { answer };
}

function isRequiredIn(
  schema: JsonSchema,
  property: string,
  schemas: Record<string, JsonSchema>,
): boolean {
  if (schema.$ref !== undefined)
    return isRequiredIn(schemas[nameOf(schema.$ref)] ?? {}, property, schemas);
  return schema.anyOf
    ? schema.anyOf.every((one) => isRequiredIn(one, property, schemas))
    : (schema.required?.includes(property) ?? false) && !mayBeNull(schema.properties?.[property]);
}

/** Returns true if the value can be null, which another sender could also answer. */
const mayBeNull = (schema: JsonSchema | undefined): boolean =>
  [schema?.type ?? []].flat().includes("null") || (schema?.anyOf?.some(mayBeNull) ?? false);

/** Renders the data that the client needs at run time about each operation, as TypeScript. */
export function renderClientOperations(document: OpenApiDocument): string {
  const { schemas } = document.components;
  const rows = operationsOf(document).map(({ method, path, operation }) => {
    const body = bodyOf(operation, schemas);
    const query = operation.parameters.filter((p) => p.in === "query").map((p) => p.name);
    const route = {
      method: method.toUpperCase(),
      path,
      ...(body && { hasBody: true }),
      ...(body && query.length > 0 && { query }),
      ...(body && "idempotency_key" in (body.properties ?? {}) && { isKeyed: true }),
      ...markOf(resultOf(operation), schemas),
    };
    return `${operation.operationId}: ${JSON.stringify(route)},`;
  });
  return `import type { OperationRoute } from "./options.ts";
import type { Operations } from "./types.generated.ts";

/** How each operation is called. */
export const operations: Record<keyof Operations, OperationRoute> = {
${rows.join("\n")}
};

/** The types of the events that are streamed: what an \`EventSource\` has to listen to, one by one. */
export const eventTypes = ${JSON.stringify(streamedTypes(document))} as const;`;
}

/** Returns the types that a stream's `types` accepts, without the families. */
const streamedTypes = ({ paths }: OpenApiDocument): string[] => [
  ...new Set(
    Object.values(paths)
      .flatMap((methods) => Object.values(methods))
      .filter(isStream)
      .flatMap(({ parameters }) => parameters.find(({ name }) => name === "types") ?? [])
      .flatMap(({ schema }) => schema.items?.enum ?? [])
      .filter((type) => typeof type === "string")
      .filter((type) => !type.endsWith(".*")),
  ),
];

interface Routed {
  method: string;
  path: string;
  operation: OpenApiOperation;
}

/** Returns the operations that answer once. The client follows events in its own way. */
const operationsOf = ({ paths }: OpenApiDocument): Routed[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .map(([method, operation]) => ({ method, path, operation }))
      .filter(({ operation }) => !isStream(operation)),
  );

const isStream = ({ responses }: OpenApiOperation): boolean =>
  responses["200"]?.content?.["text/event-stream"] !== undefined;

function bodyOf(
  { operationId, requestBody }: OpenApiOperation,
  schemas: Record<string, JsonSchema>,
): JsonSchema | undefined {
  const schema = requestBody?.content["application/json"]?.schema;
  if (!schema) return undefined;
  const body = schema.$ref === undefined ? schema : (schemas[nameOf(schema.$ref)] ?? {});
  if (body.type !== "object") throw new Error(`${operationId}: only an object can be a body`);
  return body;
}

/** Returns the parameters in the address. A key in a header has its field in the body too. */
const parametersOf = ({ parameters }: OpenApiOperation) =>
  parameters.filter((parameter) => parameter.in !== "header");

/** Joins path, query and body into one object. */
function inputOf(operation: OpenApiOperation, schemas: Record<string, JsonSchema>): JsonSchema {
  const body = bodyOf(operation, schemas);
  const properties: [string, JsonSchema][] = [
    ...parametersOf(operation).map(({ name, description, schema }): [string, JsonSchema] => [
      name,
      { ...schema, ...(description !== undefined && { description }) },
    ]),
    ...Object.entries(body?.properties ?? {}),
  ];
  const names = properties.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new Error(`${operation.operationId} takes two things named ${twice}`);
  return {
    type: "object",
    description: `What \`${operation.operationId}\` takes.`,
    properties: Object.fromEntries(properties),
    required: [
      ...parametersOf(operation)
        .filter((p) => p.required)
        .map((p) => p.name),
      ...(body?.required ?? []),
    ],
  };
}

function resultOf({ operationId, responses }: OpenApiOperation): JsonSchema {
  const schemas = Object.entries(responses)
    .filter(([status]) => status.startsWith("2"))
    .map(([, response]) => response.content?.["application/json"]?.schema ?? {});
  const different = [...new Map(schemas.map((s) => [JSON.stringify(s), s])).values()];
  const [only] = different;
  return only && different.length === 1
    ? { ...only, description: only.description ?? `What \`${operationId}\` answers.` }
    : { anyOf: different };
}

/** Returns the names of the schemas that these schemas refer to, directly or indirectly. */
function reachable(from: JsonSchema[], schemas: Record<string, JsonSchema>): Set<string> {
  const found = new Set<string>();
  const visit = (schema: JsonSchema) => {
    for (const [, name] of JSON.stringify(schema).matchAll(/"\$ref":"[^"]*\/([^"/]+)"/g)) {
      if (name === undefined || found.has(name)) continue;
      found.add(name);
      visit(schemas[name] ?? {});
    }
  };
  from.forEach(visit);
  return found;
}

function renderMethod(
  method: string,
  path: string,
  { operationId, description }: OpenApiOperation,
  input: JsonSchema,
  result: JsonSchema,
): string {
  const name = pascal(operationId);
  const optional = (input.required ?? []).length === 0 ? "?" : "";
  const answer = result.$ref === undefined ? `${name}Result` : nameOf(result.$ref);
  const words = `${description}. \`${method.toUpperCase()} ${path}\``;
  return `${comment(words)}${operationId}(input${optional}: ${name}Input, options?: CallOptions): Promise<${answer}>;`;
}

function declare(name: string, schema: JsonSchema): string {
  const words = comment(schema.description);
  return schema.type === "object" && schema.properties && Object.keys(schema.properties).length > 0
    ? `${words}export interface ${name} ${renderObject(schema)}`
    : `${words}export type ${name} = ${isNothing(schema) ? "Record<string, never>" : renderType(schema)};`;
}

const isNothing = ({ type, properties }: JsonSchema): boolean =>
  type === "object" && properties !== undefined && Object.keys(properties).length === 0;

function renderObject({ properties = {}, required = [] }: JsonSchema): string {
  const lines = Object.entries(properties).map(([name, property]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `${comment(property.description)}${key}${required.includes(name) ? "" : "?"}: ${renderType(property)};`;
  });
  return `{\n${lines.join("\n")}\n}`;
}

/** Renders a JSON Schema as a TypeScript type. A form that it doesn't know becomes `unknown`. */
function renderType(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map(renderType).join(" | ");
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return types.map((type) => renderOne(type, schema)).join(" | ");
}

function renderOne(type: string | undefined, schema: JsonSchema): string {
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "integer":
    case "number":
      return "number";
    case "array": {
      const item = renderType(schema.items ?? {});
      return item.includes(" ") ? `(${item})[]` : `${item}[]`;
    }
    case "object": {
      if (schema.properties) return renderObject(schema);
      const { additionalProperties: inner } = schema;
      return `Record<string, ${typeof inner === "object" ? renderType(inner) : "unknown"}>`;
    }
    default:
      return "unknown";
  }
}

const comment = (text: string | undefined): string =>
  text === undefined || text === "" ? "" : `/** ${text.replaceAll("*/", "*\\/")} */\n`;

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

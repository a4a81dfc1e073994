import { isObject } from "@sayso/exact-json";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";

/** The part of JSON Schema (2020-12) that the document uses. */
interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  default?: unknown;
  examples?: readonly unknown[];
  anyOf?: readonly Schema[];
  properties?: Record<string, Schema>;
  required?: readonly string[];
  items?: Schema;
  minimum?: number;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description?: string;
  schema: Schema;
}

interface Content {
  schema: Schema;
  example?: unknown;
}

interface RawOperation {
  operationId: string;
  tags: readonly [string];
  summary: string;
  description: string;
  "x-surface": string;
  "x-scope"?: string;
  "x-admin-only"?: true;
  parameters: Parameter[];
  requestBody?: { required: boolean; content: { "application/json": Content } };
  responses: Record<string, { description: string; content?: Record<string, Content> }>;
}

interface OpenApi {
  tags: { name: string; description: string; "x-displayName": string }[];
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, Schema> };
}

/** One operation of the API. */
export interface ApiOperation {
  /** The operation's id, which is also the name of the client's method. */
  id: string;
  method: string;
  /** The path, with `{name}` in place of each path parameter. */
  path: string;
  title: string;
  description: string;
  surface: string;
  /** The subject that the operation belongs to. */
  tag: string;
  /** The scope that a call needs. Null: none. */
  scope: string | null;
  isAdminOnly: boolean;
  parameters: readonly Parameter[];
  /** The body that the form starts with, as JSON. Null: the operation takes no body. */
  exampleBody: string | null;
  /** Whether the answer is a stream that doesn't end. */
  isStream: boolean;
  answers: readonly { status: string; description: string }[];
}

/** All operations of the API. The document is read once. */
export const apiDocumentQuery = queryOptions({
  queryKey: ["openapi"],
  queryFn: async ({ signal }) => {
    const document: unknown = await api.getOpenApi({}, { signal });
    if (!isOpenApi(document)) throw new TypeError("The server's answer is no OpenAPI document");
    return operationsOf(document);
  },
  staleTime: Infinity,
});

/** Recognises the document by its main parts. The server that also serves this page renders what is in them. */
const isOpenApi = (value: unknown): value is OpenApi =>
  isObject(value) &&
  Array.isArray(value.tags) &&
  isObject(value.paths) &&
  isObject(value.components);

/** Returns every operation, in the order of the document. */
function operationsOf(document: OpenApi): ApiOperation[] {
  const tags = new Map(document.tags.map((tag) => [tag.name, tag["x-displayName"]]));
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]): ApiOperation => {
      const content = raw.requestBody?.content["application/json"];
      return {
        id: raw.operationId,
        method: method.toUpperCase(),
        path,
        title: raw.summary,
        description: raw.description,
        surface: raw["x-surface"],
        tag: tags.get(raw.tags[0]) ?? raw.tags[0],
        scope: raw["x-scope"] ?? null,
        isAdminOnly: raw["x-admin-only"] ?? false,
        // Headers are left out, because the body has a field for each of them.
        parameters: raw.parameters
          .filter((parameter) => parameter.in !== "header")
          .map((parameter) => ({ ...parameter, schema: resolve(parameter.schema, document) })),
        exampleBody: content
          ? JSON.stringify(content.example ?? sampleOf(content.schema, document), null, 2)
          : null,
        isStream: "text/event-stream" in (raw.responses["200"]?.content ?? {}),
        answers: Object.entries(raw.responses).map(([status, { description }]) => ({
          status,
          description,
        })),
      };
    }),
  );
}

const resolve = (schema: Schema, document: OpenApi): Schema => {
  const name = schema.$ref?.split("/").at(-1);
  const found = name === undefined ? undefined : document.components.schemas[name];
  return found ? resolve(found, document) : schema;
};

/**
 * Returns an example of a body: the schema's examples if it has some, otherwise a first value of each type. An object
 * gets only its required fields.
 */
function sampleOf(given: Schema, document: OpenApi, name = "text"): unknown {
  const schema = resolve(given, document);
  const declared = schema.examples?.[0] ?? schema.const ?? schema.enum?.[0] ?? schema.default;
  if (declared !== undefined) return declared;
  if (schema.anyOf?.[0]) return sampleOf(schema.anyOf[0], document, name);
  switch ([schema.type].flat()[0]) {
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((key) => [
          key,
          sampleOf(schema.properties?.[key] ?? {}, document, key),
        ]),
      );
    case "array":
      return schema.items ? [sampleOf(schema.items, document, name)] : [];
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return name.replaceAll("_", " ");
  }
}

/** Finds an operation by its id or by a call of it: `GET /api/v1/approvals/019a…`. */
export function findOperation(
  operations: readonly ApiOperation[],
  asked: string | undefined,
): ApiOperation | undefined {
  if (asked === undefined) return undefined;
  const [method, path] = asked.split(" ");
  const fits = (operation: ApiOperation) =>
    operation.method === method && path !== undefined && pathFits(operation.path, path);
  const isPlain = ({ path: template }: ApiOperation) => !template.includes("{");
  // A path without parameters goes first, because in `/approvals/batch` "batch" is no approval's id.
  return (
    operations.find(({ id }) => id === asked) ??
    operations.find((operation) => isPlain(operation) && fits(operation)) ??
    operations.find(fits)
  );
}

function pathFits(template: string, path: string): boolean {
  const [wanted, given] = [template.split("/"), path.split("/")];
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => part.startsWith("{") || part === given[index])
  );
}

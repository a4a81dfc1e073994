import { errorStatuses, type AnyOperation, type ErrorCode, type Surface } from "@sayso/catalogue";
import {
  downloadTypes,
  idempotencyField,
  joinSurfaces,
  scopes,
  streamedItem,
  takesSequence,
} from "@sayso/catalogue";
import type { z } from "zod";
import {
  moveReferences,
  readSchema,
  resolve,
  type Components,
  type JsonSchema,
} from "../json-schema.ts";

/** An OpenAPI 3.1 document, limited to the parts that are read again here. */
export interface OpenApiDocument {
  openapi: string;
  info: Record<string, unknown>;
  servers: { url: string }[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: { schemas: Components; securitySchemes: Record<string, unknown> };
}

export interface OpenApiOperation {
  operationId: string;
  summary: string;
  description: string;
  parameters: OpenApiParameter[];
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>;
}

export interface OpenApiParameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description?: string;
  /** `false`: an array is one text with commas between its items. */
  explode?: false;
  schema: JsonSchema;
}

const STRICTNESS =
  "Fields and query parameters that an operation doesn't declare are refused with 400, and so are numbers that a double can't keep.";

const COMPONENTS = "#/components/schemas/";

const errorDescriptions: Record<number, string> = {
  400: "Validation error: names the field and the fix",
  401: "Missing or invalid credential",
  403: "The credential or person may not do this",
  404: "Not found, or no access to it",
  409: "Conflict: already decided, already voted, or an idempotency key used for another body",
  429: "Rate limit exceeded: see Retry-After",
  500: "Internal error, with a request ID",
  503: "Emergency stop is active, or the database can't be reached",
};

const successDescriptions: Record<string, string> = { 201: "Created", 202: "Accepted" };

/**
 * Renders one OpenAPI 3.1 document of all these surfaces. It is a pure function: the same surfaces give the same bytes.
 * `servers` holds "/", the server that serves the document, because the document doesn't contain its address.
 * `x-surface` names each operation's surface.
 *
 * @param info.version of the product
 * @throws Error when two operations have the same name, or the same method and path
 */
export function renderOpenApi(
  surfaces: readonly Surface[],
  info: { version: string },
): OpenApiDocument {
  const components: Components = {};
  const paths: OpenApiDocument["paths"] = {};
  for (const surface of surfaces) {
    for (const [name, operation] of Object.entries(surface.operations)) {
      const { path } = operation.http;
      const method = operation.http.method.toLowerCase();
      const known = paths[path]?.[method];
      if (known)
        throw new Error(
          `${name} has the method and path of ${known.operationId}: ${method} ${path}`,
        );
      (paths[path] ??= {})[method] = renderOperation(name, operation, surface, components);
    }
  }
  const { operations, resources } = joinSurfaces(surfaces);
  const used = new Set(Object.values(operations).map(tagOf));
  const document = {
    openapi: "3.1.0",
    info: {
      title: "Sayso API",
      version: info.version,
      description: [
        ...surfaces.map(({ title, description }) => `${title}: ${description}`),
        STRICTNESS,
      ].join("\n\n"),
      contact: { name: "The operator of this server" },
      license: { name: "MIT", url: "https://spdx.org/licenses/MIT" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }],
    tags: Object.entries(resources)
      .filter(([name]) => used.has(name))
      .map(([name, { label, description }]) => ({ name, description, "x-displayName": label })),
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "An API key (gk_…), a personal access token (sp_…) or an OAuth access token",
        },
      },
    },
    "x-scopes": scopes,
  };
  moveReferences(document, COMPONENTS);
  return document;
}

const tagOf = (operation: AnyOperation): string => operation.key.split(".")[0] ?? "";

function renderOperation(
  name: string,
  operation: AnyOperation,
  surface: Surface,
  components: Components,
): OpenApiOperation {
  const { input } = operation;
  return {
    operationId: name,
    ...{ tags: [tagOf(operation)] },
    summary: operation.label,
    description: operation.description,
    ...{ "x-surface": surface.name },
    ...(operation.scope === null ? { security: [] } : { "x-scope": operation.scope }),
    ...(operation.adminOnly && { "x-admin-only": true }),
    ...(operation.caller && { "x-caller": operation.caller }),
    parameters: [
      ...renderParameters("path", input.params, components),
      ...renderParameters("query", input.query, components),
      ...renderKeyHeader(operation),
      ...renderMatchHeader(operation),
    ],
    ...(operation.ignored && { "x-ignored": operation.ignored }),
    ...(operation.otherNames && { "x-other-names": operation.otherNames }),
    ...(input.body && {
      requestBody: {
        required: !input.body.safeParse(undefined).success,
        content: {
          "application/json": {
            schema: readSchema(input.body, "input", components),
            ...(operation.example?.body !== undefined && { example: operation.example.body }),
          },
        },
      },
    }),
    responses: {
      ...renderResponses(operation, components),
      ...renderErrors(operation, surface.errorBody, components),
    },
  };
}

/** Renders the header of an idempotency key, which a caller can use instead of the body's field. */
function renderKeyHeader(operation: AnyOperation): OpenApiParameter[] {
  const field = idempotencyField(operation);
  if (field === undefined) return [];
  return [
    {
      name: "Idempotency-Key",
      in: "header",
      required: false,
      description: `The same as ${field} in the body; both, and different, are a 400`,
      schema: { type: "string", minLength: 1, maxLength: 255 },
    },
  ];
}

/** Renders the header of the version that was seen, which a caller can use instead of the body's field. */
const renderMatchHeader = (operation: AnyOperation): OpenApiParameter[] =>
  takesSequence(operation)
    ? [
        {
          name: "If-Match",
          in: "header",
          required: false,
          description: "The same as sequence in the body; both, and different, are a 400",
          schema: { type: "string", minLength: 1, maxLength: 12 },
        },
      ]
    : [];

function renderResponses(
  operation: AnyOperation,
  components: Components,
): OpenApiOperation["responses"] {
  const files = downloadTypes(operation);
  if (files) return renderDownload(files);
  const streamed = streamedItem(operation);
  // For a stream it is the schema of each event's data, because OpenAPI 3.1 can't describe more.
  const type = streamed ? "text/event-stream" : "application/json";
  return Object.fromEntries(
    Object.entries<z.ZodType>(operation.responses).map(([status, schema]) => [
      status,
      {
        description: streamed ? "Server-sent events" : (successDescriptions[status] ?? "OK"),
        headers: rateLimitHeaders,
        content: { [type]: { schema: readSchema(streamed ?? schema, "output", components) } },
      },
    ]),
  );
}

function renderDownload(mediaTypes: readonly string[]): OpenApiOperation["responses"] {
  const content = mediaTypes.map((type): [string, { schema: JsonSchema }] => [
    type,
    { schema: { type: "string" } },
  ]);
  const answer = {
    description: "A file, sent in parts",
    headers: rateLimitHeaders,
    content: Object.fromEntries(content),
  };
  return { 200: answer };
}

function renderErrors(
  operation: AnyOperation,
  errorBody: z.ZodType,
  components: Components,
): OpenApiOperation["responses"] {
  const always: ErrorCode[] =
    operation.scope === null
      ? ["internal"]
      : ["unauthenticated", "forbidden", "internal", "unavailable"];
  const statuses = [
    ...new Set([...operation.errors, ...always].map((code) => errorStatuses[code])),
  ].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      {
        description: errorDescriptions[status] ?? "Refused",
        content: { "application/json": { schema: readSchema(errorBody, "output", components) } },
      },
    ]),
  );
}

function renderParameters(
  place: "path" | "query",
  schema: z.ZodType | undefined,
  components: Components,
): OpenApiParameter[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = resolve(
    readSchema(schema, "input", components),
    components,
  );
  return Object.entries(properties).map(([name, { description, commaList, ...rest }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(description !== undefined && { description }),
    ...(commaList
      ? {
          ...{ style: "form", explode: false },
          schema: { type: "array", items: { type: "string", enum: commaList } },
        }
      : { schema: rest }),
  }));
}

const header = (description: string) => ({ description, schema: { type: "integer" } });

const rateLimitHeaders = {
  "X-RateLimit-Limit": header(
    "The rate limit of this period: an hour, unless the surface says otherwise",
  ),
  "X-RateLimit-Remaining": header("The remaining calls in this period"),
  "X-RateLimit-Reset": header("The start of the next period, in seconds since 1970"),
};

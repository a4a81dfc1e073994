import { allSurfaces, joinSurfaces, type AnyOperation } from "@sayso/catalogue";
import { must } from "@sayso/must";
import { api, shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  [key: string]: unknown;
}
interface Documented {
  operationId: string;
  summary: string;
  description: string;
  security?: object[];
  parameters: { name: string; in: string; required: boolean; schema: Schema }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<
    string,
    { description: string; headers?: object; content: Record<string, { schema: Schema }> }
  >;
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, Documented>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, object> };
}

const { body: document, status } = await api(stage.server.url, null).call<Document>(
  "GET",
  "/api/v1/openapi",
);
const operations = Object.entries<AnyOperation>(joinSurfaces(allSurfaces).operations);
const documented = Object.values(document.paths).flatMap((methods) => Object.values(methods));

test("anybody may read the OpenAPI 3.1 document, and it names the server that gave it", () => {
  expect(status).toBe(200);
  expect(document.openapi).toMatch(/^3\.1\.\d$/);
  expect(document.info.title).not.toBe("");
  expect(document.servers).toEqual([{ url: stage.server.url }]);
});

describe.each(operations)("%s", (name, { http, input, responses, scope }) => {
  const operation = document.paths[http.path]?.[http.method.toLowerCase()];

  test("is in the document with its parameters, body and answers", () => {
    expect(operation?.operationId).toBe(name);
    expect(operation?.summary).not.toBe("");
    const inPath = [...http.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect(operation?.parameters.filter((p) => p.in === "path").map((p) => p.name)).toEqual(inPath);
    expect(operation?.parameters.filter((p) => p.in === "path").every((p) => p.required)).toBe(
      true,
    );
    const inQuery = Object.keys((input.query as { shape?: object } | undefined)?.shape ?? {});
    expect(operation?.parameters.filter((p) => p.in === "query").map((p) => p.name)).toEqual(
      inQuery,
    );
    expect(operation?.requestBody !== undefined).toBe(input.body !== undefined);
    expect(Object.keys(operation?.responses ?? {})).toEqual(
      expect.arrayContaining(Object.keys(responses as object)),
    );
    if (scope === null) expect(operation?.security).toEqual([]);
    else expect(operation?.responses).toHaveProperty("401");
  });

  test("is really served: not a 404 of the router, nor a 405", async () => {
    const path = http.path.replaceAll(/\{\w+\}/g, "01234567-89ab-7def-8123-456789abcdef");
    const answer = await api(stage.server.url, null).call(http.method, path);
    expect(answer.status).toBe(scope === null ? 200 : 401);
  });
});

test("the document has no operation that the catalogue lacks, and no operationId twice", () => {
  expect(documented.map((operation) => operation.operationId).sort()).toEqual(
    operations.map(([name]) => name).sort(),
  );
});

test("every reference leads to a schema, and every schema is referred to", () => {
  const references = new Set(
    [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      (match) => match[1],
    ),
  );
  expect([...references].sort()).toEqual(Object.keys(document.components.schemas).sort());
});

/** Operations whose answer 200 isn't JSON, and the content types of these answers. */
const otherTypes: Record<string, string[]> = {
  streamEvents: ["text/event-stream"],
  exportActivity: ["text/csv", "application/x-ndjson"],
};

test("every declared answer is JSON, a stream of it or a file, and every error has the one envelope", () => {
  for (const { operationId, responses } of documented) {
    for (const [code, { content, ...response }] of Object.entries(responses)) {
      const types = (code === "200" && otherTypes[operationId]) || ["application/json"];
      expect([operationId, code, Object.keys(content)]).toEqual([operationId, code, types]);
      const schema = content[must(types[0])]?.schema;
      expect(schema).toBeDefined();
      if (Number(code) >= 400)
        expect(schema?.$ref).toMatch(/^#\/components\/schemas\/(\w+)?Error$/);
      expect(response.description).not.toBe("");
    }
  }
});

test("a required property is always one that the schema has", () => {
  const check = (schema: unknown, at: string): void => {
    if (typeof schema !== "object" || schema === null) return;
    const { properties, required } = schema as Schema;
    if (Array.isArray(required) && properties)
      expect([at, required.filter((name) => !(name in properties))]).toEqual([at, []]);
    for (const [key, inner] of Object.entries(schema)) check(inner, `${at}.${key}`);
  };
  check(document.components.schemas, "components");
  check(document.paths, "paths");
});

test("the limits that the API enforces stand in it", () => {
  const body = document.components.schemas.CreateApprovalBody?.properties ?? {};
  expect(body.title).toMatchObject({ type: "string", minLength: 1, maxLength: 500 });
  expect(body.description).toMatchObject({ maxLength: 5000 });
  expect(body.required_approvals).toMatchObject({ type: "integer", minimum: 1, maximum: 10 });
  expect(body.context_html).toMatchObject({ maxLength: 50_000 });
  const pageSize = document.paths["/api/v1/approvals"]?.get?.parameters.find(
    (p) => p.name === "page_size",
  );
  expect(pageSize?.schema).toMatchObject({ minimum: 1, maximum: 100, default: 20 });
});

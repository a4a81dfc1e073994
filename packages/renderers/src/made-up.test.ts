import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { approvalsSurface, defineOperation, defineTrigger, type Surface } from "@sayso/catalogue";
import { must } from "@sayso/must";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import {
  renderAll,
  renderMakeParameters,
  renderN8nProperties,
  renderOpenApi,
  renderZapierFields,
  specify,
} from "./index.ts";

/** A made-up operation and trigger with a field of every kind. They are declared once, and nothing else is written. */
const Kettle = z
  .object({ id: z.uuid(), litres: z.number(), is_hot: z.boolean() })
  .meta({ id: "Kettle", examples: [{ id: crypto.randomUUID(), litres: 1.5, is_hot: true }] });

const boilKettle = defineOperation({
  key: "kettle.boil",
  http: { method: "POST", path: "/api/v1/kettles/{id}/boil" },
  scope: "approvals:write",
  label: "Boil Kettle",
  description: "Bring water to the boil",
  input: {
    params: z.object({ id: z.uuid().describe("The kettle") }),
    query: z.object({
      dry_run: z.enum(["true", "false"]).optional().describe("Whether to pretend"),
    }),
    body: z.object({
      label: z.string().describe("What to call it"),
      story: z.string().optional(),
      litres: z.number().min(0.1).max(2).optional(),
      cups: z.int().min(1).max(8).default(2),
      is_loud: z.boolean().optional().describe("Whether it whistles"),
      ready_at: z.iso.datetime().optional(),
      tea: z.enum(["black", "green"]),
      leaves: z.array(z.enum(["whole", "broken"])).optional(),
      team_id: z.uuid().optional(),
      extras: z.custom<Record<string, unknown>>().meta({ type: "object" }).optional(),
      notes: z.array(z.string()).optional(),
      headers: z.record(z.string(), z.string()).optional(),
      lid: z.object({ colour: z.string(), weight: z.int().optional() }).optional(),
      guests: z.array(z.object({ name: z.string(), sugar: z.int().optional() })).optional(),
    }),
  },
  responses: { 200: Kettle },
  errors: ["validation_failed", "not_found"],
  fields: {
    story: { multiline: true, advanced: true },
    team_id: { label: "Team", choices: { operation: "listTeams", value: "id", label: "name" } },
    "guests.name": { label: "Guest" },
  },
  platforms: ["n8n", "zapier", "make"],
});

const kettleBoiled = defineTrigger({
  key: "kettle.boiled",
  events: ["kettle.boiled", "kettle.boiled_over"],
  scope: "approvals:read",
  label: "Kettle Boiled",
  description: "Triggers when a kettle has boiled.",
  filter: z.object({ tea: z.array(z.enum(["black", "green"])).optional() }),
  item: Kettle,
  platforms: ["zapier", "make"],
  example: { id: crypto.randomUUID(), litres: 2, is_hot: true },
});

const surface: Surface = {
  ...approvalsSurface,
  resources: {
    ...approvalsSurface.resources,
    kettle: { label: "Kettle", description: "It boils water" },
  },
  operations: { ...approvalsSurface.operations, boilKettle },
  events: {
    ...approvalsSurface.events,
    "kettle.boiled": "Kettle Boiled",
    "kettle.boiled_over": "Kettle Boiled Over",
  },
  triggers: { ...approvalsSurface.triggers, kettleBoiled },
};
const specification = specify(surface);

describe("a made-up operation appears, typed,", () => {
  test("in the OpenAPI document", () => {
    const { paths, components } = renderOpenApi([surface], { version: "1.0.0" });
    const operation = paths["/api/v1/kettles/{id}/boil"]?.post;
    expect(operation).toMatchObject({
      operationId: "boilKettle",
      tags: ["kettle"],
      parameters: [
        { name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } },
        { name: "dry_run", in: "query", required: false },
      ],
    });
    expect(operation?.requestBody?.content["application/json"]?.schema).toMatchObject({
      type: "object",
      required: ["label", "tea"],
      properties: {
        cups: { type: "integer", minimum: 1, maximum: 8, default: 2 },
        leaves: { type: "array", items: { enum: ["whole", "broken"] } },
        headers: { additionalProperties: { type: "string" } },
      },
    });
    expect(operation?.responses["200"]?.content?.["application/json"]?.schema).toEqual({
      $ref: "#/components/schemas/Kettle",
    });
    expect(components.schemas.Kettle).toMatchObject({
      properties: { litres: { type: "number" }, is_hot: { type: "boolean" } },
    });
  });

  test("in the platform-neutral fields, each of its kind", () => {
    const { fields, output, sample, answers } = must(
      specification.operations.find(({ name }) => name === "boilKettle"),
    );
    expect(Object.fromEntries(fields.map(({ key, kind }) => [key, kind]))).toEqual({
      id: "string",
      dry_run: "boolean",
      label: "string",
      story: "text",
      litres: "number",
      cups: "integer",
      is_loud: "boolean",
      ready_at: "date-time",
      tea: "select",
      leaves: "multi-select",
      team_id: "select",
      extras: "json",
      notes: "list",
      headers: "key-value",
      lid: "object",
      guests: "list",
    });
    expect(fields.map(({ key }) => key).slice(0, 3)).toEqual(["id", "label", "tea"]);
    expect(fields.at(-1)).toMatchObject({ key: "story", advanced: true, label: "Story" });
    expect(fields.find(({ key }) => key === "cups")).toMatchObject({
      default: 2,
      minimum: 1,
      maximum: 8,
      location: "body",
    });
    expect(fields.find(({ key }) => key === "guests")?.fields).toMatchObject([
      { key: "name", label: "Guest", required: true },
      { key: "sugar", label: "Sugar", kind: "integer" },
    ]);
    expect(answers).toBe("one");
    expect(output.map(({ key, kind }) => [key, kind])).toEqual([
      ["id", "string"],
      ["litres", "number"],
      ["is_hot", "boolean"],
    ]);
    expect(Kettle.parse(sample)).toEqual(sample);
  });

  test("in n8n's properties", () => {
    const properties = renderN8nProperties(specification);
    expect(properties[0]?.options).toContainEqual({ name: "Kettle", value: "kettle" });
    const ofKettle = properties.filter((p) => p.displayOptions?.show.resource?.[0] === "kettle");
    expect(ofKettle[0]).toMatchObject({
      name: "operation",
      options: [{ name: "Boil", value: "boil", action: "Boil kettle" }],
    });
    expect(ofKettle.slice(1).map(({ name, type }) => [name, type])).toEqual([
      ["id", "string"],
      ["label", "string"],
      ["tea", "options"],
      ["additionalFields", "collection"],
    ]);
    const optional = ofKettle.at(-1)?.options as { name: string }[];
    expect(optional).toHaveLength(13);
    expect(optional).toContainEqual(
      expect.objectContaining({
        displayName: "Team Name or ID",
        name: "team_id",
        type: "options",
        typeOptions: { loadOptionsMethod: "listTeams" },
      }),
    );
    expect(optional).toContainEqual(
      expect.objectContaining({ name: "ready_at", type: "dateTime" }),
    );
    expect(optional).toContainEqual(
      expect.objectContaining({ name: "leaves", type: "multiOptions" }),
    );
  });

  test("in Zapier's fields", () => {
    const { creates, triggers } = renderZapierFields(specification);
    const create = creates.find(({ key }) => key === "boilKettle");
    expect(create).toMatchObject({
      noun: "Kettle",
      display: { label: "Boil Kettle", description: "Bring water to the boil." },
      sample: { litres: 1.5 },
    });
    const fields = new Map(create?.inputFields.map((field) => [field.key, field]));
    expect(fields.get("tea")).toMatchObject({ type: "string", required: true });
    expect(fields.get("team_id")).toMatchObject({ dynamic: "listTeams.id.name" });
    expect(fields.get("ready_at")).toMatchObject({ type: "datetime" });
    expect(fields.get("headers")).toMatchObject({ dict: true });
    expect(fields.get("notes")).toMatchObject({ type: "string", list: true });
    expect(fields.get("guests")?.children).toMatchObject([{ key: "name" }, { key: "sugar" }]);
    expect(create?.outputFields).toContainEqual({ key: "litres", label: "Litres", type: "number" });
    expect(triggers.find(({ key }) => key === "kettleBoiled")).toMatchObject({
      display: { label: "Kettle Boiled", description: "Triggers when a kettle has boiled." },
      inputFields: [
        { key: "types", list: true },
        { key: "tea", list: true },
      ],
      sample: { litres: 2 },
    });
  });

  test("in Make's parameters", () => {
    const modules = renderMakeParameters(specification);
    const boil = modules.find(({ name }) => name === "boilKettle");
    expect(boil).toMatchObject({ kind: "action", label: "Boil Kettle" });
    const parameters = new Map(boil?.parameters.map((parameter) => [parameter.name, parameter]));
    expect(parameters.get("cups")).toMatchObject({
      type: "integer",
      default: 2,
      validate: { min: 1, max: 8 },
    });
    expect(parameters.get("team_id")).toMatchObject({ type: "select", options: "rpc://listTeams" });
    expect(parameters.get("lid")).toMatchObject({
      type: "collection",
      spec: [{ name: "colour", type: "text", required: true }, { name: "weight" }],
    });
    expect(parameters.get("notes")).toMatchObject({ type: "array", spec: { type: "text" } });
    expect(boil?.interface).toContainEqual({ name: "litres", label: "Litres", type: "number" });
    expect(modules.find(({ name }) => name === "kettleBoiled")).toMatchObject({ kind: "trigger" });
  });
});

describe("the client", () => {
  const folder = mkdtempSync(join(tmpdir(), "sayso-client-types-"));
  const sources = fileURLToPath(new URL("../../client/src/", import.meta.url));
  beforeAll(() => {
    cpSync(sources, folder, { recursive: true });
    for (const [path, text] of renderAll([surface], { version: "1.0.0" })) {
      const name = /^packages\/client\/src\/(.+)$/.exec(path)?.[1];
      if (name !== undefined) writeFileSync(join(folder, name), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Returns the compiler's messages about each of these programs, which use the client with the made-up operation. */
  function compile(programs: readonly string[]): string[][] {
    const names = programs.map((program, index) => {
      const name = join(folder, `program-${index}.ts`);
      const start = `import { createClient } from "./index.ts";\nconst sayso = createClient({ url: "https://sayso.example.com" });`;
      writeFileSync(name, `${start}\n${program}\nexport {};\n`);
      return name;
    });
    const checked = ts.createProgram(names, {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      types: [],
    });
    const found = ts.getPreEmitDiagnostics(checked);
    return names.map((name) =>
      found
        .filter(({ file }) => file?.fileName === name)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
    );
  }

  test("has a method for it that takes what it takes and gives what it gives, and nothing else", () => {
    const mistakes = [
      [`{ id: "k", label: "Big", tea: "herbal" }`, "herbal"],
      [`{ id: "k", tea: "green" }`, "label"],
      [`{ id: "k", label: "Big", tea: "green", milk: 1 }`, "milk"],
      [`{ id: "k", label: "Big", tea: "green", cups: "3" }`, "number"],
    ] as const;
    const [right, ...wrong] = compile([
      `const kettle = await sayso.boilKettle({
         id: "k", dry_run: "true", label: "Big", tea: "green", guests: [{ name: "Ada" }], cups: 3,
       });
       const litres: number = kettle.litres;
       const hot: boolean = kettle.is_hot;
       console.log(litres, hot);`,
      ...mistakes.map(([input]) => `await sayso.boilKettle(${input});`),
    ]);
    expect(right).toEqual([]);
    expect(wrong).toEqual(mistakes.map(([, word]) => [expect.stringContaining(word) as string]));
  });

  test("knows its route at run time", async () => {
    const { operations } = (await import(join(folder, "operations.generated.ts"))) as {
      operations: Record<string, unknown>;
    };
    expect(operations.boilKettle).toEqual({
      method: "POST",
      path: "/api/v1/kettles/{id}/boil",
      hasBody: true,
      query: ["dry_run"],
      answer: "id",
    });
  });
});

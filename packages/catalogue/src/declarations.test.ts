import { must } from "@sayso/must";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { allSurfaces, joinSurfaces, type AnyOperation, type AnyTrigger } from "./index.ts";

const { operations, triggers, resources } = joinSurfaces(allSurfaces);

const titleCase = /^[A-Z]\S*( ([A-Z(]\S*|a|and|by|for|from|in|of|on|or|the|to))*$/;
const oneSentenceWithoutEnd = /^[A-Z].*[^.]$/;

describe.each(Object.entries<AnyOperation>(operations))("%s", (_, operation) => {
  const { input, example = {}, fields = {} } = operation;

  test("is named and described as menus show it", () => {
    expect(operation.key).toMatch(/^[a-z]\w*\.[a-z]\w*$/);
    expect(operation.label).toMatch(titleCase);
    expect(operation.description).toMatch(oneSentenceWithoutEnd);
    for (const { label } of Object.values(fields)) if (label) expect(label).toMatch(titleCase);
  });

  test("says of every field what it means, of a yes or no what yes means", () => {
    for (const schema of [input.params, input.query, input.body]) {
      for (const [name, field] of Object.entries(schema ? shapeOf(schema) : {})) {
        const { description } = z.toJSONSchema(field, { io: "input", unrepresentable: "any" });
        expect([name, description]).toEqual([name, expect.stringMatching(/[^.]$/)]);
        if (isYesOrNo(field))
          expect([name, description]).toEqual([name, expect.stringMatching(/^Whether /)]);
      }
    }
  });

  test("takes its own example, which is there where it takes a body", () => {
    expect(example.body !== undefined).toBe(input.body !== undefined);
    if (input.body) expect(input.body.safeParse(example.body)).toMatchObject({ success: true });
    if (example.query !== undefined)
      expect(input.query?.safeParse(example.query)).toMatchObject({ success: true });
  });

  test("takes its choices from lists that give them", () => {
    for (const { choices } of Object.values(fields)) {
      if (!choices) continue;
      const list = must(operations[choices.operation]);
      expect([list.http.method, list.input.params]).toEqual(["GET", undefined]);
      const answer = (list.responses as Record<number, z.ZodType>)[200];
      const items = answer instanceof z.ZodArray ? answer : shapeOf(must(answer)).data;
      const item = (items as z.ZodArray<z.ZodType>).element;
      for (const property of [choices.value, choices.label])
        if (property !== undefined) expect(Object.keys(shapeOf(item))).toContain(property);
      if (choices.value === undefined) expect(item).toBeInstanceOf(z.ZodString);
      for (const name of [choices.search ?? [], Object.keys(choices.query ?? {})].flat())
        expect(Object.keys(must(list.input.query).shape)).toContain(name);
    }
  });
});

describe.each(Object.entries<AnyTrigger>(triggers))("%s", (_, trigger) => {
  test("is named and described as menus show it", () => {
    expect(trigger.key).toMatch(/^[a-z]\w*\.[a-z]\w*$/);
    expect(trigger.label).toMatch(titleCase);
    expect(trigger.description).toMatch(/^Triggers when .*\.$/);
    expect(Object.keys(resources)).toContain(trigger.key.split(".")[0]);
  });

  test("has an example that is one of its items, of one of its events", () => {
    const item = trigger.item as z.ZodObject;
    expect(item.strict().safeParse(trigger.example)).toMatchObject({ success: true });
    expect(trigger.events).toContain((trigger.example as { type: string }).type);
  });
});

test("no key is used twice", () => {
  const keys = [...Object.values(operations), ...Object.values(triggers)].map(({ key }) => key);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test("no path and method are declared twice", () => {
  const routes = Object.values(operations).map(({ http }) => `${http.method} ${http.path}`);
  expect(new Set(routes).size).toBe(routes.length);
});

test("every named schema's example is one that it accepts", () => {
  const named = Object.values(operations)
    .flatMap(({ responses }) => Object.values<z.ZodType>(responses))
    .flatMap((schema) => [schema, ...Object.values(shapeOf(schema)).map(elementOf)])
    .map((schema) => ({ schema, examples: z.globalRegistry.get(schema)?.examples }))
    .filter((one): one is typeof one & { examples: unknown[] } => one.examples !== undefined);
  expect(named.length).toBeGreaterThan(5);
  for (const { schema, examples } of named)
    for (const example of examples)
      expect(schema.safeParse(example)).toMatchObject({ success: true });
});

/** Returns the properties of an object, also of an optional one; none for any other schema. */
function shapeOf(schema: z.ZodType): Record<string, z.ZodType> {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodObject ? inner.shape : {};
}

const elementOf = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodArray ? elementOf(schema.element as z.ZodType) : schema;

function isYesOrNo(schema: z.ZodType): boolean {
  const { type } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return type === "boolean";
}

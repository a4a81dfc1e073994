import { z } from "zod";

/** The part of JSON Schema 2020-12 that the catalogue's schemas come to. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  description?: string;
  default?: unknown;
  examples?: unknown[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  /** What a comma-separated text is a list of (the catalogue's `commaList`). */
  commaList?: string[];
}

/** Named schemas by their names. */
export type Components = Record<string, JsonSchema>;

const DEFINITIONS = "#/$defs/";

/**
 * Reads a zod schema as JSON Schema. Named schemas stand as `#/$defs/<name>` references, and their texts are added to
 * `components`.
 *
 * @param io "input": what a caller may send; "output": what an answer holds
 * @throws Error when a named schema has another text than the one that `components` holds
 */
export function readSchema(
  schema: z.ZodType,
  io: "input" | "output",
  components: Components,
): JsonSchema {
  const {
    $schema: _,
    $defs,
    ...rendered
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    reused: "inline",
    override: ({ jsonSchema }) => {
      delete jsonSchema.id;
    },
  }) as JsonSchema & { $schema?: string; $defs?: Components };
  for (const [name, given] of Object.entries($defs ?? {})) {
    const definition = tidy(given);
    const known = components[name];
    if (known && JSON.stringify(known) !== JSON.stringify(definition))
      throw new Error(`the schema ${name} differs between its places: give one of them another id`);
    components[name] = definition;
  }
  return tidy(rendered);
}

/** The same in fewer words than zod takes. */
function tidy(schema: JsonSchema): JsonSchema {
  const { pattern, minimum, maximum, additionalProperties, properties, items, anyOf, ...rest } =
    schema;
  const isSaidByFormat = rest.format === "uuid" || rest.format === "date-time";
  const tidied: JsonSchema = {
    ...rest,
    ...(pattern !== undefined && !isSaidByFormat && { pattern }),
    // Zod bounds every integer by what JavaScript can count to.
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && { maximum }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, tidy(property)]),
      ),
    }),
    ...(items && { items: tidy(items) }),
    // Answers may grow: none of them promises to hold nothing else.
    ...(typeof additionalProperties === "object" && {
      additionalProperties: tidy(additionalProperties),
    }),
  };
  if (!anyOf) return tidied;
  const [first, second] = anyOf.map(tidy);
  if (anyOf.length > 2 || second?.type !== "null" || !isPlain(first))
    return { ...tidied, anyOf: anyOf.map(tidy) };
  return { ...first, ...tidied, type: [first.type, "null"] };
}

const isPlain = (schema: JsonSchema | undefined): schema is JsonSchema & { type: string } =>
  typeof schema?.type === "string" && schema.enum === undefined && schema.const === undefined;

/** The schema that a reference leads to; any other schema as it is, a description beside the reference included. */
export function resolve(schema: JsonSchema, components: Components): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...beside } = schema;
  const target = components[nameOf($ref)];
  if (!target) throw new Error(`nothing is named ${$ref}`);
  return { ...resolve(target, components), ...beside };
}

/** The name at the end of a reference. */
export const nameOf = (reference: string): string =>
  reference.slice(reference.lastIndexOf("/") + 1);

/** The same with every reference led to another place than `#/$defs/`. */
export function moveReferences<Value>(value: Value, place: string): Value {
  if (Array.isArray(value))
    return value.map((inner: unknown) => moveReferences(inner, place)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => [
      key,
      key === "$ref" && typeof inner === "string"
        ? inner.replace(DEFINITIONS, place)
        : moveReferences(inner, place),
    ]),
  ) as Value;
}

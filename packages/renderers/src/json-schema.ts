import * as z from "zod";

/** The part of JSON Schema 2020-12 that the catalogue's schemas use. */
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
  /** The items of a comma-separated text (the catalogue's `commaList`). */
  commaList?: string[];
}

/** Named schemas by their names. */
export type Components = Record<string, JsonSchema>;

const DEFINITIONS = "#/$defs/";

/**
 * Reads a zod schema as JSON Schema. Named schemas become `#/$defs/<name>` references, and their schemas are added to
 * `components`.
 *
 * @param io "input": the values that a caller can send; "output": the values in an answer
 * @throws Error when `components` holds another schema under the same name
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

/** Returns the same schema in a shorter form than zod's. */
function tidy(schema: JsonSchema): JsonSchema {
  const { pattern, minimum, maximum, additionalProperties, properties, items, anyOf, ...rest } =
    schema;
  const isSaidByFormat = rest.format === "uuid" || rest.format === "date-time";
  const tidied: JsonSchema = {
    ...rest,
    ...(pattern !== undefined && !isSaidByFormat && { pattern }),
    // Zod limits every integer to the range that JavaScript can count.
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && { maximum }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, tidy(property)]),
      ),
    }),
    ...(items && { items: tidy(items) }),
    // Answers can get further properties, so no schema of an answer excludes them.
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

/**
 * Returns the schema that a reference names, with a description beside the reference. Returns any other schema as it
 * is.
 */
export function resolve(schema: JsonSchema, components: Components): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...beside } = schema;
  const target = components[nameOf($ref)];
  if (!target) throw new Error(`nothing is named ${$ref}`);
  return { ...resolve(target, components), ...beside };
}

/** Returns the name at the end of a reference. */
export const nameOf = (reference: string): string =>
  reference.slice(reference.lastIndexOf("/") + 1);

/** Makes every reference within a value point to `place` instead of `#/$defs/`. */
export function moveReferences(value: unknown, place: string): void {
  if (typeof value !== "object" || value === null) return;
  if ("$ref" in value && typeof value.$ref === "string")
    value.$ref = value.$ref.replace(DEFINITIONS, place);
  for (const inner of Object.values(value)) moveReferences(inner, place);
}

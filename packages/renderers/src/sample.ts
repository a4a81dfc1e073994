import { resolve, type Components, type JsonSchema } from "./json-schema.ts";

/**
 * Returns a value that the schema accepts: its first example where it has one, otherwise a value made up from its
 * parts, always the same. Made-up objects leave out optional properties, except those with an example.
 *
 * @param name of the property that holds the value; made-up texts contain it
 */
export function sampleOf(schema: JsonSchema, components: Components, name = "text"): unknown {
  const resolved = resolve(schema, components);
  if (resolved.examples && resolved.examples.length > 0) return resolved.examples[0];
  if (resolved.const !== undefined) return resolved.const;
  if (resolved.commaList) return resolved.commaList[0];
  if (resolved.enum) return resolved.enum[0];
  if (resolved.anyOf) return sampleOf(resolved.anyOf[0] ?? {}, components, name);
  if (resolved.default !== undefined) return resolved.default;
  return sampleOfType(resolved, components, name);
}

function sampleOfType(schema: JsonSchema, components: Components, name: string): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([key, property]) => schema.required?.includes(key) || property.examples)
          .map(([key, property]) => [key, sampleOf(property, components, key)]),
      );
    case "array":
      return schema.items ? [sampleOf(schema.items, components, name)] : [];
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

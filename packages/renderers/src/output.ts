import { kindOf, valueOf, type FieldKind } from "./field.ts";
import { resolve, type Components, type JsonSchema } from "./json-schema.ts";
import { propertiesOf } from "./properties-of.ts";
import { sampleOf } from "./sample.ts";
import { titleCase } from "./title-case.ts";

/** A field of an answer, or of a trigger's item. */
export interface OutputField {
  key: string;
  /** Title Case. */
  label: string;
  help: string;
  kind: FieldKind;
  sample: unknown;
  /** The kind of the items of a list without `fields`. */
  item?: FieldKind;
  /** The fields of an object, or of each object in a list. */
  fields?: OutputField[];
}

/**
 * Reads the fields of an object with this schema.
 *
 * @param whole an example of the object, from which the samples are taken; missing samples are made up
 */
export function readOutput(
  schema: JsonSchema,
  components: Components,
  whole: unknown = sampleOf(schema, components),
): OutputField[] {
  const read = resolve(schema, components);
  const samples = propertiesOf(whole);
  return Object.entries(read.properties ?? {}).map(([key, property]) => {
    const described = resolve(property, components);
    const value = valueOf(described, components);
    const kind = kindOf(value, {}, components);
    const inner = resolve(kind === "list" ? (value.items ?? {}) : value, components);
    const sample = samples[key] ?? sampleOf(value, components, key);
    return {
      key,
      label: titleCase(key),
      help: described.description ?? "",
      kind,
      sample,
      ...(kind === "list" && !inner.properties && { item: kindOf(inner, {}, components) }),
      ...(inner.properties && {
        fields: readOutput(inner, components, Array.isArray(sample) ? sample[0] : sample),
      }),
    };
  });
}

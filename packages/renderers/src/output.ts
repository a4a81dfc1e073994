import { kindOf, valueOf, type FieldKind } from "./field.ts";
import { resolve, type Components, type JsonSchema } from "./json-schema.ts";
import { sampleOf } from "./sample.ts";
import { titleCase } from "./title-case.ts";

/** One thing that an answer, or a trigger's item, holds. */
export interface OutputField {
  key: string;
  /** Title Case. */
  label: string;
  help: string;
  kind: FieldKind;
  sample: unknown;
  /** What a list without `fields` is of. */
  item?: FieldKind;
  /** Of an object, or of each object in a list. */
  fields?: OutputField[];
}

/**
 * Reads what an object of this schema holds.
 *
 * @param whole an example of the object, from which the samples are taken; where it has none, they are made up
 */
export function readOutput(
  schema: JsonSchema,
  components: Components,
  whole: unknown = sampleOf(schema, components),
): OutputField[] {
  const read = resolve(schema, components);
  const samples = (whole ?? {}) as Record<string, unknown>;
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

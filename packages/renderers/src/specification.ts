import type { AnyOperation, AnyTrigger, Declarations, FieldHint, Platform } from "@sayso/catalogue";
import { downloadTypes, streamedItem } from "@sayso/catalogue";
import type { z } from "zod";
import { readField, type Choice, type Field, type Location } from "./field.ts";
import { readSchema, resolve, type Components, type JsonSchema } from "./json-schema.ts";
import { readOutput, type OutputField } from "./output.ts";
import { propertiesOf } from "./properties-of.ts";
import { sampleOf } from "./sample.ts";

/**
 * A surface without any platform's terms. It is read once from the catalogue; n8n's properties, Zapier's fields and
 * Make's parameters are rendered from it.
 */
export interface Specification {
  resources: { key: string; label: string; description: string }[];
  operations: OperationSpecification[];
  triggers: TriggerSpecification[];
}

export interface OperationSpecification {
  /** The name in the catalogue, the OpenAPI document and the client: `createApproval`. */
  name: string;
  /** The two parts of the operation's key. */
  resource: string;
  verb: string;
  /** Title Case. */
  label: string;
  /** A text without a full stop at the end. */
  description: string;
  method: AnyOperation["http"]["method"];
  /** The path, with `{name}` for each path field. */
  path: string;
  platforms: readonly Platform[];
  /** Required ones first, advanced ones last. */
  fields: Field[];
  /**
   * The form of an answer. "one": the object itself; "array": a list of objects; otherwise its `data` is a list of
   * objects: "all" of them, a "page" of them, or a part up to a "cursor".
   */
  answers: "one" | "array" | "all" | "page" | "cursor";
  /** The fields of one object. */
  output: OutputField[];
  /** An example of the object that `output` describes. */
  sample: unknown;
}

export interface TriggerSpecification {
  name: string;
  resource: string;
  label: string;
  /** `Triggers when … .` */
  description: string;
  /** Event types. Where there are several, `fields` begins with the choice among them (key `types`). */
  events: readonly string[];
  platforms: readonly Platform[];
  fields: Field[];
  output: OutputField[];
  sample: unknown;
}

/**
 * Reads a surface, or several that were joined: every operation and trigger, whatever its platforms. Leaves out
 * operations that stream or send a file, because no platform can use them.
 *
 * @throws Error that names the declaration and its fault
 */
export function specify(surface: Declarations): Specification {
  const components: Components = {};
  return {
    resources: Object.entries(surface.resources).map(([key, resource]) => ({ key, ...resource })),
    operations: Object.entries(surface.operations)
      .filter(([, operation]) => !streamedItem(operation) && !downloadTypes(operation))
      .map(([name, operation]) => specifyOperation(surface, name, operation, components)),
    triggers: Object.entries(surface.triggers).map(([name, trigger]) =>
      specifyTrigger(surface, name, trigger, components),
    ),
  };
}

function specifyOperation(
  surface: Declarations,
  name: string,
  operation: AnyOperation,
  components: Components,
): OperationSpecification {
  const { input, fields: hints = {}, responses, example = {} } = operation;
  const [resource, verb] = partsOf(surface, operation.key);
  const fields = (
    [
      ["path", input.params, example.params],
      ["query", input.query, example.query],
      ["body", input.body, example.body],
    ] as const
  ).flatMap(([location, schema, samples]) =>
    readFields(schema, location, hints, components).map((field) => ({
      ...field,
      sample: propertiesOf(samples)[field.key] ?? field.sample,
    })),
  );
  checkFields(surface, name, fields, hints);
  const [success] = Object.entries<z.ZodType>(responses)
    .filter(([status]) => status.startsWith("2"))
    .map(([, schema]) => resolve(readSchema(schema, "output", components), components));
  if (!success) throw new Error(`${name} declares no answer for success`);
  const { answers, thing } = readAnswer(success);
  return {
    name,
    resource,
    verb,
    label: operation.label,
    description: operation.description,
    method: operation.http.method,
    path: operation.http.path,
    platforms: operation.platforms ?? [],
    fields: fields.sort((a, b) => rank(a) - rank(b)),
    answers,
    output: readOutput(thing, components),
    sample: sampleOf(thing, components, name),
  };
}

function specifyTrigger(
  surface: Declarations,
  name: string,
  trigger: AnyTrigger,
  components: Components,
): TriggerSpecification {
  const { events, filter, fields: hints = {}, item, ...rest } = trigger;
  const unknown = events.find((type) => !(type in surface.events));
  if (unknown !== undefined) throw new Error(`${name} fires on ${unknown}, which is not declared`);
  const [resource] = partsOf(surface, trigger.key);
  const filters = readFields(filter, "body", hints, components);
  const fields = events.length > 1 ? [chooseEvents(surface, events), ...filters] : filters;
  checkFields(surface, name, fields, hints);
  return {
    name,
    resource,
    label: rest.label,
    description: rest.description,
    events,
    platforms: rest.platforms,
    fields,
    output: readOutput(readSchema(item, "output", components), components),
    sample: rest.example,
  };
}

function chooseEvents(surface: Declarations, events: readonly string[]): Field {
  return {
    key: "types",
    label: "Events",
    help: "The events to receive; choose none for all",
    kind: "multi-select",
    required: false,
    choices: events.map((value): Choice => ({ value, label: surface.events[value] ?? value })),
    location: "body",
    advanced: false,
    sample: [events[0]],
  };
}

function partsOf(surface: Declarations, key: string): [resource: string, verb: string] {
  const [resource = "", verb = ""] = key.split(".");
  if (!(resource in surface.resources))
    throw new Error(`${key}: there is no resource ${resource}; declare it beside the others`);
  return [resource, verb];
}

function readFields(
  schema: z.ZodType | undefined,
  location: Location,
  hints: Record<string, FieldHint>,
  components: Components,
): Field[] {
  if (!schema) return [];
  const read = resolve(readSchema(schema, "input", components), components);
  return Object.entries(read.properties ?? {}).map(([key, property]) =>
    readField(property, {
      key,
      path: key,
      location,
      required: location === "path" || (read.required?.includes(key) ?? false),
      hints,
      components,
    }),
  );
}

/** Refuses two fields of one name, because the client and the platforms take all fields of a call together. */
function checkFields(
  surface: Declarations,
  name: string,
  fields: Field[],
  hints: Record<string, FieldHint>,
): void {
  const keys = fields.map((field) => field.key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined)
    throw new Error(
      `${name} has two fields named ${twice}: rename the path parameter, whose name is not on the wire`,
    );
  const known = new Set(fields.flatMap((field) => pathsOf(field)));
  const unknown = Object.keys(hints).find((path) => !known.has(path));
  if (unknown !== undefined) throw new Error(`${name} has no field ${unknown} to hint at`);
  for (const { choices } of Object.values(hints)) {
    if (choices && !(choices.operation in surface.operations))
      throw new Error(`${name} takes choices from ${choices.operation}, which is not declared`);
  }
}

const pathsOf = ({ key, fields = [] }: Field): string[] => [
  key,
  ...fields.flatMap(pathsOf).map((path) => `${key}.${path}`),
];

const rank = ({ required, advanced }: Field): number => (required ? 0 : advanced ? 2 : 1);

function readAnswer(schema: JsonSchema): {
  answers: OperationSpecification["answers"];
  thing: JsonSchema;
} {
  if (schema.type === "array" && schema.items) return { answers: "array", thing: schema.items };
  const { data, pagination, next_cursor: cursor } = schema.properties ?? {};
  if (data?.type !== "array" || !data.items) return { answers: "one", thing: schema };
  return { answers: pagination ? "page" : cursor ? "cursor" : "all", thing: data.items };
}

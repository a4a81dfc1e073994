import type { AnyOperation, AnyTrigger, Surface } from "@sayso/catalogue";
import type { z } from "zod";
import { readSchema, resolve, type Components, type JsonSchema } from "../json-schema.ts";

/** Renders a surface as a Markdown page: input, answers and errors of each operation, and the triggers. */
export function renderReference({ title, authorization, operations, triggers }: Surface): string {
  return [
    `# ${title}`,
    `Send \`${authorization}\`. The same as an OpenAPI 3.1 document: \`GET /api/v1/openapi\`.`,
    ...Object.values(operations).map(renderOperation),
    ...renderTriggers(Object.values(triggers)),
  ].join("\n\n");
}

function renderTriggers(triggers: AnyTrigger[]): string[] {
  if (triggers.length === 0) return [];
  const rows = triggers.map(
    ({ label, description, events }) =>
      `| ${label} | ${description} | ${events.map((event) => `\`${event}\``).join(", ")} |`,
  );
  return [
    "## Triggers",
    ["| Trigger | When | Events |", "| --- | --- | --- |", ...rows].join("\n"),
  ];
}

const callers = {
  person: "For people and credentials that act as a person.",
  session: "For a signed-in person only, with their session.",
} as const;

function renderOperation(operation: AnyOperation): string {
  const { method, path } = operation.http;
  const needs = [
    operation.scope === null ? "No credential needed." : `Scope \`${operation.scope}\`.`,
    operation.adminOnly ? "Admins only." : "",
    operation.caller ? callers[operation.caller] : "",
  ];
  const sections = [
    `## ${operation.label}`,
    `\`${method} ${path}\``,
    `${operation.description}. ${needs.filter(Boolean).join(" ")}`,
    renderFields("Path", operation.input.params),
    renderFields("Query", operation.input.query),
    renderFields("Body", operation.input.body),
    operation.example?.body === undefined
      ? ""
      : `\`\`\`json\n${JSON.stringify(operation.example.body, null, 2)}\n\`\`\``,
    `Answers ${Object.keys(operation.responses).join(", ")}${operation.errors.length > 0 ? `; refuses with ${operation.errors.join(", ")}` : ""}.`,
  ];
  return sections.filter(Boolean).join("\n\n");
}

function renderFields(title: string, schema: z.ZodType | undefined): string {
  if (!schema) return "";
  const components: Components = {};
  const body = resolve(readSchema(schema, "input", components), components);
  const fields = Object.entries(body.properties ?? {}).map(([name, field]) => {
    const isRequired = body.required?.includes(name) ?? false;
    return `| \`${name}\`${isRequired ? " (required)" : ""} | ${kindOf(field, components)} | ${describe(field)} |`;
  });
  return fields.length === 0
    ? ""
    : [`| ${title} | Kind | Meaning |`, "| --- | --- | --- |", ...fields].join("\n");
}

function kindOf(schema: JsonSchema, components: Components): string {
  const field = resolve(schema, components);
  const values = field.enum ?? field.commaList;
  if (values) {
    const list = values.map((value) => `\`${String(value)}\``).join(", ");
    return field.commaList ? `one or more of ${list}, separated by commas` : list;
  }
  if (field.anyOf) return field.anyOf.map((inner) => kindOf(inner, components)).join(" or ");
  if (field.type === "array")
    return `list of ${field.items ? kindOf(field.items, components) : "anything"}`;
  const type = Array.isArray(field.type) ? field.type.join(" or ") : field.type;
  const bounds =
    field.maximum !== undefined
      ? ` ${field.minimum ?? ""}–${field.maximum}`
      : field.maxLength !== undefined && field.format !== "uuid"
        ? `, at most ${field.maxLength} characters`
        : "";
  return `${field.format === "date-time" || field.format === "uuid" ? field.format : (type ?? "anything")}${bounds}`;
}

const describe = (field: JsonSchema): string =>
  [
    field.description ?? "",
    field.default === undefined ? "" : `Default ${JSON.stringify(field.default)}`,
  ]
    .filter(Boolean)
    .join(". ")
    .replaceAll("|", "\\|");

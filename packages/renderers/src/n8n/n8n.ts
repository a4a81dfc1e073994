import type { Field } from "../field.ts";
import {
  byDisplayName,
  byName,
  punctuate,
  renderField,
  sentenceCase,
  type N8nProperty,
} from "./n8n-field.ts";
import type { OperationSpecification, Specification } from "../specification.ts";
import { titleCase } from "../title-case.ts";

/** An operation as n8n shows it, where that differs from the API. */
interface Variant {
  /** The operation's value in n8n. */
  verb: string;
  label?: string;
  description?: string;
  /** Fields that are shown at once, in this order, though they aren't required. */
  first?: readonly string[];
  /** Fields that are not shown. */
  without?: readonly string[];
  /** The values with which fields are filled in at first. */
  presets?: Record<string, unknown>;
}

const asking = {
  first: ["title", "description", "priority"],
  presets: { priority: "medium" },
} satisfies Partial<Variant>;
/** The fields that name a request's source. The node fills them in itself. */
const origin = ["source", "source_id", "source_name", "source_url"];
const votes = [
  "assigned_approvers",
  "assigned_team_id",
  "required_approvals",
  "is_sequential",
  "steps",
];
const deadlines = ["expires_at", "auto_action", "auto_action_after_minutes"];

/**
 * The variants of operations. Asking, waiting and adding a log entry are one call of the API; a list's pages are
 * "Return All" and "Limit".
 */
const variants: Record<string, Variant[]> = {
  createApproval: [
    { verb: "create", ...asking, without: [...origin, "is_log"] },
    {
      verb: "sendAndWait",
      label: "Request Approval and Wait",
      description: "Ask people for approval, and continue only with their decision",
      ...asking,
      without: [...origin, "is_log", "callback_url", "callback_headers", "idempotency_key"],
    },
    {
      verb: "log",
      label: "Add to Activity Log",
      description: "Add a log entry, which nobody decides",
      ...asking,
      without: [
        ...origin,
        ...votes,
        ...deadlines,
        "is_log",
        "callback_url",
        "callback_headers",
        "require_rejection_reason",
      ],
    },
  ],
  getApproval: [{ verb: "get", without: ["wait"] }],
  decideApproval: [{ verb: "decide", without: ["source", "sequence"] }],
};

/** The fields that the node fills in instead of people. */
const paging = new Set(["page", "page_size", "after", "limit"]);

/** An operation as n8n shows it. */
export interface N8nOperation extends OperationSpecification {
  /** The fields that are shown at once; the others are in the collection. */
  first: Field[];
  rest: Field[];
  isMany: boolean;
}

/** Returns the operations that n8n shows, each with its fields. */
export function n8nOperations({ operations }: Specification): N8nOperation[] {
  return operations
    .filter((operation) => operation.platforms.includes("n8n"))
    .flatMap((operation) =>
      (variants[operation.name] ?? [{ verb: verbOf(operation) }]).map((variant) =>
        vary(operation, variant),
      ),
    );
}

const verbOf = ({ verb, answers }: OperationSpecification): string =>
  verb === "list" && answers !== "one" ? "getAll" : verb === "replace" ? "set" : verb;

function vary(operation: OperationSpecification, variant: Variant): N8nOperation {
  const { verb, label, description, first = [], without = [], presets = {} } = variant;
  const isMany = operation.answers !== "one" && operation.method === "GET";
  const shown = operation.fields.filter(
    ({ key }) => !without.includes(key) && !(isMany && paging.has(key)),
  );
  const preset = (field: Field): Field =>
    field.key in presets ? { ...field, default: presets[field.key] } : field;
  const isFirst = ({ key, required }: Field) => required || first.includes(key);
  return {
    ...operation,
    verb,
    label:
      label ??
      (verb === "getAll"
        ? `Get Many ${operation.label.split(" ").slice(1).join(" ")}`
        : operation.label),
    description: punctuate(description ?? operation.description),
    first: shown.filter(isFirst).map(preset),
    rest: shown.filter((field) => !isFirst(field)),
    isMany,
  };
}

/**
 * Renders the parameters of n8n's action node: resource, operation, and the fields of each operation that is declared
 * for n8n. Fields that aren't required are in one collection, "Additional Fields". A dropdown that the server fills
 * calls the load-options method of {@link choicesMethod}.
 */
export function renderN8nProperties(specification: Specification): N8nProperty[] {
  const { resources } = specification;
  const shown = n8nOperations(specification);
  const used = resources.filter(({ key }) => shown.some(({ resource }) => resource === key));
  return [
    {
      displayName: "Resource",
      name: "resource",
      type: "options",
      noDataExpression: true,
      options: byName(used.map(({ key, label }) => ({ name: capitals(label), value: key }))),
      default: used[0]?.key ?? "",
    },
    ...used.map(({ key }) => chooseOperation(key, shown)),
    ...shown.flatMap(renderFields),
  ];
}

function chooseOperation(resource: string, shown: N8nOperation[]): N8nProperty {
  const own = shown.filter((operation) => operation.resource === resource);
  return {
    displayName: "Operation",
    name: "operation",
    type: "options",
    noDataExpression: true,
    displayOptions: { show: { resource: [resource] } },
    options: byName(
      own.map(({ verb, label, description }) => ({
        name: names[verb] ?? titleCase(verb),
        value: verb,
        description,
        action: sentenceCase(label),
      })),
    ),
    default: own[0]?.verb ?? "",
  };
}

/** Names of operations whose verb alone would say too little. */
const names: Record<string, string> = {
  getAll: "Get Many",
  sendAndWait: "Request Approval and Wait",
  log: "Add to Activity Log",
};

function renderFields({
  resource,
  verb,
  first,
  rest,
  isMany,
  answers,
}: N8nOperation): N8nProperty[] {
  const displayOptions = { show: { resource: [resource], operation: [verb] } };
  const optional = rest.map(renderField);
  return [
    ...first.map((field) => ({ ...renderField(field), displayOptions })),
    ...(isMany && answers !== "all" && answers !== "array" ? renderPaging(displayOptions) : []),
    ...(optional.length > 0
      ? [
          {
            displayName: isMany ? "Filters" : "Additional Fields",
            name: isMany ? "filters" : "additionalFields",
            type: "collection",
            placeholder: isMany ? "Add Filter" : "Add Field",
            default: {},
            displayOptions,
            options: byDisplayName(optional),
          },
        ]
      : []),
  ];
}

const renderPaging = (displayOptions: { show: Record<string, string[]> }): N8nProperty[] => [
  {
    displayName: "Return All",
    name: "returnAll",
    type: "boolean",
    default: false,
    displayOptions,
    description: "Whether to return all results or only up to a given limit",
  },
  {
    displayName: "Limit",
    name: "limit",
    type: "number",
    default: 50,
    displayOptions: { show: { ...displayOptions.show, returnAll: [false] } },
    typeOptions: { minValue: 1 },
    description: "Max number of results to return",
  },
];

/** `Check-in` → `Check-In` */
const capitals = (label: string): string =>
  label.replaceAll(/-[a-z]/g, (letter) => letter.toUpperCase());

import type { Field } from "../field.ts";
import type {
  OperationSpecification,
  Specification,
  TriggerSpecification,
} from "../specification.ts";

/** An operation as Zapier shows it, where that differs from the API. */
interface Variant {
  /** The key in the app. It never changes, because Zaps refer to it. */
  key: string;
  label: string;
  /** A text without a full stop at the end. */
  description?: string;
  /** Fields that are shown first, in this order, though they aren't required. */
  first?: readonly string[];
  /** Fields that are not shown. */
  without?: readonly string[];
  /** The values with which fields are filled in at first. */
  presets?: Readonly<Record<string, unknown>>;
  labels?: Readonly<Record<string, string>>;
  helps?: Readonly<Record<string, string>>;
}

const asking = {
  first: ["title", "description", "priority"],
  presets: { priority: "medium" },
} satisfies Partial<Variant>;
/** The fields that name a request's source. The app fills them in itself. */
const origin = ["source", "source_name", "source_url"];
const votes = [
  "assigned_approvers",
  "assigned_team_id",
  "required_approvals",
  "is_sequential",
  "steps",
];
const deadlines = ["expires_at", "auto_action", "auto_action_after_minutes"];
const callback = ["callback_url", "callback_headers"];
const externalId = {
  labels: { source_id: "External ID" },
  helps: { source_id: "Your own ID for the request, to find it again" },
};
const keyHelp =
  "What tells one run of the Zap from another, such as the ID of what started it. A run that is replayed then finds what it made before";

/**
 * The variants of operations. Asking and waiting, asking, and adding a log entry are one call of the API; finding is a
 * list.
 */
const variants: Record<string, Variant[]> = {
  createApproval: [
    {
      key: "requestApproval",
      label: "Request Approval and Wait",
      description: "Asks people for approval, and continues the Zap only if they approve",
      ...asking,
      without: [...origin, ...callback, "source_id", "is_log", "idempotency_key"],
      helps: {
        expires_at:
          "The request expires if nobody decides by then. Default and maximum: 30 days, the longest that Zapier waits",
      },
    },
    {
      key: "createRequest",
      label: "Create Request",
      description: "Asks people for approval, and continues the Zap at once",
      ...asking,
      ...externalId,
      without: [...origin, "is_log"],
      helps: {
        ...externalId.helps,
        idempotency_key: `${keyHelp}. Without one, a run with exactly the same request finds the pending request`,
      },
    },
    {
      key: "logActivity",
      label: "Log Activity",
      description: "Adds a log entry, which nobody decides",
      ...asking,
      without: [
        ...origin,
        ...votes,
        ...deadlines,
        ...callback,
        "source_id",
        "is_log",
        "require_rejection_reason",
      ],
      helps: {
        idempotency_key: `${keyHelp}. Without one, the same entry within ten minutes is stored once`,
      },
    },
  ],
  decideApproval: [
    {
      key: "decideRequest",
      label: "Decide Request",
      description: "Approves or rejects a pending request in your name, if you may approve it",
      without: ["source", "sequence"],
    },
  ],
  cancelApproval: [
    {
      key: "cancelRequest",
      label: "Cancel Request",
      description: "Withdraws a pending request",
    },
  ],
  createComment: [
    {
      key: "addComment",
      label: "Add Comment",
      description: "Comments on a request; everybody who sees the request sees the comment",
    },
  ],
  listApprovals: [
    {
      key: "findRequest",
      label: "Find Request",
      description: "Finds a request by its ID, by your external ID or by words, the newest first",
      first: ["search", "source_id", "status"],
      without: ["page", "page_size", "source", "exclude_source_id"],
      labels: { search: "Words", source_id: "External ID" },
      helps: { source_id: "Your own ID for the request" },
    },
  ],
  createObjective: [
    {
      key: "createObjective",
      label: "Create Objective",
      description: "Creates an objective, optionally with its key results",
    },
  ],
  updateObjective: [
    {
      key: "updateObjective",
      label: "Update Objective",
      description: "Changes an objective, or requests the change if it needs approval",
    },
  ],
  recordCheckIn: [
    {
      key: "recordCheckIn",
      label: "Record Check-in",
      description: "Records a check-in on a key result",
    },
  ],
  recordKpiUpdate: [
    {
      key: "recordKpiUpdate",
      label: "Submit KPI Update",
      description: "Records a new value of a KPI; its history keeps the earlier values",
    },
  ],
  listObjectives: [
    {
      key: "findObjective",
      label: "Find Objective",
      description: "Finds an objective by words in it, the newest first",
      first: ["search"],
      without: ["limit"],
      labels: { search: "Words" },
    },
  ],
  listKpis: [
    {
      key: "findKpi",
      label: "Find KPI",
      description: "Finds a KPI by words in its name, the newest first",
      first: ["search"],
      without: ["limit"],
      labels: { search: "Words" },
    },
  ],
  // Not shown, because the searches find these objects.
  getApproval: [],
  getObjective: [],
  getKpi: [],
};

/** An action or search that Zapier shows, with the operation of the API behind it. */
export type ZapierAction = OperationSpecification & { operation: string };

/**
 * Returns the operations that Zapier shows, under the app's keys. An operation without a variant is shown as it is
 * declared.
 */
export const zapierOperations = ({ operations }: Specification): ZapierAction[] =>
  operations
    .filter(({ platforms }) => platforms.includes("zapier"))
    .flatMap((operation) =>
      (variants[operation.name] ?? [{ key: operation.name, label: operation.label }]).map(
        (variant) => vary(operation, variant),
      ),
    );

function vary(operation: OperationSpecification, variant: Variant): ZapierAction {
  const { key, label, description, first = [], without = [], presets = {} } = variant;
  const { labels = {}, helps = {} } = variant;
  const fields = operation.fields
    .filter((field) => !without.includes(field.key))
    .map((field): Field => ({
      ...field,
      label: labels[field.key] ?? field.label,
      help: helps[field.key] ?? field.help,
      ...(field.key in presets && { default: presets[field.key] }),
    }));
  const rank = (field: Field) => {
    const place = first.indexOf(field.key);
    return field.required ? -1 : place === -1 ? first.length : place;
  };
  return {
    ...operation,
    name: key,
    operation: operation.name,
    label,
    description: description ?? operation.description,
    fields: fields.sort((a, b) => rank(a) - rank(b)),
  };
}

const triggerLabels: Record<string, string> = {
  requestCreated: "New Request",
  commentAdded: "New Comment",
};

/** Returns the triggers that Zapier shows. */
export const zapierTriggers = ({ triggers }: Specification): TriggerSpecification[] =>
  triggers
    .filter(({ platforms }) => platforms.includes("zapier"))
    .map((trigger) => ({ ...trigger, label: triggerLabels[trigger.name] ?? trigger.label }));

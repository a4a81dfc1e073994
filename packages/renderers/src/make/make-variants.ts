import type { OperationSpecification, TriggerSpecification } from "../specification.ts";
import type { MakeComponent } from "./make-component.ts";

/** An operation as Make shows it, where that differs from the API. */
export interface MakeVariant {
  /** The module's id. It never changes, because scenarios refer to it. */
  id: string;
  label: string;
  /** A text in the third person, as Make demands (best practices, "Names, labels & descriptions"). */
  description: string;
  crud?: MakeComponent["manifest"]["actionCrud"];
  /** Fields that come first, in this order, and are never advanced. */
  first?: readonly string[];
  /** Fields that are not shown. */
  without?: readonly string[];
  /** The values with which fields are filled in at first. */
  presets?: Readonly<Record<string, unknown>>;
  /** Values that are always sent. */
  constants?: Readonly<Record<string, unknown>>;
}

const asking = {
  crud: "create",
  first: ["title", "description", "priority"],
  presets: { priority: "medium" },
} satisfies Partial<MakeVariant>;
const votes = [
  "assigned_approvers",
  "assigned_team_id",
  "required_approvals",
  "is_sequential",
  "steps",
];
const deadlines = ["expires_at", "auto_action", "auto_action_after_minutes"];

/** The variants of operations. Asking and adding a log entry are one call of the API. */
const variants: Readonly<Record<string, readonly MakeVariant[]>> = {
  createApproval: [
    {
      id: "requestApproval",
      label: "Request an Approval",
      description: "Asks people to approve an action before it runs.",
      ...asking,
      without: ["source", "is_log"],
      constants: { source: "make" },
    },
    {
      id: "logActivity",
      label: "Log an Activity",
      description: "Adds a log entry, which nobody decides.",
      ...asking,
      without: [
        ...votes,
        ...deadlines,
        "source",
        "is_log",
        "callback_url",
        "callback_headers",
        "require_rejection_reason",
      ],
      constants: { source: "make", is_log: true },
    },
  ],
  getApproval: [
    {
      id: "getRequest",
      label: "Get a Request",
      description: "Reads one request with its votes, decision and number of comments.",
      crud: "read",
      without: ["wait"],
    },
  ],
  cancelApproval: [
    {
      id: "cancelRequest",
      label: "Cancel a Request",
      description: "Withdraws a pending request.",
      crud: "update",
    },
  ],
  decideApproval: [
    {
      id: "decideRequest",
      label: "Decide a Request",
      description: "Approves or rejects a pending request, if the connection can vote.",
      crud: "update",
      without: ["source", "sequence"],
      constants: { source: "make" },
    },
  ],
  createComment: [
    {
      id: "addComment",
      label: "Add a Comment",
      description: "Comments on a request; everybody who sees the request sees the comment.",
      crud: "create",
    },
  ],
  listApprovals: [
    {
      id: "searchRequests",
      label: "Search Requests",
      description: "Searches for requests by status, priority, words, time and origin.",
      first: ["status", "priority", "search"],
    },
  ],
  recordKpiUpdate: [
    {
      id: "submitKpiUpdate",
      label: "Submit a KPI Update",
      description: "Records a new value of a KPI.",
      crud: "create",
    },
  ],
  recordCheckIn: [
    {
      id: "recordCheckIn",
      label: "Record a Check-in",
      description: "Records a check-in on a key result.",
      crud: "create",
    },
  ],
  getKpi: [{ id: "getKpi", label: "Get a KPI", description: "Reads one KPI.", crud: "read" }],
  listKpis: [
    {
      id: "listKpis",
      label: "List KPIs",
      description: "Lists KPIs with their values and targets.",
    },
  ],
  createObjective: [
    {
      id: "createObjective",
      label: "Create an Objective",
      description: "Creates an objective, optionally with its key results.",
      crud: "create",
    },
  ],
  getObjective: [
    {
      id: "getObjective",
      label: "Get an Objective",
      description: "Reads one objective with its key results.",
      crud: "read",
    },
  ],
  listObjectives: [
    {
      id: "listObjectives",
      label: "List Objectives",
      description: "Lists objectives with their key results and progress.",
    },
  ],
  updateObjective: [
    {
      id: "updateObjective",
      label: "Update an Objective",
      description: "Changes an objective, or requests the change if it needs approval.",
      crud: "update",
    },
  ],
  proposeChange: [
    {
      id: "proposeChange",
      label: "Propose a Change",
      description: "Asks people to approve a change, which is applied with the last approval.",
      crud: "create",
    },
  ],
  getChange: [
    {
      id: "getChange",
      label: "Get a Change",
      description: "Reads one change with its stages, its decision and the applied entity.",
      crud: "read",
    },
  ],
  listChanges: [
    {
      id: "listChanges",
      label: "List Changes",
      description: "Lists the changes of one status, newest first.",
    },
  ],
  resolveChange: [
    {
      id: "resolveChange",
      label: "Resolve a Change",
      description: "Approves or rejects a change at its current stage.",
      crud: "update",
    },
  ],
};

const cruds = {
  POST: "create",
  GET: "read",
  PUT: "update",
  PATCH: "update",
  DELETE: "delete",
} as const;

/**
 * Returns Make's variants of an operation. An operation that isn't in the table above is shown as the catalogue
 * declares it.
 */
export const variantsOf = ({
  name,
  label,
  description,
  method,
}: OperationSpecification): readonly MakeVariant[] =>
  variants[name] ?? [
    { id: name, label, description: `Performs "${label}": ${description}.`, crud: cruds[method] },
  ];

/** A trigger as Make shows it. */
export interface MakeWatch {
  /** The module's id. The id of the polling module adds `Polling`. */
  id: string;
  label: string;
  /** Set where the trigger returns the request, whose time can be polled too; otherwise it returns the event. */
  request?: {
    /** The request's time field, and the parameters of the list that filter by it. */
    date: string;
    after: string;
    before: string;
    /** The statuses to which the list is limited; people choose among them. */
    statuses?: readonly string[];
    /** The condition that a request must meet which a webhook names. */
    condition: string;
  };
}

const watched: Readonly<Record<string, MakeWatch>> = {
  requestDecided: {
    id: "watchDecisions",
    label: "Watch Decisions",
    request: {
      date: "decided_at",
      after: "decided_after",
      before: "decided_before",
      statuses: ["approved", "rejected", "cancelled", "expired"],
      condition: "{{if(body.id = payload.request_id & body.decided_at, !body.is_log, false)}}",
    },
  },
  requestCreated: {
    id: "watchRequests",
    label: "Watch Requests",
    request: {
      date: "created_at",
      after: "created_after",
      before: "created_before",
      condition: "{{if(body.id = payload.request_id, true, false)}}",
    },
  },
  anyEvent: { id: "watchEvents", label: "Watch Events" },
  kpiUpdated: { id: "watchKpiUpdates", label: "Watch KPI Updates" },
  checkInRecorded: { id: "watchCheckIns", label: "Watch Check-ins" },
  changeApplied: { id: "watchAppliedChanges", label: "Watch Applied Changes" },
};

export const watchOf = ({ name, label }: TriggerSpecification): MakeWatch =>
  watched[name] ?? {
    id: `watch${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    label: `Watch ${label}`,
  };

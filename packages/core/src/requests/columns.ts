import type { Via } from "../actors/via.ts";
import { keysOf } from "../keys-of.ts";
import type { Priority } from "../priority.ts";
import {
  instant,
  optional,
  optionalBytes,
  optionalInstant,
  optionalText,
  required,
  type Values,
} from "./column.ts";
import type { Decision, RequestStatus } from "./values.ts";

/**
 * The columns that the asker fills. Each is a field of `CreateApprovalInput`, and everybody who sees the request reads
 * it.
 */
export const askedColumns = {
  title: required<string>(),
  description: required<string>(),
  priority: required<Priority>(),
  actionType: optionalText(),
  source: optionalText(),
  sourceId: optionalText(),
  sourceName: optionalText(),
  sourceUrl: optionalText(),
  /** The caller's own reference (requests surface). */
  externalId: optionalText(),
  metadata: optional<Record<string, unknown> | null>(null),
  /** Sanitized HTML. */
  contextHtml: optionalText(),
  callbackUrl: optionalText(),
  /** The sum of the steps' quorums, where there are steps and all of them are required. */
  requiredApprovals: required<number>(),
  isSequential: optional(false),
  /** Ids of people. */
  assignedApprovers: optional<string[] | null>(null),
  assignedTeamId: optionalText(),
  requireRejectionReason: optional(false),
  /** True: the request only says what happened, and nobody decides it. */
  isLog: optional(false),
  templateId: optionalText(),
  /** The flow whose run the request is. */
  flowId: optionalText(),
  expiresAt: optionalInstant(),
  autoAction: optional<Decision | null>(null),
  idempotencyKey: optionalText(),
};

/** The columns that Sayso fills, and that everybody who sees the request reads. */
export const keptColumns = {
  id: required<string>(),
  organizationId: required<string>(),
  /** The connection that asked. Null: a person asked. */
  connectionId: optionalText(),
  /** The person who asked. Null: a connection asked. */
  createdBy: optionalText(),
  status: required<RequestStatus>(),
  currentApprovals: optional(0),
  autoActionAt: optionalInstant(),
  commentsCount: optional(0),
  /** The number of the last event within this request. */
  eventSequence: required<number>(),
  decidedAt: optionalInstant(),
  decidedBy: optionalText(),
  decidedViaConnectionId: optionalText(),
  /**
   * The way in which it was decided or withdrawn. Null: it wasn't, nobody did it (`expired`, a stop), or it happened
   * before this was recorded.
   */
  decidedVia: optional<Via | null>(null),
  decisionComment: optionalText(),
  decisionSource: optionalText(),
  createdAt: instant(),
  updatedAt: instant(),
};

/** The columns that only core reads. */
const innerColumns = {
  /** Compare-and-set: a commit succeeds only while the stored version is still the one that was judged. */
  version: optional(1),
  /** Everybody who asked, by the names of `askersOf`. Null: the request is older than this column. */
  askers: optional<string[] | null>(null),
  /** The sealed headers of the callback. */
  callbackHeaders: optionalBytes(),
  /** The number of steps that must be approved. Null: the request has no explicit steps. */
  requiredSteps: optional<number | null>(null),
  /** True: the asker wrote `isSequential: false`, so steps that are set later run at once as well. */
  stepsAtOnce: optional(false),
  /** True: it changes an entity when it is approved (packages/core/src/changes). */
  isChange: optional(false),
  /** The author of the rule that approves it automatically. Null: it has no such rule, or the author is unknown. */
  autoActionBy: optionalText(),
  /** True: that rule is a template's. */
  autoActionOfTemplate: optional<boolean | null>(null),
  idempotencyHash: optionalBytes(),
};

/**
 * The columns of a request, each declared once. The row that is written, the select list, the row that is judged and
 * the records of the surfaces are derived from here.
 */
export const requestColumns = { ...askedColumns, ...keptColumns, ...innerColumns };

type ColumnName = keyof typeof requestColumns;

/** A request as it is stored. */
export type RequestRow = Values<typeof requestColumns>;

export const askedNames = keysOf(askedColumns);

/** The columns that people and machines read. */
export const shownNames = [...askedNames, ...keysOf(keptColumns)];

/** The columns that the asker fills. */
export type AskedRow = Values<typeof askedColumns>;

/** A request's columns as people and machines read them. */
export type ShownRow = AskedRow & Values<typeof keptColumns>;

type InitialName = {
  [Name in ColumnName]: (typeof requestColumns)[Name] extends { initial: unknown } ? Name : never;
}[ColumnName];

/** The columns that a new request may lack, with the values that it then has. */
export type InitialRow = Pick<RequestRow, InitialName>;

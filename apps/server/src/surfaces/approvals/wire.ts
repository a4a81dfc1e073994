import type { approvals, approvalsOperations, BodyOf } from "@sayso/catalogue";
import {
  callbackAddressFor,
  nameActor,
  nameAsker,
  publicVia,
  type ApprovalRecord,
  type Comment,
  type Context,
  type NewStep,
  type Performed,
  type StepState,
  type StepStatus,
} from "@sayso/core";
import { isObject } from "@sayso/exact-json";
import type { z } from "zod";
import { toWire } from "../to-wire.ts";

type Wire<Schema extends z.ZodType> = z.input<Schema>;

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** The fields of a record that this surface doesn't show, or shows in another way. */
const shownOtherwise = [
  "organizationId",
  "externalId",
  "flowId",
  "eventSequence",
  "contextHtml",
  "isMetadataLeftOut",
  "hasContext",
  "callbackUrl",
  "decidedVia",
] as const satisfies (keyof ApprovalRecord)[];

/** Renders a request as this surface shows it to the caller. */
export function toApproval(
  record: ApprovalRecord,
  { actor, services: { publicUrl } }: Context,
  { contextHtml = true }: { contextHtml?: boolean } = {},
): Wire<typeof approvals.Approval> {
  const isAutomatic = record.decisionReason === "auto_action";
  return {
    ...toWire(record, shownOtherwise),
    org_id: record.organizationId,
    sequence: record.eventSequence,
    ...(record.isMetadataLeftOut && { truncated: ["metadata" as const] }),
    ...(contextHtml && { context_html: record.contextHtml }),
    callback_url: callbackAddressFor(actor, record),
    decided_via: publicVia(record.decidedVia),
    requested_by_full_name: nameAsker(record),
    requested_by_name: record.createdByName ?? record.connectionName,
    decision_source: record.decisionSource ?? (isAutomatic ? "auto_rule" : null),
    auto_approved: isAutomatic && record.status === "approved",
    cancelled_at: record.status === "cancelled" ? iso(record.decidedAt) : null,
    url: `${publicUrl}/requests/${record.id}`,
  };
}

/** Renders the result of a vote. The callback follows the commit, so it can't have been delivered yet. */
export function toDecided({ loaded, after }: Performed): Wire<typeof approvals.Decided> {
  const decidedByName =
    loaded.member?.personId === after.decidedBy ? (loaded.member?.name ?? null) : null;
  return {
    id: after.id,
    status: after.status,
    decided_at: iso(after.decidedAt),
    decided_by: after.decidedBy,
    decided_by_name: decidedByName,
    decided_by_full_name: nameActor({ person: decidedByName, via: after.decidedVia }),
    decided_via_connection_id: after.decidedViaConnectionId,
    decided_via: publicVia(after.decidedVia),
    decision_comment: after.decisionComment,
    required_approvals: after.requiredApprovals,
    current_approvals: after.currentApprovals,
    callback_delivered: false,
  };
}

/** An active step is "pending" on this surface: it waits for its approvers. */
export const toStepStatus = (status: StepStatus): Wire<typeof approvals.Step>["status"] =>
  status === "active" ? "pending" : status;

export function toStep(step: StepState, requestId: string): Wire<typeof approvals.Step> {
  const [approver, ...others] = step.assignedUserIds ?? [];
  return {
    id: step.id,
    approval_request_id: requestId,
    step_order: step.order,
    name: step.name,
    approver_id: others.length === 0 ? (approver ?? null) : null,
    assigned_user_ids: step.assignedUserIds,
    assigned_team_id: step.assignedTeamId,
    assigned_role: step.assignedRole,
    required_approvals: step.requiredApprovals,
    status: toStepStatus(step.status),
    decided_at: iso(step.decidedAt),
    decided_by: step.decidedBy,
  };
}

type NewSteps = NonNullable<BodyOf<typeof approvalsOperations.createApproval>["steps"]>;

/** Reads the steps that a caller gives a request. */
export const fromSteps = (steps: NewSteps): NewStep[] =>
  steps.map((step, i) => ({
    order: step.step_order ?? i + 1,
    name: step.name,
    assignedUserIds: step.approver_id === undefined ? step.assigned_user_ids : [step.approver_id],
    assignedTeamId: step.assigned_team_id,
    assignedRole: step.assigned_role,
    requiredApprovals: step.required_approvals,
  }));

export function toComment(comment: Comment): Wire<typeof approvals.Comment> {
  return {
    id: comment.id,
    approval_request_id: comment.requestId,
    request_id: comment.requestId,
    user_id: comment.personId,
    connection_id: comment.connectionId,
    author_name: comment.authorName,
    author_full_name: comment.authorFullName,
    via: publicVia(comment.via),
    body: comment.body,
    created_at: comment.createdAt.toISOString(),
  };
}

const TRUNCATED = {
  field: "data",
  message:
    "Some items lack the fields that they name in truncated, because the page would be too long; read these items by their ids, or ask for a smaller page",
};

const isTruncated = (item: unknown): boolean => isObject(item) && item.truncated !== undefined;

/** Renders a page. Its numbers stand both in `pagination` and at the top. */
export function toPage<Item>(data: Item[], page: number, pageSize: number, total: number) {
  return {
    data,
    ...(data.some(isTruncated) && { warnings: [TRUNCATED] }),
    pagination: { page, page_size: pageSize, total, total_pages: Math.ceil(total / pageSize) },
    total,
    page,
    page_size: pageSize,
  };
}

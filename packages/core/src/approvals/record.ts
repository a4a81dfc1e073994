import type { Pool, PoolClient } from "pg";
import { PAGE_BYTES_MAX, SMALL_METADATA_BYTES } from "../lists/budgets.ts";
import type { Via } from "../actors/via.ts";
import { viewerValues, type Viewer } from "../actors/viewer.ts";
import type { Decision, DecisionReason, RequestStatus } from "../state-machine/state.ts";
import type { Priority } from "../priority.ts";

/** A request as people and machines read it. Callback headers are never part of it. */
export interface ApprovalRecord {
  id: string;
  organizationId: string;
  connectionId: string | null;
  connectionName: string | null;
  createdBy: string | null;
  createdByName: string | null;
  title: string;
  description: string;
  status: RequestStatus;
  priority: Priority;
  actionType: string | null;
  source: string | null;
  sourceId: string | null;
  sourceName: string | null;
  sourceUrl: string | null;
  /** The metadata. Null: there is none, or {@link isMetadataLeftOut} is true. */
  metadata: Record<string, unknown> | null;
  /** True, in a list: the request has metadata, but the page is full. Absent means false. */
  isMetadataLeftOut?: boolean;
  contextHtml: string | null;
  /** Says, in a list, whether the request has rich context; a list's records lack `contextHtml`. Absent elsewhere. */
  hasContext?: boolean;
  callbackUrl: string | null;
  /** True only after an attempt with status 2xx was recorded. */
  callbackDelivered: boolean;
  requiredApprovals: number;
  currentApprovals: number;
  isSequential: boolean;
  assignedApprovers: string[] | null;
  assignedTeamId: string | null;
  requireRejectionReason: boolean;
  isLog: boolean;
  templateId: string | null;
  expiresAt: Date | null;
  autoAction: Decision | null;
  autoActionAt: Date | null;
  idempotencyKey: string | null;
  /** The caller's own reference (requests surface). */
  externalId: string | null;
  /** The flow whose run it is. */
  flowId: string | null;
  commentsCount: number;
  /** The number of the request's last event when this was read. */
  eventSequence: number;
  decidedAt: Date | null;
  decidedBy: string | null;
  decidedByName: string | null;
  decidedViaConnectionId: string | null;
  decidedViaConnectionName: string | null;
  /**
   * The way in which it was decided or withdrawn. Null: it wasn't, nobody did it, or it happened before this was
   * recorded.
   */
  decidedVia: Via | null;
  /** The grounds on which it ended. Null: it is pending, or it is a log entry, which nobody decided. */
  decisionReason: DecisionReason | null;
  decisionComment: string | null;
  decisionSource: string | null;
  createdAt: Date;
  updatedAt: Date;
}

const columns = `
  r.id, r.organization_id as "organizationId", r.connection_id as "connectionId", f.connection_name as "connectionName",
  r.created_by as "createdBy", f.created_by_name as "createdByName", r.title, r.description, r.status, r.priority,
  r.action_type as "actionType", r.source, r.source_id as "sourceId", r.source_name as "sourceName",
  r.source_url as "sourceUrl", r.metadata, r.context_html as "contextHtml", r.callback_url as "callbackUrl",
  f.callback_delivered as "callbackDelivered", r.required_approvals as "requiredApprovals",
  r.current_approvals as "currentApprovals", r.is_sequential as "isSequential",
  r.assigned_approvers as "assignedApprovers", r.assigned_team_id as "assignedTeamId",
  r.require_rejection_reason as "requireRejectionReason", r.is_log as "isLog", r.template_id as "templateId",
  r.expires_at as "expiresAt", r.auto_action as "autoAction", r.auto_action_at as "autoActionAt",
  r.idempotency_key as "idempotencyKey", r.external_id as "externalId", r.flow_id as "flowId",
  r.comments_count as "commentsCount", r.event_sequence as "eventSequence", r.decided_at as "decidedAt",
  r.decided_by as "decidedBy", f.decided_by_name as "decidedByName",
  r.decided_via_connection_id as "decidedViaConnectionId", f.decided_via_connection_name as "decidedViaConnectionName",
  f.decision_reason as "decisionReason", r.decided_via as "decidedVia",
  r.decision_comment as "decisionComment", r.decision_source as "decisionSource",
  r.created_at as "createdAt", r.updated_at as "updatedAt"`;

/**
 * Returns the records with these ids, in the order of the ids. Unknown ids are left out.
 *
 * @param as null within `inOrganization`. Elsewhere: the organization and the viewer, so that it takes one round trip
 */
export async function readRecords(
  db: Pick<Pool | PoolClient, "query">,
  ids: readonly string[],
  as: { organizationId: string; viewer: Viewer | null } | null = null,
): Promise<ApprovalRecord[]> {
  if (ids.length === 0) return [];
  const of = "lateral (select (f.request).*) r order by f.place";
  const { rows } = await (db as Pool).query<ApprovalRecord>(
    as === null
      ? {
          name: "read_requests",
          text: `select ${columns} from read_requests(current_organization_id(), $1) f, ${of}`,
          values: [ids],
        }
      : {
          name: "read_requests_alone",
          text: `select ${columns} from enter_organization($2, $3, $4) o, read_requests(o.organization_id, $1) f, ${of}`,
          values: [ids, as.organizationId, ...viewerValues(as.viewer)],
        },
  );
  return rows;
}

/**
 * Returns the records for a list, within `inOrganization`: without `contextHtml`, and without metadata beyond the limit
 * of a page.
 */
export async function readListedRecords(
  db: PoolClient,
  ids: readonly string[],
): Promise<ApprovalRecord[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<ApprovalRecord>({
    name: "read_listed_requests",
    text: `select ${columns}, f.is_metadata_left_out as "isMetadataLeftOut", f.has_context as "hasContext"
           from read_listed_requests(current_organization_id(), $1, $2, $3) f, lateral (select (f.request).*) r order by f.place`,
    values: [ids, PAGE_BYTES_MAX, SMALL_METADATA_BYTES],
  });
  return rows;
}

/**
 * Returns how many of these requests, counted from the first, fit on one page in full: at least 1. It is for lists that
 * can go on at any place.
 */
export async function countFitting(db: PoolClient, ids: readonly string[]): Promise<number> {
  if (ids.length <= 1) return ids.length;
  const { rows } = await db.query<{ count: number }>({
    name: "count_fitting",
    text: "select count_fitting(current_organization_id(), $1, $2) as count",
    values: [ids, PAGE_BYTES_MAX],
  });
  return rows[0]!.count;
}

import { onlyRow } from "@sayso/database";
import { nameActor } from "../actors/name-actor.ts";
import type { Queryable } from "../queryable.ts";
import type { Transaction } from "../transactions/transaction.ts";
import { PAGE_BYTES_MAX, SMALL_METADATA_BYTES } from "../lists/budgets.ts";
import { viewerValues, type Viewer } from "../actors/viewer.ts";
import type { ShownRow } from "../requests/columns.ts";
import { shownList } from "../requests/row.ts";
import type { DecisionReason } from "../requests/values.ts";

/** A request as people and machines read it. Callback headers are never part of it. */
export interface ApprovalRecord extends ShownRow {
  connectionName: string | null;
  createdByName: string | null;
  /** True, in a list: the request has metadata, but the page is full, so `metadata` is null. Absent means false. */
  isMetadataLeftOut?: boolean;
  /** Says, in a list, whether the request has rich context; a list's records lack `contextHtml`. Absent elsewhere. */
  hasContext?: boolean;
  /** True only after an attempt with status 2xx was recorded. */
  callbackDelivered: boolean;
  decidedByName: string | null;
  /** The actor who decided or withdrew it, with the machine that acted (`nameActor`). */
  decidedByFullName: string | null;
  decidedViaConnectionName: string | null;
  /** The grounds on which it ended. Null: it is pending, or it is a log entry, which nobody decided. */
  decisionReason: DecisionReason | null;
}

const columns = `${shownList},
  f.connection_name as "connectionName", f.created_by_name as "createdByName",
  f.callback_delivered as "callbackDelivered", f.decided_by_name as "decidedByName",
  f.decided_via_connection_name as "decidedViaConnectionName", f.decision_reason as "decisionReason"`;

type StoredRecord = Omit<ApprovalRecord, "decidedByFullName">;

const withFullName = (record: StoredRecord): ApprovalRecord => ({
  ...record,
  decidedByFullName: nameActor({
    person: record.decidedByName,
    connection: record.decidedViaConnectionName,
    via: record.decidedVia,
  }),
});

/**
 * Returns the records with these ids, in the order of the ids. Unknown ids are left out.
 *
 * @param as null within `inOrganization`. Elsewhere: the organization and the viewer, so that it takes one round trip
 */
export async function readRecords(
  db: Queryable,
  ids: readonly string[],
  as: { organizationId: string; viewer: Viewer | null } | null = null,
): Promise<ApprovalRecord[]> {
  if (ids.length === 0) return [];
  const of = "lateral (select (f.request).*) r order by f.place";
  const { rows } = await db.query<StoredRecord>(
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
  return rows.map(withFullName);
}

/**
 * Returns the records for a list, within `inOrganization`: without `contextHtml`, and without metadata beyond the limit
 * of a page.
 */
export async function readListedRecords(
  db: Transaction,
  ids: readonly string[],
): Promise<ApprovalRecord[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<StoredRecord>({
    name: "read_listed_requests",
    text: `select ${columns}, f.is_metadata_left_out as "isMetadataLeftOut", f.has_context as "hasContext"
           from read_listed_requests(current_organization_id(), $1, $2, $3) f, lateral (select (f.request).*) r order by f.place`,
    values: [ids, PAGE_BYTES_MAX, SMALL_METADATA_BYTES],
  });
  return rows.map(withFullName);
}

/**
 * Returns how many of these requests, counted from the first, fit on one page in full: at least 1. It is for lists that
 * can go on at any place.
 */
export async function countFitting(db: Transaction, ids: readonly string[]): Promise<number> {
  if (ids.length <= 1) return ids.length;
  const { rows } = await db.query<{ count: number }>({
    name: "count_fitting",
    text: "select count_fitting(current_organization_id(), $1, $2) as count",
    values: [ids, PAGE_BYTES_MAX],
  });
  return onlyRow(rows).count;
}

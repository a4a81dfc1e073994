import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { readListedRecords, type ApprovalRecord } from "./record.ts";
import { searchWords } from "./search-words.ts";
import { requestStatuses, type RequestStatus } from "../requests/values.ts";
import { priorities, type Priority } from "../priority.ts";

/** The requests to list. An absent field filters nothing. "After" dates are inclusive, "before" dates exclusive. */
export interface ApprovalFilter {
  statuses?: RequestStatus[];
  priorities?: Priority[];
  /** Text as typed into a search box: words, "phrases", -without, or (websearch_to_tsquery). */
  search?: string;
  createdAfter?: Date;
  createdBefore?: Date;
  decidedAfter?: Date;
  decidedBefore?: Date;
  actionType?: string;
  source?: string;
  sourceId?: string;
  excludeSourceId?: string;
  /** Only requests of this person, or of a connection that they answer for. */
  askedBy?: string;
}

export interface ApprovalPage {
  records: ApprovalRecord[];
  /** The exact number, in the same snapshot as the page. */
  total: number;
}

/**
 * Returns one page of the organization's requests that the actor sees, newest first, and the exact number of all that
 * match.
 *
 * By status and priority the total comes from counters and the page from one index per combination, so both stay fast
 * for any number of requests. Other filters count their matches. For a viewer who doesn't see every request, it counts
 * those that they see. A page holds 2 MB of long metadata. A request beyond that has `isMetadataLeftOut`, and its
 * metadata is returned when it is read by itself.
 *
 * @param page from 1
 * @param pageSize 1–100
 */
export function listApprovals(
  context: Context<InOrganization>,
  filter: ApprovalFilter,
  page: number,
  pageSize: number,
): Promise<ApprovalPage> {
  const offset = (page - 1) * pageSize;
  return inOrganization(
    context,
    async (db, seesEvery) => {
      const { ids, total } =
        seesEvery && onlyCounted(filter)
          ? await pageByCounters(db, context.organizationId, filter, offset, pageSize)
          : await pageByCounting(db, filter, offset, pageSize);
      return { records: await readListedRecords(db, ids), total };
    },
    { oneSnapshot: true },
  );
}

interface IdPage {
  ids: string[];
  total: number;
}

const onlyCounted = ({ statuses: _s, priorities: _p, ...others }: ApprovalFilter): boolean =>
  Object.values(others).every((value) => value === undefined);

async function pageByCounters(
  db: Transaction,
  organizationId: string,
  filter: ApprovalFilter,
  offset: number,
  limit: number,
): Promise<IdPage> {
  const statuses = filter.statuses ?? [...requestStatuses];
  const wanted = filter.priorities ?? [...priorities];
  const counted = await db.query<{ total: number }>({
    name: "count_approvals",
    text: `select coalesce(sum(count), 0)::int8 as total from request_counts
           where organization_id = $1 and status = any ($2) and priority = any ($3)`,
    values: [organizationId, statuses, wanted],
  });
  const total = counted.rows[0]?.total ?? 0;
  if (offset >= total) return { ids: [], total };
  // A page beyond the middle is nearer from the other end.
  const isFromEnd = offset > total / 2;
  const count = Math.min(limit, total - offset);
  const skip = isFromEnd ? total - offset - count : offset;
  const order = isFromEnd ? "asc" : "desc";
  const isUnfiltered =
    statuses.length === requestStatuses.length && wanted.length === priorities.length;
  // One sorted index range for each combination; PostgreSQL merges them.
  const ranges = statuses.flatMap((_, s) =>
    wanted.map((__, p) => combination(order, 4 + s, 4 + statuses.length + p)),
  );
  const sorted = `order by created_at ${order}, id ${order} limit $2 offset $3`;
  const { rows } = await db.query<{ id: string }>(
    isUnfiltered
      ? {
          name: `page_approvals_${order}`,
          text: `select id from requests where organization_id = $1 ${sorted}`,
          values: [organizationId, count, skip],
        }
      : {
          name: `page_approvals_${order}_${statuses.length}_${wanted.length}`,
          text: `select id from (${ranges.join(" union all ")}) merged ${sorted}`,
          values: [organizationId, count, skip, ...statuses, ...wanted],
        },
  );
  const ids = rows.map((row) => row.id);
  return { ids: isFromEnd ? ids.reverse() : ids, total };
}

const combination = (
  order: "asc" | "desc",
  statusParameter: number,
  priorityParameter: number,
): string =>
  `(select id, created_at from requests
    where organization_id = $1 and status = $${statusParameter} and priority = $${priorityParameter}
    order by created_at ${order}, id ${order} limit $2::int8 + $3::int8)`;

async function pageByCounting(
  db: Transaction,
  filter: ApprovalFilter,
  offset: number,
  limit: number,
): Promise<IdPage> {
  const search = filter.search && searchWords(filter.search);
  const { rows } = await db.query<{ ids: string[] | null; total: number }>({
    text: "select ids, total from find_requests($1, $2, $3)",
    values: [JSON.stringify({ ...filter, search }), limit, offset],
  });
  return { ids: rows[0]?.ids ?? [], total: rows[0]?.total ?? 0 };
}

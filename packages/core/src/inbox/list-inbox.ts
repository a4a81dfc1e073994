import { actsThroughApp } from "../actors/actor.ts";
import type { ApprovalFilter } from "../approvals/list.ts";
import { readListedRecords, type ApprovalRecord } from "../approvals/record.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import type { RequestLoader } from "../approvals/load.ts";
import { searchWords } from "../approvals/search-words.ts";
import { DomainError } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { previewVote, type VotePreview } from "../votes/preview-vote.ts";

/** What of the inbox to list. Absent means: any. */
export type InboxFilter = Omit<ApprovalFilter, "statuses" | "decidedAfter" | "decidedBefore">;

/** A request that asks the caller, and what would become of their vote. */
export interface InboxItem {
  record: ApprovalRecord;
  /** Not allowed only where somebody was faster than the reading of the list. */
  vote: VotePreview;
}

export interface InboxPage {
  items: InboxItem[];
  /** Exact, in the same snapshot as the page. */
  total: number;
}

/**
 * One page of the pending requests that ask the calling person and that they can vote on now: the most urgent first,
 * by priority, then deadline (none comes last), then age. What they could decide only as an admin in others' place is
 * not among them.
 *
 * The rules are those of the state machine, said once more in SQL (`find_inbox` in 0016_inbox.sql), so that one
 * statement finds them however many requests are pending; test/workspace/inbox.test.ts holds the two together.
 *
 * @param page from 1
 * @param pageSize 1–100
 * @throws DomainError `forbidden`: a machine has no inbox
 */
export async function listInbox(
  context: Context<InOrganization & RequestLoader>,
  filter: InboxFilter,
  page: number,
  pageSize: number,
): Promise<InboxPage> {
  const { actor, organizationId, services } = context;
  if (actor.kind !== "person")
    throw new DomainError(
      "forbidden",
      "An inbox is a person's; a connection's key stands for none",
    );
  const { personId } = actor;
  const { records, total } = await inOrganization(
    context,
    async (db) => {
      const { rows } = await db.query<{ ids: string[]; total: number }>({
        name: "find_inbox",
        text: "select ids, total from find_inbox($1, $2, $3, $4, $5)",
        values: [
          personId,
          actsThroughApp(actor),
          JSON.stringify({ ...filter, search: filter.search && searchWords(filter.search) }),
          pageSize,
          (page - 1) * pageSize,
        ],
      });
      const { ids = [], total = 0 } = rows[0] ?? {};
      return { records: await readListedRecords(db, ids), total };
    },
    { oneSnapshot: true },
  );
  const preview = async ({ id }: ApprovalRecord): Promise<VotePreview | null> => {
    const request = await services.loadRequest(organizationId, { id, personId });
    return request && previewVote(context, request);
  };
  // The loader reads all of them in one statement, with their metadata: those with much of it one after the other.
  const votes = await Promise.all(
    records.map(async (record) => (record.isMetadataLeftOut ? null : preview(record))),
  );
  const items: InboxItem[] = [];
  for (const [i, record] of records.entries()) {
    const vote = record.isMetadataLeftOut ? await preview(record) : votes[i];
    if (vote) items.push({ record, vote });
  }
  return { items, total };
}

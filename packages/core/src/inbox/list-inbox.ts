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

/** A filter for the inbox. An absent field means any. */
export type InboxFilter = Omit<ApprovalFilter, "statuses" | "decidedAfter" | "decidedBefore">;

/** A request that asks the caller, with the result that their vote would have. */
export interface InboxItem {
  record: ApprovalRecord;
  /** The preview of the vote. It is refused only if the request changed while the list was read. */
  vote: VotePreview;
}

export interface InboxPage {
  items: InboxItem[];
  /** The exact number of all, in the same snapshot as the page. */
  total: number;
}

/**
 * Lists one page of the pending requests that ask the calling person and that they can vote on now. The most urgent
 * come first: by priority, then deadline (none is last), then age. A request that the person could decide only as an
 * admin, in others' place, is left out.
 *
 * The rules are those of the state machine, repeated in SQL (packages/database/sql/functions/search/find_inbox.sql), so
 * that one statement finds the requests however many are pending. test/workspace/inbox.test.ts checks that both agree.
 *
 * @param page from 1
 * @param pageSize 1–100
 * @throws DomainError `forbidden`: the caller is a connection, which has no inbox
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
      "Only a person has an inbox: a connection's key can't read one",
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
  // The loader reads all requests in one statement, with their metadata. Requests whose metadata are long are loaded
  // one after the other, so that this process never holds all of them.
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

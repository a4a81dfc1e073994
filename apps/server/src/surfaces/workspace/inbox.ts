import type { workspaceOperations } from "@sayso/catalogue";
import { listAsked, listInbox, type VotePreview } from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { toApproval, toPage } from "../approvals/wire.ts";

type Operations = Pick<typeof workspaceOperations, "listInbox" | "listAsked">;

export const inboxHandlers: Handlers<Operations> = {
  async listInbox({ context, query }) {
    const { page, page_size } = query;
    const { items, total } = await listInbox(context, toFilter(query), page, page_size);
    const data = items.map(({ record, vote }) => ({
      ...toApproval(record, context, { contextHtml: false }),
      has_context: record.hasContext === true,
      your_vote: { ...toVote(vote), sequence: record.eventSequence },
    }));
    return { status: 200, body: toPage(data, page, page_size, total) };
  },

  async listAsked({ context, query }) {
    const { page, page_size } = query;
    const filter = { ...toFilter(query), statuses: query.status };
    const { records, total } = await listAsked(context, filter, page, page_size);
    const data = records.map((record) => toApproval(record, context, { contextHtml: false }));
    return { status: 200, body: toPage(data, page, page_size, total) };
  },
};

type Query = Parameters<(typeof inboxHandlers)["listInbox"]>[0]["query"];

const toFilter = (query: Omit<Query, "page" | "page_size">) => ({
  priorities: query.priority,
  search: query.search?.trim() ? query.search : undefined,
  actionType: query.action_type,
  source: query.source,
  createdAfter: query.created_after === undefined ? undefined : new Date(query.created_after),
  createdBefore: query.created_before === undefined ? undefined : new Date(query.created_before),
});

const toVote = (vote: VotePreview) =>
  vote.isAllowed
    ? { can_decide: true, reason: null, as_admin: vote.asAdmin, step_id: vote.stepId }
    : { can_decide: false, reason: vote.reason, as_admin: false, step_id: null };

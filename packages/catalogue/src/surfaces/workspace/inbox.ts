import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { id, instant, priorities, text } from "@sayso/fields";
import { commaList, wholeNumberText } from "../../query.ts";
import { Approval, pageOf } from "../approvals/schemas.ts";
import { statuses } from "../approvals/values.ts";

const InboxVote = z
  .object({
    can_decide: z.boolean().describe("Whether the caller can vote now"),
    reason: z.string().nullable().describe("The reason why not, such as already_voted"),
    as_admin: z
      .boolean()
      .describe("Whether the request asks other people and the caller can vote as an admin"),
    step_id: id.nullable().describe("The step that the vote would be for; null: the request"),
    sequence: z
      .int()
      .describe("The request's last event; a vote that sends it is for the request as listed"),
  })
  .meta({ id: "InboxVote" });

const InboxItem = Approval.extend({
  your_vote: InboxVote,
  has_context: z.boolean().describe("Whether the request has context_html, which lists leave out"),
}).meta({ id: "InboxItem" });

const paging = {
  page: wholeNumberText(1, 10_000_000).default(1).describe("Counts from 1"),
  page_size: wholeNumberText(1, 100).default(20).describe("The number of requests per page"),
};
const filters = {
  priority: commaList(priorities).optional().describe("Only these priorities"),
  search: text(500)
    .optional()
    .describe('Words in title and description: deploy "exact words" -without'),
  action_type: text(200).optional().describe("Only this action type"),
  source: text(200).optional().describe("Only requests of this integration"),
  created_after: instant.optional().describe("Created at this time or later"),
  created_before: instant.optional().describe("Created before this time"),
};

const listInbox = defineOperation({
  key: "inbox.list",
  http: { method: "GET", path: "/api/v1/inbox" },
  scope: "approvals:read",
  caller: "person",
  label: "List Inbox",
  description:
    "List the pending requests that the caller is asked about and can vote on now, by priority, then deadline, then age, with exact totals",
  input: { query: z.object({ ...paging, ...filters }) },
  responses: { 200: pageOf(InboxItem) },
  errors: ["validation_failed", "forbidden", "rate_limited"],
});

const listAsked = defineOperation({
  key: "inbox.list_asked",
  http: { method: "GET", path: "/api/v1/inbox/asked" },
  scope: "approvals:read",
  caller: "person",
  label: "List My Requests",
  description:
    "List the requests of the caller and of their connections, newest first, with exact totals",
  input: {
    query: z.object({
      ...paging,
      status: commaList(statuses).optional().describe("Only these statuses"),
      ...filters,
    }),
  },
  responses: { 200: pageOf(Approval) },
  errors: ["validation_failed", "forbidden", "rate_limited"],
});

/** The operations of this file, in the order of the documents. */
export const inboxOperations = {
  listInbox,
  listAsked,
};

import { z } from "zod";
import { defineOperation } from "../../operation.ts";
import { commaList, id, instant, text, wholeNumber } from "../../text.ts";
import { Approval, pageOf } from "../approvals/schemas.ts";
import { priorities, statuses } from "../approvals/values.ts";

const InboxVote = z
  .object({
    can_decide: z.boolean().describe("Whether their vote would be taken at this moment"),
    reason: z.string().nullable().describe("Why it would not, such as already_voted"),
    as_admin: z.boolean().describe("Whether others are asked and they could vote as an admin"),
    step_id: id.nullable().describe("The step that the vote would be for; null: the request"),
    sequence: z
      .int()
      .describe("How far its history reached; a vote that brings it is for what was listed"),
  })
  .meta({ id: "InboxVote" });

const InboxItem = Approval.extend({
  your_vote: InboxVote,
  has_context: z.boolean().describe("Whether there is a context_html, which lists leave out"),
}).meta({ id: "InboxItem" });

const paging = {
  page: wholeNumber(1, 10_000_000).default(1).describe("Counts from 1"),
  page_size: wholeNumber(1, 100).default(20).describe("Requests on a page"),
};
const filters = {
  priority: commaList(priorities).optional().describe("Only these priorities"),
  search: text(500)
    .optional()
    .describe('Words in title and description: deploy "exact words" -without'),
  action_type: text(200).optional().describe("Only this action type"),
  source: text(200).optional().describe("Only what this integration asked"),
  created_after: instant.optional().describe("Made at this time or later"),
  created_before: instant.optional().describe("Made before this time"),
};

const listInbox = defineOperation({
  key: "inbox.list",
  http: { method: "GET", path: "/api/v1/inbox" },
  scope: "approvals:read",
  caller: "person",
  label: "List Inbox",
  description:
    "Page through the pending requests that ask the caller and that they can vote on now, the most urgent first: by priority, then deadline, then age, with exact totals",
  input: { query: z.object({ ...paging, ...filters }) },
  responses: { 200: pageOf(InboxItem) },
  errors: ["validation_failed", "forbidden", "rate_limited"],
});

const listAsked = defineOperation({
  key: "inbox.list_asked",
  http: { method: "GET", path: "/api/v1/inbox/asked" },
  scope: "approvals:read",
  caller: "person",
  label: "List What I Asked For",
  description:
    "Page through what the caller asked for, by themselves or through a connection that they answer for, newest first, with exact totals",
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

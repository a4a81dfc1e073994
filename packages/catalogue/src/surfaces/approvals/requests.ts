import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { filledText, id, instant, jsonObject, priorities, text } from "@sayso/fields";
import { commaList, wholeNumberText } from "../../query.ts";
import { hints } from "./hints.ts";
import { CreateApprovalBody } from "./new-request.ts";
import { contextHtml, fieldHints } from "./request-fields.ts";
import { Approval, BatchResult, Cancelled, Decided, pageOf, warnings } from "./schemas.ts";
import { Decision, statuses } from "./values.ts";

const sequence = z.int().min(1);

const byId = z.object({ id: id.describe("The request") });

const createApproval = defineOperation({
  key: "approval.create",
  http: { method: "POST", path: "/api/v1/approvals" },
  scope: "approvals:write",
  label: "Create Approval Request",
  description: "Ask people to approve an action before it runs",
  input: { body: CreateApprovalBody },
  ignored: {
    body: { notify_channel_ids: "has no effect: notifications go where people want them" },
  },
  tolerance: {
    numbers: ["source_id"],
    blanks: {
      assigned_approvers: "nobody is named, so everybody who may approve can decide",
      assigned_team_id: "no team is named, so everybody who may approve can decide",
      required_approvals: "one approval is enough",
      expires_at: "it has no deadline",
      template_id: "no template fills anything in",
    },
  },
  responses: { 201: Approval, 200: Approval },
  errors: ["validation_failed", "forbidden", "conflict", "rate_limited", "emergency_stop"],
  fields: {
    ...fieldHints,
    "steps.approver_id": hints.approver,
    "steps.assigned_user_ids": { ...hints.approver, label: "Approvers" },
    "steps.assigned_team_id": hints.team,
  },
  platforms: ["n8n", "zapier", "make"],
  example: {
    body: {
      title: "Deploy v2.4.0 to production",
      description: "Release includes a database migration",
      priority: "high",
      idempotency_key: "deploy-v2.4.0",
    },
  },
});

const listApprovals = defineOperation({
  key: "approval.list",
  http: { method: "GET", path: "/api/v1/approvals" },
  scope: "approvals:read",
  label: "List Approval Requests",
  description: "List the organization's requests, newest first, with exact totals",
  input: {
    query: z.object({
      page: wholeNumberText(1, 10_000_000).default(1).describe("Counts from 1"),
      page_size: wholeNumberText(1, 100)
        .default(20)
        .describe("The number of requests per page; limit is an alias"),
      status: commaList(statuses).optional().describe("Only these statuses"),
      priority: commaList(priorities).optional().describe("Only these priorities"),
      search: text(500)
        .optional()
        .describe('Words in title and description: deploy "exact words" -without'),
      action_type: text(200).optional().describe("Only this action type"),
      source: text(200).optional().describe("Only requests of this integration"),
      source_id: text(500).optional().describe("Only requests of this workflow, run or agent"),
      exclude_source_id: text(500)
        .optional()
        .describe("Only requests of other workflows, runs and agents"),
      created_after: instant.optional().describe("Created at this time or later"),
      created_before: instant.optional().describe("Created before this time"),
      decided_after: instant.optional().describe("Decided at this time or later"),
      decided_before: instant.optional().describe("Decided before this time"),
    }),
  },
  ignored: {
    query: {
      sort: "has no effect: the newest requests come first",
      order: "has no effect: the newest requests come first",
    },
  },
  references: ["source_id"],
  otherNames: { limit: "page_size" },
  responses: { 200: pageOf(Approval).extend({ warnings }) },
  errors: ["validation_failed", "rate_limited"],
  fields: {
    page: { advanced: true },
    page_size: { advanced: true },
    action_type: hints.actionType,
    source: { advanced: true },
    source_id: { advanced: true },
    exclude_source_id: { advanced: true },
    created_after: { advanced: true },
    created_before: { advanced: true },
    decided_after: { advanced: true },
    decided_before: { advanced: true },
  },
  platforms: ["n8n", "zapier", "make"],
  example: { query: { status: "pending", page_size: "50" } },
});

const getApproval = defineOperation({
  key: "approval.get",
  http: { method: "GET", path: "/api/v1/approvals/{id}" },
  scope: "approvals:read",
  readsFeed: true,
  label: "Get Approval Request",
  description: "Read one request with its votes, decision and number of comments",
  input: {
    params: byId,
    query: z.object({
      wait: wholeNumberText(0, 60)
        .default(0)
        .describe("The seconds to wait for a decision before responding"),
    }),
  },
  responses: { 200: Approval },
  errors: ["not_found", "rate_limited"],
  fields: { id: hints.request, wait: { label: "Wait (Seconds)", advanced: true } },
  platforms: ["n8n", "zapier", "make"],
});

export const DecideBody = z
  .object({
    decision: Decision.describe("Whether to approve or to reject"),
    comment: text(2000)
      .optional()
      .describe("The reason; required to reject if the request says so"),
    source: text(200).optional().describe("Where the decision was made, such as chat"),
    sequence: sequence
      .optional()
      .describe(
        "The sequence of the request that you read: 409 if the request or its steps were changed since. Default: decide the request as it is now",
      ),
  })
  .meta({ id: "DecideBody" });

const decideApproval = defineOperation({
  key: "approval.decide",
  http: { method: "PATCH", path: "/api/v1/approvals/{id}" },
  scope: "approvals:decide",
  label: "Decide Approval Request",
  description: "Approve or reject a pending request: a vote on the caller's active step",
  input: {
    params: byId,
    query: z.object({
      full: z
        .enum(["true", "false"])
        .default("false")
        .describe("Whether the answer is the whole request, not only its decision"),
    }),
    body: DecideBody,
  },
  responses: { 200: Decided },
  errors: [
    "validation_failed",
    "forbidden",
    "not_found",
    "conflict",
    "invalid_state",
    "rate_limited",
    "emergency_stop",
  ],
  fields: {
    id: hints.request,
    full: { label: "Whole Request", advanced: true },
    comment: { multiline: true },
    source: { advanced: true },
  },
  platforms: ["n8n", "zapier", "make"],
  example: { body: { decision: "approve", comment: "Verified with the user." } },
});

const reviseApproval = defineOperation({
  key: "approval.revise",
  http: { method: "PUT", path: "/api/v1/approvals/{id}" },
  scope: "approvals:write",
  label: "Revise Approval Request",
  description: "Revise a pending request; this voids its votes",
  input: {
    params: byId,
    body: z
      .object({
        title: filledText(500).optional().describe("The new title"),
        description: text(5000).optional().describe("The new description"),
        metadata: jsonObject.optional().describe("Replaces all metadata"),
        context_html: contextHtml
          .nullable()
          .optional()
          .describe("Replaces the rich context; null removes it"),
      })
      .refine(
        (body) => Object.values(body).some((v) => v !== undefined),
        "must change title, description, metadata or context_html",
      ),
  },
  responses: { 200: Approval },
  errors: ["validation_failed", "forbidden", "not_found", "invalid_state", "rate_limited"],
  fields: { id: hints.request, description: { multiline: true } },
  example: { body: { description: "Release includes two database migrations" } },
});

const cancelApproval = defineOperation({
  key: "approval.cancel",
  http: { method: "DELETE", path: "/api/v1/approvals/{id}" },
  scope: "approvals:write",
  label: "Cancel Approval Request",
  description: "Withdraw a pending request, which cancels it; its callback says cancelled",
  input: {
    params: byId,
    query: z.object({
      reason: text(2000).optional().describe("The reason; shown with the request"),
    }),
  },
  responses: { 200: Cancelled },
  errors: ["forbidden", "not_found", "invalid_state", "rate_limited"],
  fields: { id: hints.request, reason: { multiline: true } },
  platforms: ["n8n", "zapier", "make"],
});

const decideApprovals = defineOperation({
  key: "approval.decide_many",
  http: { method: "POST", path: "/api/v1/approvals/batch" },
  scope: "approvals:decide",
  label: "Decide Several Requests",
  description: "Approve or reject up to 50 requests, each independently of the others",
  input: {
    body: z
      .object({
        ids: z.array(id).min(1).max(50).describe("The requests"),
        decision: Decision.describe("Whether to approve or to reject"),
        comment: text(2000).optional().describe("The reason; the same for all requests"),
        source: text(200).optional().describe("Where the decision was made, such as chat"),
        sequences: z
          .array(sequence)
          .optional()
          .describe(
            "The sequence of each request as you read it, in the order of ids; a vote is refused if its request was changed since",
          ),
      })
      .refine(({ ids, sequences }) => sequences === undefined || sequences.length === ids.length, {
        error: "must hold one for each of ids, in their order",
        path: ["sequences"],
      }),
  },
  responses: { 200: z.object({ results: z.array(BatchResult) }) },
  errors: ["validation_failed", "rate_limited", "emergency_stop"],
  fields: { ids: { ...hints.request, label: "Requests" }, comment: { multiline: true } },
  example: {
    body: {
      ids: ["019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f04"],
      decision: "reject",
      comment: "Not during the freeze.",
    },
  },
});

const delegateVote = defineOperation({
  key: "approval.delegate",
  http: { method: "POST", path: "/api/v1/approvals/{id}/delegate" },
  scope: "approvals:decide",
  label: "Delegate Vote",
  description: "Delegate your vote as a named approver to another person",
  input: {
    params: byId,
    body: z.object({
      to_user_id: id.describe("The person who votes in your place"),
      step_id: id.optional().describe("The step; default: the first active one that names you"),
    }),
  },
  responses: { 200: Approval },
  errors: [
    "validation_failed",
    "forbidden",
    "not_found",
    "conflict",
    "invalid_state",
    "rate_limited",
    "emergency_stop",
  ],
  fields: { id: hints.request, to_user_id: hints.approver },
  example: { body: { to_user_id: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f05" } },
});

/** The operations of this file, in the order of the documents. */
export const requestOperations = {
  createApproval,
  listApprovals,
  decideApprovals,
  getApproval,
  decideApproval,
  reviseApproval,
  cancelApproval,
  delegateVote,
};

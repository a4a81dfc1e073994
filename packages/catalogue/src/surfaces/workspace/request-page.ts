import * as z from "zod";
import { defineOperation } from "../../operation.ts";
import { id, text, timestamp } from "@sayso/fields";
import { wholeNumberText } from "../../query.ts";
import { hints } from "../approvals/hints.ts";
import { BatchResult, Decided, Via } from "../approvals/schemas.ts";
import { Decision, DecisionReason, Role } from "../approvals/values.ts";

const byId = z.object({ id: id.describe("The request") });

const YourVote = z
  .object({
    can_decide: z.boolean(),
    reason: z
      .string()
      .nullable()
      .describe("The reason why not, as a code: already_decided, own_request, emergency_stop, …"),
    message: z.string().nullable().describe("The reason why not, as text"),
    step_id: id.nullable().describe("The step that the vote would be for; null: the whole request"),
    step: z
      .object({
        name: z.string().nullable(),
        number: z.int().describe("Its position among the steps, from 1"),
        of: z.int().describe("The number of steps"),
      })
      .nullable()
      .describe("The description of that step, or of the step of change, as text"),
    as_admin: z.boolean().describe("The request asks other people, but this person can decide it"),
    needs_reason: z.boolean().describe("Whether a rejection needs a reason"),
    change: z
      .object({
        step_id: id.nullable().describe("The step of the vote; null: the whole request"),
      })
      .nullable()
      .describe(
        "The approval of this person that they can still change to a rejection; null: none",
      ),
    can_cancel: z.boolean(),
    can_delegate: z.boolean(),
    cast: z
      .array(z.object({ step_id: id.nullable(), decision: Decision }))
      .describe("The votes of this person that count"),
    sequence: z
      .int()
      .describe("The request's last event; a vote that sends it is for the request as seen"),
  })
  .meta({ id: "YourVote" });

const previewVote = defineOperation({
  key: "approval.preview_vote",
  http: { method: "GET", path: "/api/v1/approvals/{id}/your-vote" },
  scope: "approvals:read",
  label: "Preview Vote",
  description: "Read whether the caller can vote on a request now, and if not, why",
  input: { params: byId },
  responses: { 200: YourVote },
  errors: ["not_found", "rate_limited"],
  fields: { id: hints.request },
});

const castVote = defineOperation({
  key: "approval.vote",
  http: { method: "POST", path: "/api/v1/approvals/{id}/your-vote" },
  scope: "approvals:decide",
  label: "Cast Vote",
  description:
    "Approve or reject the request as seen: refused if it was revised, or its steps were set, since then. Can change an approval to a rejection while the request still needs approvals",
  input: {
    params: byId,
    body: z.object({
      decision: Decision.describe("Whether to approve or to reject"),
      comment: text(2000)
        .optional()
        .describe("The reason; required to reject if the request says so"),
      step_id: id.nullish().describe("The step; default: the caller's first active step"),
      sequence: z
        .int()
        .min(1)
        .describe("The sequence from the preview that was read before the request"),
      replaces: z
        .boolean()
        .optional()
        .describe(
          "Whether it changes the caller's own approval to a rejection, while the step still needs approvals",
        ),
    }),
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
  fields: { id: hints.request, comment: { multiline: true } },
  example: { body: { decision: "approve", sequence: 1 } },
});

const castVotes = defineOperation({
  key: "approval.vote_many",
  http: { method: "POST", path: "/api/v1/your-votes" },
  scope: "approvals:decide",
  label: "Cast Several Votes",
  description:
    "Approve or reject up to 50 requests as listed, each independently of the others. Refuses requests that were revised, or whose steps were set, since then, and requests of high or critical priority",
  input: {
    body: z.object({
      votes: z
        .array(
          z.object({
            id: id.describe("The request"),
            sequence: z.int().min(1).describe("From the inbox"),
            step_id: id.nullable().describe("From the inbox; null: the request has no steps"),
          }),
        )
        .min(1)
        .max(50)
        .describe("The requests, each as it was listed"),
      decision: Decision.describe("Whether to approve or to reject"),
      comment: text(2000).optional().describe("The reason; the same for all requests"),
    }),
  },
  responses: { 200: z.object({ results: z.array(BatchResult) }) },
  errors: ["validation_failed", "rate_limited", "emergency_stop"],
  fields: { comment: { multiline: true } },
  example: {
    body: {
      votes: [{ id: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f04", sequence: 1, step_id: null }],
      decision: "approve",
    },
  },
});

const Named = z.object({ id, name: z.string().nullable().describe("null: gone") });

const VoidReason = z
  .enum(["person_removed", "person_disabled", "right_to_approve_lost"])
  .meta({ id: "VoidReason" });

const VoteShown = z
  .object({
    id,
    person: Named,
    full_name: z.string().nullable().describe("The person with the machine that voted"),
    connection: Named.nullable().describe("The connection that voted in the person's name"),
    via: Via.nullable().describe("The credential of the vote; null for earlier votes"),
    decision: Decision,
    comment: z.string().nullable(),
    source: z.string().nullable(),
    void_reason: VoidReason.nullable().describe(
      "Why it no longer counts, although the request was not revised",
    ),
    created_at: timestamp,
  })
  .meta({ id: "Vote" });

const DecidingStep = z
  .object({
    id: id.nullable().describe("null: the request is decided as a whole"),
    step_order: z.int(),
    name: z.string().nullable(),
    status: z.enum(["waiting", "active", "approved", "rejected", "skipped"]),
    required_approvals: z.int(),
    role: Role.nullable().describe("People with this role, or one above it"),
    team: z.object({ id, name: z.string(), size: z.int() }).nullable(),
    missing: z
      .array(z.object({ id, name: z.string() }))
      .nullable()
      .describe(
        "The approvers by name who have not voted; at most 50 of a team; null: no approvers by name",
      ),
    votes: z.array(VoteShown).describe("Those that count"),
  })
  .meta({ id: "DecidingStep" });

const listDeciders = defineOperation({
  key: "approval.deciders",
  http: { method: "GET", path: "/api/v1/approvals/{id}/deciders" },
  scope: "approvals:read",
  label: "List Approvers",
  description:
    "List the approvers of a request, with their votes and the missing approvers by name",
  input: { params: byId },
  responses: {
    200: z
      .object({
        steps: z.array(DecidingStep),
        voided_votes: z
          .array(VoteShown)
          .describe("Cast before the request was revised, or by people who may approve no more"),
        namesakes: z
          .array(z.object({ id, name: z.string(), email: z.string() }))
          .describe(
            "The names and email addresses of the people here whose name another member has, or one that looks like it",
          ),
      })
      .meta({ id: "Deciders" }),
  },
  errors: ["not_found", "rate_limited"],
  fields: { id: hints.request },
});

const TimelineEntry = z
  .object({
    id,
    sequence: z.int().describe("Counts from 1 within the request"),
    type: z.string().describe("As in the events feed: approval.vote_cast"),
    created_at: timestamp,
    actor: z.object({
      kind: z.enum(["person", "connection", "system"]),
      id: id.nullable(),
      name: z.string().nullable(),
      full_name: z
        .string()
        .nullable()
        .describe("The name with the machine that acted: Release pipeline, for Ada Lovelace"),
    }),
    person: Named.nullable().describe(
      "The person who voted, decided or delegated, or whose vote is void",
    ),
    to: Named.nullable().describe("The person who votes instead"),
    connection: Named.nullable().describe("The connection that it came through"),
    via: Via.nullable().describe(
      "The credential that was used; null: Sayso did it, or it is older than this field",
    ),
    step: z.object({ id, step_order: z.int(), name: z.string().nullable() }).nullable(),
    decision: Decision.nullable(),
    replaced: Decision.nullable().describe("The earlier vote of the person that this one changes"),
    comment: z.string().nullable(),
    source: z.string().nullable().describe("Where the vote was cast, as the voter named it"),
    reason: DecisionReason.nullable().describe("Why it ended"),
    void_reason: VoidReason.nullable().describe("Why a vote no longer counts"),
    status: z.string().nullable().describe("The outcome of a decided step"),
    fields: z.array(z.string()).describe("The names of the revised fields"),
    votes_voided: z.int(),
    error: z.string().nullable().describe("The reason why an applier refused a change"),
  })
  .meta({ id: "TimelineEntry" });

const DeliverySummary = z
  .object({
    id,
    kind: z.enum(["callback", "subscription", "applier"]),
    event_type: z.string(),
    origin: z.string().describe("The receiver, without its path"),
    status: z.enum(["pending", "delivered", "failed", "gone"]),
    attempts: z.int(),
    last_status_code: z.int().nullable(),
    last_error: z.string().nullable(),
    next_attempt_at: timestamp.nullable(),
    delivered_at: timestamp.nullable(),
    created_at: timestamp,
  })
  .meta({ id: "DeliverySummary" });

const getTimeline = defineOperation({
  key: "approval.timeline",
  http: { method: "GET", path: "/api/v1/approvals/{id}/timeline" },
  scope: "approvals:read",
  label: "Get Timeline",
  description: "List the events and deliveries of a request, oldest first",
  input: {
    params: byId,
    query: z.object({
      before: wholeNumberText(1, 2_147_483_647)
        .optional()
        .describe("Only entries with a lower sequence; default: the newest entries"),
      limit: wholeNumberText(1, 500).default(200).describe("Entries at most"),
    }),
  },
  responses: {
    200: z
      .object({
        data: z.array(TimelineEntry),
        has_earlier: z.boolean(),
        deliveries: z.array(DeliverySummary).describe("The newest 100, newest first"),
      })
      .meta({ id: "Timeline" }),
  },
  errors: ["validation_failed", "not_found", "rate_limited"],
  fields: { id: hints.request },
});

/** The operations of this file, in the order of the documents. */
export const requestPageOperations = {
  previewVote,
  castVote,
  castVotes,
  listDeciders,
  getTimeline,
};

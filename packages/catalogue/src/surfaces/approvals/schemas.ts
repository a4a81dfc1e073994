import * as z from "zod";
import { id, timestamp } from "@sayso/fields";
import { shownFields } from "./request-fields.ts";
import { DecisionReason, Role, Status } from "./values.ts";
import {
  exampleApproval,
  exampleCancelled,
  exampleComment,
  exampleDecided,
  exampleStep,
} from "./examples.ts";

const stepStatuses = ["waiting", "active", "pending", "approved", "rejected", "skipped"] as const;

const nullable = <T extends z.ZodType>(schema: T) => schema.nullable();

const Warning = z.object({ field: z.string(), message: z.string() }).meta({ id: "Warning" });

/** Warnings that an answer adds. */
export const warnings = z
  .array(Warning)
  .optional()
  .describe("Warnings about values that are probably a mistake, or have no effect");

/** The channel of a decision. */
export const Via = z
  .object({
    kind: z
      .enum(["session", "token", "app", "connection", "command_line", "link", "rule"])
      .describe(
        "A session, a personal token, an app in the person's name, a connection, the server's command line, an email link, or the automatic action",
      ),
    id: nullable(id).describe("The id of the token, the app (client_id) or the connection"),
    name: nullable(z.string()),
  })
  .meta({ id: "Via" });

/** A request as every answer shows it. Only an answer about a single request has `context_html`. */
export const Approval = z
  .object({
    id,
    org_id: id,
    connection_id: nullable(id),
    connection_name: nullable(z.string()),
    created_by: nullable(id).describe("The person who asked; null: a connection asked"),
    created_by_name: nullable(z.string()),
    requested_by_name: nullable(z.string()).describe("The person's name, or the connection's"),
    requested_by_full_name: nullable(z.string()).describe(
      "The asker with the app that asked: Ada Lovelace, through the app Night robot",
    ),
    status: Status,
    ...shownFields,
    truncated: z
      .array(z.enum(["metadata"]))
      .optional()
      .describe(
        "In a list: the fields that were set to null because the page would exceed 2 MB; read the request by its id for their values",
      ),
    callback_delivered: z.boolean().describe("Whether the callback was answered with a 2xx"),
    current_approvals: z.int(),
    auto_action_at: nullable(timestamp),
    comments_count: z.int(),
    sequence: z
      .int()
      .describe(
        "The number of its last event; a vote that sends it is refused if the request was changed since",
      ),
    created_at: timestamp,
    updated_at: timestamp,
    decided_at: nullable(timestamp),
    decided_by: nullable(id),
    decided_by_name: nullable(z.string()),
    decided_by_full_name: nullable(z.string()).describe(
      "The person with the machine that decided or withdrew it: Release pipeline, for Ada Lovelace",
    ),
    decided_via_connection_id: nullable(id).describe(
      "The connection that decided or withdrew it, if one did",
    ),
    decided_via_connection_name: nullable(z.string()),
    decided_via: nullable(Via).describe(
      "The credential that decided or withdrew it; null if it is pending or expired, or is older than this field",
    ),
    decision_reason: nullable(DecisionReason).describe(
      "The reason for its end: votes, automatic action, deadline, withdrawal or emergency stop; null: pending",
    ),
    decision_comment: nullable(z.string()),
    decision_source: nullable(z.string()).describe(
      "Where the decision was made, as its vote says; auto_rule: by the automatic action",
    ),
    auto_approved: z.boolean().describe("Whether the automatic action approved it"),
    cancelled_at: nullable(timestamp),
    url: z.string().describe("The URL of the page on which people decide"),
    warnings,
  })
  .meta({ id: "Approval", examples: [exampleApproval] });

const Pagination = z
  .object({ page: z.int(), page_size: z.int(), total: z.int(), total_pages: z.int() })
  .meta({ id: "Pagination" });

/** A page of a list. `total`, `page` and `page_size` are repeated at the top, for older clients. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    data: z.array(item),
    pagination: Pagination,
    total: z.int(),
    page: z.int(),
    page_size: z.int(),
    warnings: z.array(Warning).optional().describe("Warnings about incomplete items on this page"),
  });

export const listOf = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item) });

/** The result of a vote. With `full` it also has every other field of the request. */
export const Decided = Approval.partial()
  .extend({
    id,
    status: Status,
    decided_at: nullable(timestamp),
    decided_by: nullable(id),
    decided_by_name: nullable(z.string()),
    decided_via_connection_id: nullable(id),
    decided_via: nullable(Via),
    decision_comment: nullable(z.string()),
    required_approvals: z.int(),
    current_approvals: z.int(),
    callback_delivered: z.boolean(),
  })
  .meta({ id: "Decided", examples: [exampleDecided] });

export const Cancelled = z
  .object({ id, status: Status, cancelled_at: timestamp })
  .meta({ id: "Cancelled", examples: [exampleCancelled] });

export const Comment = z
  .object({
    id,
    approval_request_id: id,
    request_id: id.describe("The id of the request again, for clients that read this field"),
    user_id: nullable(id),
    connection_id: nullable(id),
    author_name: nullable(z.string()),
    author_full_name: nullable(z.string()).describe(
      "The author with the machine that commented: Ada Lovelace, through the app Night robot",
    ),
    via: nullable(Via).describe(
      "The credential of the comment; null if it is older than this field",
    ),
    body: z.string(),
    created_at: timestamp,
  })
  .meta({ id: "Comment", examples: [exampleComment] });

export const NewComment = Comment.extend({ warnings }).meta({
  id: "NewComment",
  examples: [exampleComment],
});

export const Step = z
  .object({
    id,
    approval_request_id: id,
    step_order: z.int(),
    name: nullable(z.string()),
    approver_id: nullable(id).describe("The assigned person, if there is exactly one"),
    assigned_user_ids: nullable(z.array(id)),
    assigned_team_id: nullable(id),
    assigned_role: nullable(Role),
    required_approvals: z.int(),
    status: z
      .enum(stepStatuses)
      .describe("pending: can be voted on now; waiting: an earlier step comes first"),
    decided_at: nullable(timestamp),
    decided_by: nullable(id),
  })
  .meta({ id: "Step", examples: [exampleStep] });

export const DecidedStep = z
  .object({
    id,
    status: z.enum(stepStatuses),
    decided_at: nullable(timestamp),
    decided_by: nullable(id),
    approval_request_id: id,
    request_status: Status,
  })
  .meta({ id: "DecidedStep" });

export const BatchResult = z
  .object({
    id: z.string(),
    success: z.boolean(),
    status: Status.optional(),
    error: z.string().optional(),
    code: z.string().optional(),
  })
  .meta({ id: "BatchResult" });

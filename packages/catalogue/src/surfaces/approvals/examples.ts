import { exampleFields } from "./request-fields.ts";

/** One story in examples of answers: a machine asks for a deploy, and Alice approves it. */

export const exampleIds = {
  request: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f04",
  alice: "019aa3f1-40bb-7e22-8a1b-4c5d6e7f8091",
  step: "019aa3f2-7d00-7a44-8c3d-6e7f80910213",
  comment: "019aa3f3-0c0d-7f33-9b2c-5d6e7f809102",
  delivery: "019aa3f5-6000-7166-8e5f-809102132435",
};
const requestId = exampleIds.request;
const aliceId = exampleIds.alice;
const organizationId = "019aa3f0-1b2c-7a3d-8e4f-5a6b7c8d9e0f";
const connectionId = "019aa3f1-22aa-7c11-9d0e-3f4a5b6c7d8e";

export const exampleApproval = {
  ...exampleFields,
  id: requestId,
  org_id: organizationId,
  connection_id: connectionId,
  connection_name: "Deploy pipeline",
  created_by: null,
  created_by_name: null,
  requested_by_name: "Deploy pipeline",
  requested_by_full_name: "Deploy pipeline",
  status: "approved",
  assigned_approvers: [aliceId],
  callback_delivered: true,
  current_approvals: 1,
  auto_action_at: null,
  comments_count: 1,
  sequence: 3,
  created_at: "2026-03-25T10:00:00.000Z",
  updated_at: "2026-03-25T10:04:12.000Z",
  decided_at: "2026-03-25T10:04:12.000Z",
  decided_by: aliceId,
  decided_by_name: "Alice Approver",
  decided_by_full_name: "Alice Approver",
  decided_via_connection_id: null,
  decided_via_connection_name: null,
  decided_via: { kind: "session", id: null, name: null },
  decision_reason: "vote",
  decision_comment: "Verified with the user.",
  decision_source: "page",
  auto_approved: false,
  cancelled_at: null,
  url: `https://sayso.example.com/requests/${requestId}`,
};

export const exampleDecided = {
  id: requestId,
  status: "approved",
  decided_at: "2026-03-25T10:04:12.000Z",
  decided_by: aliceId,
  decided_by_name: "Alice Approver",
  decided_via_connection_id: null,
  decided_via: { kind: "session", id: null, name: null },
  decision_comment: "Verified with the user.",
  required_approvals: 1,
  current_approvals: 1,
  callback_delivered: false,
};

export const exampleCancelled = {
  id: requestId,
  status: "cancelled",
  cancelled_at: "2026-03-25T10:04:12.000Z",
};

export const exampleComment = {
  id: exampleIds.comment,
  approval_request_id: requestId,
  request_id: requestId,
  user_id: aliceId,
  connection_id: null,
  author_name: "Alice Approver",
  author_full_name: "Alice Approver",
  via: { kind: "session", id: null, name: null },
  body: "The change window opens at ten.",
  created_at: "2026-03-25T10:02:30.000Z",
};

export const exampleStep = {
  id: exampleIds.step,
  approval_request_id: requestId,
  step_order: 1,
  name: "Operations",
  approver_id: aliceId,
  assigned_user_ids: [aliceId],
  assigned_team_id: null,
  assigned_role: null,
  required_approvals: 1,
  status: "approved",
  decided_at: "2026-03-25T10:04:12.000Z",
  decided_by: aliceId,
};

export const exampleEvent = {
  id: "019aa3f5-5e1f-7055-9d4e-7f8091021324",
  type: "approval.approved",
  sequence: 4,
  created_at: "2026-03-25T10:04:12.000Z",
  organization_id: organizationId,
  request_id: requestId,
  actor: { kind: "person", id: aliceId, name: "Alice Approver" },
  data: { reason: "vote", comment: "Verified with the user.", decided_by: aliceId },
  request: {
    id: requestId,
    title: "Deploy v2.4.0 to production",
    description: "Release includes a database migration",
    status: "approved" as const,
    priority: "high" as const,
    action_type: "deploy.production",
    source: "n8n",
    source_id: "workflow-42",
    source_name: "Release",
    source_url: "https://n8n.example.com/workflow/42",
    metadata: { version: "2.4.0" },
    created_by: null,
    connection_id: connectionId,
    created_at: "2026-03-25T10:00:00.000Z",
    expires_at: "2026-03-26T10:00:00.000Z",
    required_approvals: 1,
    decided_at: "2026-03-25T10:04:12.000Z",
    decided_by: { id: aliceId, name: "Alice Approver", email: "alice@example.com" },
    decided_via: { kind: "session" as const, id: null, name: null },
    decision_reason: "vote" as const,
    decision_comment: "Verified with the user.",
  },
};

export const exampleSubscription = {
  id: "019aa3f4-4f10-7a88-9c2d-708192031425",
  target_url: "https://example.com/sayso",
  event_types: ["approval.approved", "approval.rejected"],
  filter: { priority: ["high" as const, "critical" as const] },
  description: null,
  connection_id: connectionId,
  grant_id: null,
  person_id: null,
  failing_since: null,
  disabled_at: null,
  disabled_reason: null,
  created_at: "2026-03-25T10:03:00.000Z",
};

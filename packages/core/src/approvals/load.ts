import type { Pool } from "pg";
import { createBatcher, type Batched } from "../transactions/batcher.ts";
import { withRetries } from "../transactions/database-errors.ts";
import type { SealedSecrets } from "../deliveries/claim-deliveries.ts";
import type { Role } from "../actors/actor.ts";
import { credentialsOf, type Via } from "../actors/via.ts";
import type {
  Approver,
  Decision,
  RequestState,
  RequestStatus,
  StepState,
  StepStatus,
  VoteState,
} from "../state-machine/state.ts";
import type { Priority } from "../priority.ts";

/** A request as it is read for judging a command, with the facts that its callback carries. */
export interface LoadedRequest {
  state: RequestState;
  title: string;
  actionType: string | null;
  source: string | null;
  metadata: Record<string, unknown> | null;
  connectionId: string | null;
  createdBy: string | null;
  /** The credential that it was asked through, by the names of `credentialsOf`. Empty: the asker was signed in. */
  askedThrough: string[];
  callbackUrl: string | null;
  /** The secrets and headers that its callback is sent with. Only a pending request has them. */
  callbackSecrets: SealedSecrets;
  createdAt: Date;
  /** Says whether it changes an entity when it is approved (packages/core/src/changes). */
  isChange: boolean;
  /** Says whether everybody in the organization sees every request. */
  isOpen: boolean;
  /** Says whether the organization's emergency stop is on. */
  stopped: boolean;
  /** The database's clock when this was read. */
  now: Date;
  /** The person for whom it was loaded, as a member of this organization. Null: they are none. */
  member: Member | null;
}

export interface Member extends Approver {
  name: string;
  email: string | null;
}

export type LoadRequest = Batched<{ id: string; personId: string | null }, LoadedRequest | null>;

/** One of the three statements on the hot path. Requests that are loaded in the same tick share it. */
export interface RequestLoader {
  loadRequest: LoadRequest;
}

/** Reads requests for judging. Those that are wanted in the same tick share one statement. */
export function createLoader(app: Pool): LoadRequest {
  return createBatcher(async (organizationId, items) => {
    const { rows } = await withRetries(() =>
      app.query<{ state: StoredState; isOpen: boolean }>({
        name: "load_requests",
        // The subselect runs once for all rows, after the function has set the transaction's organization.
        text: `select state, (select requests_are_open()) as "isOpen" from load_requests($1, $2, $3)`,
        values: [organizationId, items.map((i) => i.id), items.map((i) => i.personId)],
      }),
    );
    const found = new Map(
      rows.map((row) => [`${row.state.id} ${row.state.wanted_for ?? ""}`, row]),
    );
    return items.map((item) => {
      const stored = found.get(`${item.id} ${item.personId ?? ""}`);
      return stored ? { ...readState(stored.state), isOpen: stored.isOpen } : null;
    });
  });
}

interface StoredState {
  id: string;
  wanted_for: string | null;
  version: number;
  status: RequestStatus;
  priority: Priority;
  title: string;
  action_type: string | null;
  source: string | null;
  metadata: Record<string, unknown> | null;
  connection_id: string | null;
  created_by: string | null;
  connection_owner_id: string | null;
  callback_url: string | null;
  /** Base64, as are the next two. */
  callback_headers: string | null;
  webhook_secret: string | null;
  previous_webhook_secret: string | null;
  required_approvals: number;
  current_approvals: number;
  required_steps: number | null;
  is_sequential: boolean;
  is_change: boolean;
  assigned_approvers: string[] | null;
  assigned_team_id: string | null;
  require_rejection_reason: boolean;
  expires_at: string | null;
  auto_action: Decision | null;
  auto_action_at: string | null;
  rule: { is_templates: boolean; author: StoredApprover | null } | null;
  event_sequence: number;
  comments_count: number;
  decided_at: string | null;
  decided_by: string | null;
  decided_via_connection_id: string | null;
  decided_via: Via | null;
  /** The way in which it was asked, from the first event. Null: the request is older than this field. */
  asked_via: Via | null;
  /** The names of `askersOf`. Null: the request is older than this field and was not changed since. */
  askers: string[] | null;
  decision_comment: string | null;
  decision_source: string | null;
  created_at: string;
  now: string;
  four_eyes: boolean;
  stopped: boolean;
  steps: StoredStep[] | null;
  votes: { step_id: string; person_id: string; decision: Decision }[] | null;
  member: (StoredApprover & { name: string; email: string | null }) | null;
}

interface StoredApprover {
  person_id: string;
  role: Role;
  can_approve: boolean;
  team_ids: string[] | null;
}

interface StoredStep {
  id: string;
  step_order: number;
  name: string | null;
  status: StepStatus;
  required_approvals: number;
  assigned_user_ids: string[] | null;
  assigned_team_id: string | null;
  assigned_role: Role | null;
  needs_each: boolean;
  decided_at: string | null;
  decided_by: string | null;
}

const readBytes = (text: string | null): Buffer | null =>
  text === null ? null : Buffer.from(text, "base64");

const readDate = (text: string | null): Date | null => (text === null ? null : new Date(text));

const readStep = (step: StoredStep): StepState => ({
  id: step.id,
  order: step.step_order,
  name: step.name,
  status: step.status,
  requiredApprovals: step.required_approvals,
  assignedUserIds: step.assigned_user_ids,
  assignedTeamId: step.assigned_team_id,
  assignedRole: step.assigned_role,
  needsEach: step.needs_each,
  decidedAt: readDate(step.decided_at),
  decidedBy: step.decided_by,
});

const readApprover = (stored: StoredApprover): Approver => ({
  personId: stored.person_id,
  role: stored.role,
  canApprove: stored.can_approve,
  teamIds: stored.team_ids ?? [],
});

const readAskedThrough = ({ connection_id, asked_via }: StoredState): string[] => [
  ...new Set([
    ...(connection_id === null ? [] : [`connection ${connection_id}`]),
    ...credentialsOf(asked_via),
  ]),
];

function readState(stored: StoredState): Omit<LoadedRequest, "isOpen"> {
  // A person who asked through an app asked themselves. A machine asked for the person who answers for it.
  const requesterIds = [stored.created_by ?? stored.connection_owner_id].filter(
    (id) => id !== null,
  );
  const votes: VoteState[] = (stored.votes ?? []).map((v) => ({
    stepId: v.step_id,
    personId: v.person_id,
    decision: v.decision,
  }));
  return {
    state: {
      id: stored.id,
      version: stored.version,
      status: stored.status,
      priority: stored.priority,
      requiredApprovals: stored.required_approvals,
      currentApprovals: stored.current_approvals,
      requiredSteps: stored.required_steps,
      isSequential: stored.is_sequential,
      assignedApprovers: stored.assigned_approvers,
      assignedTeamId: stored.assigned_team_id,
      requireRejectionReason: stored.require_rejection_reason,
      expiresAt: readDate(stored.expires_at),
      autoAction: stored.auto_action,
      autoActionAt: readDate(stored.auto_action_at),
      rule: stored.rule && {
        isTemplates: stored.rule.is_templates,
        author: stored.rule.author && readApprover(stored.rule.author),
      },
      eventSequence: stored.event_sequence,
      commentsCount: stored.comments_count,
      decidedAt: readDate(stored.decided_at),
      decidedBy: stored.decided_by,
      decidedViaConnectionId: stored.decided_via_connection_id,
      decidedVia: stored.decided_via,
      decisionComment: stored.decision_comment,
      decisionSource: stored.decision_source,
      steps: (stored.steps ?? []).map(readStep),
      votes,
      requesterIds,
      askers: [...new Set([...readAskedThrough(stored), ...(stored.askers ?? [])])],
      fourEyes: stored.four_eyes,
    },
    title: stored.title,
    actionType: stored.action_type,
    source: stored.source,
    metadata: stored.metadata,
    connectionId: stored.connection_id,
    createdBy: stored.created_by,
    askedThrough: readAskedThrough(stored),
    callbackUrl: stored.callback_url,
    callbackSecrets: {
      headers: readBytes(stored.callback_headers),
      secret: readBytes(stored.webhook_secret),
      previousSecret: readBytes(stored.previous_webhook_secret),
    },
    createdAt: new Date(stored.created_at),
    isChange: stored.is_change,
    stopped: stored.stopped,
    now: new Date(stored.now),
    member: stored.member && {
      ...readApprover(stored.member),
      name: stored.member.name,
      email: stored.member.email,
    },
  };
}

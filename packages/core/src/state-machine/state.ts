import type { Role } from "../actors/actor.ts";
import type { Via } from "../actors/via.ts";
import type { Priority } from "../priority.ts";
import type { ApprovingRule } from "./vote-ahead.ts";

export const requestStatuses = ["pending", "approved", "rejected", "cancelled", "expired"] as const;
export type RequestStatus = (typeof requestStatuses)[number];

/** On what grounds a request ended; the same status can have several. */
export type DecisionReason = "vote" | "auto_action" | "expired" | "cancelled" | "emergency_stop";

export type StepStatus = "waiting" | "active" | "approved" | "rejected" | "skipped";
export type Decision = "approve" | "reject";

/** One stage of a decision: so many approvals by these people. */
export interface StepState {
  id: string;
  /** Steps with the same order run side by side. */
  order: number;
  name: string | null;
  status: StepStatus;
  requiredApprovals: number;
  /** Whoever may vote: these people, this team, this role and above; all null: everybody who may approve. */
  assignedUserIds: string[] | null;
  assignedTeamId: string | null;
  assignedRole: Role | null;
  /** Each of the people whom it names has to approve: nobody does in their place. */
  needsEach: boolean;
  decidedAt: Date | null;
  decidedBy: string | null;
}

export interface VoteState {
  stepId: string;
  personId: string;
  decision: Decision;
}

/** All that the state machine needs to know of a request, and all that a commit writes back. */
export interface RequestState {
  id: string;
  /** Compare-and-set: a commit succeeds only while the stored version is still this one. */
  version: number;
  status: RequestStatus;
  priority: Priority;
  /** Σ of the steps' quorums where there are steps. */
  requiredApprovals: number;
  currentApprovals: number;
  /** How many steps must be approved; null where the request has no explicit steps. */
  requiredSteps: number | null;
  isSequential: boolean;
  assignedApprovers: string[] | null;
  assignedTeamId: string | null;
  requireRejectionReason: boolean;
  expiresAt: Date | null;
  autoAction: Decision | null;
  autoActionAt: Date | null;
  /** By which rule it approves itself; null: it does not. */
  rule: ApprovingRule | null;
  /** The last event's number within this request. */
  eventSequence: number;
  commentsCount: number;
  decidedAt: Date | null;
  decidedBy: string | null;
  decidedViaConnectionId: string | null;
  /** Through what it was decided or withdrawn; null while it is pending, and where nobody did (`expired`, a stop). */
  decidedVia: Via | null;
  decisionComment: string | null;
  decisionSource: string | null;
  /** Explicit steps by order; empty where the request is decided as a whole. */
  steps: StepState[];
  /** Votes that count (a revision voids them). */
  votes: VoteState[];
  /** Whose request it is: the person's, or the present owner's of the connection, that made it. */
  requesterIds: string[];
  /**
   * Whoever asked it, changed it, or gave it other steps, by the names of `askersOf`: people, and the credentials that they
   * did it through. No such credential decides it; under four eyes no such person does.
   */
  askers: string[];
  /** Whether the organization forbids people to decide what they asked for. */
  fourEyes: boolean;
}

/** A person as the state machine sees them, with what they may do at this moment. */
export interface Approver {
  personId: string;
  role: Role;
  canApprove: boolean;
  teamIds: string[];
  /** An app votes in their name (OAuth): on what is theirs, not, as an admin could, on what is others'. */
  throughApp?: boolean;
}

/** An approver who votes, through something. */
export interface Voter extends Approver {
  via: Via;
  /** The connection that votes in this person's name, if it is not they themselves. */
  connectionId: string | null;
  /** The connection's owner agreed that it decides what was asked through it. */
  mayDecideOwn?: boolean;
}

/** What happened to a request, in the past tense; `data` is what the audit trail and webhooks carry. */
export interface RequestEvent {
  type:
    | "approval.created"
    | "approval.vote_cast"
    | "approval.step_activated"
    | "approval.step_decided"
    | "approval.approved"
    | "approval.rejected"
    | "approval.cancelled"
    | "approval.expired"
    | "approval.commented"
    | "approval.steps_replaced"
    | "approval.delegated"
    | "approval.auto_action_dropped"
    | "approval.revised";
  data: Record<string, unknown>;
}

export const isOpen = (step: StepState): boolean =>
  step.status === "waiting" || step.status === "active";

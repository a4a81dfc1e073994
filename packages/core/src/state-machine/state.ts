import type { Role } from "../actors/actor.ts";
import type { Via } from "../actors/via.ts";
import type { RequestRow } from "../requests/columns.ts";
import type { Decision } from "../requests/values.ts";
import type { ApprovingRule } from "./vote-ahead.ts";

export type StepStatus = "waiting" | "active" | "approved" | "rejected" | "skipped";

/** One step: its approvers and its quorum. */
export interface StepState {
  id: string;
  /** Steps of the same order run at once. */
  order: number;
  name: string | null;
  status: StepStatus;
  requiredApprovals: number;
  /**
   * The people who can vote on it. They come from this field and the next two: these people, this team, this role and
   * above. All three null: everybody who may approve.
   */
  assignedUserIds: string[] | null;
  assignedTeamId: string | null;
  assignedRole: Role | null;
  /** Says whether each person whom the step names must approve. Nobody approves in their place. */
  needsEach: boolean;
  /**
   * Says whether the step is one place of a quorum of named people who approve in order. All such steps of a request
   * are one quorum: each needs the approval of a different person.
   */
  isOfQuorum: boolean;
  decidedAt: Date | null;
  decidedBy: string | null;
}

export interface VoteState {
  stepId: string;
  personId: string;
  decision: Decision;
  /** The connection that cast it in the person's name. */
  connectionId?: string | null;
  /**
   * True: the person may approve no more, so it counts for no quorum. It stands there until `void_votes` voids it, which
   * only a process of an earlier release leaves undone.
   */
  isLost?: boolean;
}

/** The columns that the state machine judges by, or changes. */
export const judgedNames = [
  "id",
  "version",
  "status",
  "priority",
  "requiredApprovals",
  "currentApprovals",
  "requiredSteps",
  "isSequential",
  "stepsAtOnce",
  "assignedApprovers",
  "assignedTeamId",
  "requireRejectionReason",
  "expiresAt",
  "autoAction",
  "autoActionAt",
  "eventSequence",
  "commentsCount",
  "decidedAt",
  "decidedBy",
  "decidedViaConnectionId",
  "decidedVia",
  "decisionComment",
  "decisionSource",
] as const satisfies (keyof RequestRow)[];

type JudgedRow = Pick<RequestRow, (typeof judgedNames)[number]>;

/** Everything that the state machine needs to know about a request, and everything that a commit writes back. */
export interface RequestState extends JudgedRow {
  /** The rule for the request's automatic approval. Null: it has none. */
  rule: ApprovingRule | null;
  /** The explicit steps by order. Empty: the request is decided as a whole. */
  steps: StepState[];
  /** The votes that count. A revision voids them. */
  votes: VoteState[];
  /** The person whose request it is: the one who made it, or the present owner of the connection that made it. */
  requesterIds: string[];
  /**
   * Everybody who asked, revised the request or replaced its steps, by the names of `askersOf`: people, and the
   * credentials that they used for it. None of these credentials decides it. Under four eyes none of these people does.
   */
  askers: string[];
  /** Says whether the organization forbids people to decide what they asked for. */
  fourEyes: boolean;
}

/** A person as the state machine sees them, with the rights that they have at this moment. */
export interface Approver {
  personId: string;
  role: Role;
  canApprove: boolean;
  teamIds: string[];
  /**
   * Says whether a machine votes in their name: a connection or an app. A machine votes where the person is named, in
   * the team, or anybody may, and not by the rank of an admin or owner.
   */
  throughMachine?: boolean;
}

/** An approver who votes, and the way in which the vote comes. */
export interface Voter extends Approver {
  via: Via;
  /** The connection that votes in this person's name. Null: they vote themselves. */
  connectionId: string | null;
  /** Says whether the connection's owner agreed that it decides what was asked through it. */
  mayDecideOwn?: boolean;
}

/** An event of a request, in the past tense. The audit trail and webhooks carry its `data`. */
export interface RequestEvent {
  type:
    | "approval.created"
    | "approval.vote_cast"
    | "approval.vote_voided"
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

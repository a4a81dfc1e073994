import type { Role } from "../actors/actor.ts";
import { asAsker, credentialsOf, type Via } from "../actors/via.ts";
import { accept, refuse, type Command, type Judgement } from "./judgement.ts";
import { hasVotedInQuorum, refuseSecondApproval } from "./quorum-steps.ts";
import {
  isOpen,
  type Approver,
  type RequestEvent,
  type RequestState,
  type StepState,
  type Voter,
  type VoteState,
} from "./state.ts";
import type { Decision, DecisionReason } from "../requests/values.ts";

type VoteCommand = Extract<Command, { kind: "vote" }>;

/**
 * Judges a vote, and settles what follows from it: the step, the steps after it, the request. A vote can replace the
 * voter's own earlier one on a step that is still active. Only an approval is ever replaced, and only by a rejection,
 * because a rejection ends its request. So a change of a vote never approves anything.
 */
export function castVote(state: RequestState, command: VoteCommand, now: Date): Judgement {
  const { voter, decision } = command;
  if (asksThemselves(state, voter.personId)) {
    return refuse(
      "forbidden",
      "own_request",
      "You asked for this, or changed it, so somebody else must decide it",
    );
  }
  if (wasAskedThrough(state, voter)) return refuseAskedThrough(voter);
  const found = findStep(state, command);
  if ("refusal" in found) return found;
  const { step } = found;
  const earlier = state.votes.find(isBy(voter.personId, step.id));
  if (earlier && !(command.replaces && earlier.decision !== decision)) {
    return refuse("conflict", "already_voted", "You have already voted on this step");
  }
  if (!earlier && command.replaces) {
    return refuseNotVoted();
  }
  if (decision === "approve" && hasVotedInQuorum(state, step, voter.personId))
    return refuseSecondApproval(state);
  if (decision === "reject" && state.requireRejectionReason && !command.comment?.trim()) {
    return refuse(
      "validation_failed",
      "reason_required",
      "comment is required: this request asks for a reason when it is rejected",
      {
        fields: [{ field: "comment", message: "Say why you reject this" }],
      },
    );
  }

  const vote = {
    stepId: step.id,
    personId: voter.personId,
    decision,
    connectionId: voter.connectionId,
    via: voter.via,
    comment: command.comment,
    source: command.source,
    replaces: earlier !== undefined,
  };
  const votes = [
    ...state.votes.filter((other) => other !== earlier),
    {
      stepId: step.id,
      personId: voter.personId,
      decision,
      ...(voter.connectionId !== null && { connectionId: voter.connectionId }),
    },
  ];
  const cast: RequestEvent = {
    type: "approval.vote_cast",
    data: {
      step_id: isExplicit(state, step) ? step.id : null,
      person_id: voter.personId,
      connection_id: voter.connectionId,
      via: voter.via,
      decision,
      comment: command.comment,
      source: command.source,
      ...(earlier && { replaced: earlier.decision }),
    },
  };
  const currentApprovals =
    state.currentApprovals + countOf(decision) - (earlier ? countOf(earlier.decision) : 0);
  const voted: RequestState = { ...state, votes, currentApprovals };
  const approvals = votes.filter(
    (v) => v.stepId === step.id && v.decision === "approve" && !v.isLost,
  ).length;
  if (decision === "approve" && approvals < step.requiredApprovals) {
    return accept(voted, [cast], { votes: [vote] });
  }
  const outcome = settleStep(voted, step, command, now);
  return accept(outcome.next, [cast, ...outcome.events], {
    votes: [vote],
    stepsChanged: state.steps.length > 0,
  });
}

const countOf = (decision: Decision): number => (decision === "approve" ? 1 : 0);

/** Marks the decided step, activates the steps that come next, and ends the request if it needs no more. */
function settleStep(state: RequestState, step: StepState, command: VoteCommand, now: Date) {
  const status = command.decision === "approve" ? ("approved" as const) : ("rejected" as const);
  const by = command.voter.personId;
  const events: RequestEvent[] = [];
  let steps = state.steps.map((s) =>
    s.id === step.id ? { ...s, status, decidedAt: now, decidedBy: by } : s,
  );
  if (isExplicit(state, step))
    events.push({
      type: "approval.step_decided",
      data: { step_id: step.id, status, decided_by: by },
    });

  const approvedSteps = steps.filter((s) => s.status === "approved").length;
  const needed = state.requiredSteps;
  const isEnded = status === "rejected" || needed === null || approvedSteps >= needed;
  if (!isEnded) {
    const activated = activateNext(steps, state.isSequential);
    const news = activated.filter(
      (s, i) => s.status === "active" && steps[i]?.status === "waiting",
    );
    return {
      next: { ...state, steps: activated },
      events: [
        ...events,
        ...news.map((s): RequestEvent => ({
          type: "approval.step_activated",
          data: { step_id: s.id },
        })),
      ],
    };
  }
  steps = steps.map((s) => (isOpen(s) ? { ...s, status: "skipped" as const } : s));
  const next: RequestState = {
    ...state,
    status,
    steps,
    decidedAt: now,
    decidedBy: by,
    decidedViaConnectionId: command.voter.connectionId,
    decidedVia: command.voter.via,
    decisionComment: command.comment,
    decisionSource: command.source,
  };
  const data = {
    reason: "vote" satisfies DecisionReason,
    decided_by: by,
    via_connection_id: command.voter.connectionId,
    via: command.voter.via,
    comment: command.comment,
  };
  return { next, events: [...events, { type: `approval.${status}` as const, data }] };
}

/** Activates every step whose turn it is: all of them where steps run at once, else those of the lowest open order. */
export function activateNext(steps: StepState[], isSequential: boolean): StepState[] {
  const orders = steps.filter(isOpen).map((s) => s.order);
  const lowest = Math.min(...orders);
  return steps.map((s) =>
    s.status === "waiting" && (!isSequential || s.order === lowest)
      ? { ...s, status: "active" }
      : s,
  );
}

/**
 * Finds the step that a vote is for. With a step id: that step, if the voter is assigned to it or an admin. Without
 * one: the first active step that the voter is assigned to and hasn't voted on, so that nobody votes out of turn.
 */
function findStep(
  state: RequestState,
  command: VoteCommand,
): { step: StepState } | ReturnType<typeof refuse> {
  const { voter, stepId } = command;
  if (!voter.canApprove)
    return refuse(
      "forbidden",
      "not_eligible",
      "You may not approve or reject requests in this organization",
    );
  if (stepId !== null) {
    const step = state.steps.find((s) => s.id === stepId);
    if (!step) return refuse("not_found", "step_not_found", "Step not found");
    if (step.status !== "active") {
      return refuse("invalid_state", "step_not_active", stepNotActive(step), {
        step_status: step.status,
      });
    }
    if (!isAssigned(step, voter)) {
      if (!mayOverride(voter))
        return refuse("forbidden", "not_eligible", "You are not an approver of this step");
      if (step.needsEach && command.decision === "approve")
        return refuse(
          "forbidden",
          "not_eligible",
          "This step needs the approval of each person whom it names, and nobody approves in their place",
        );
    }
    return { step };
  }
  if (state.steps.length === 0) {
    const step = wholeRequest(state);
    return isAssigned(step, voter) || mayOverride(voter)
      ? { step }
      : refuse("forbidden", "not_eligible", "You are not an approver of this request");
  }
  const mine = state.steps.filter((s) => isAssigned(s, voter));
  const isDue = (s: StepState) =>
    hasVoted(state, s.id, voter.personId) === (command.replaces ?? false);
  const step = mine.find((s) => s.status === "active" && isDue(s));
  if (step) return { step };
  if (mine.some((s) => s.status === "active"))
    return command.replaces
      ? refuseNotVoted()
      : refuse("conflict", "already_voted", "You have already voted on your step");
  return refuse(
    "invalid_state",
    "no_active_step",
    mine.some((s) => s.status === "waiting")
      ? "Your step is not active yet: an earlier step has to be approved first"
      : "This request is decided step by step, and none of its active steps is yours",
  );
}

const stepNotActive = (step: StepState): string =>
  step.status === "waiting"
    ? "This step is not active yet: an earlier step has to be approved first"
    : `This step is already ${step.status}`;

const refuseNotVoted = () =>
  refuse("conflict", "not_voted", "You have no vote here that could be changed");

const isExplicit = (state: RequestState, step: StepState): boolean => step.id !== state.id;

/**
 * Says whether four eyes forbid this person's vote: they asked, or they are among those who revised it or replaced its
 * steps.
 */
export const asksThemselves = (
  state: Pick<RequestState, "fourEyes" | "requesterIds" | "askers">,
  personId: string,
): boolean =>
  state.fourEyes &&
  (state.requesterIds.includes(personId) || state.askers.includes(asAsker(personId)));

/**
 * Says whether the voter comes through the very app, connection or token that asked. A credential that asks must not
 * also approve, with or without four eyes. A connection can where its owner agreed to exactly that, but not a request
 * that its app asked in another person's name.
 */
const wasAskedThrough = (state: RequestState, voter: Voter): boolean =>
  !(voter.mayDecideOwn && state.requesterIds.includes(voter.personId)) &&
  credentialsOf(voter.via).some((credential) => state.askers.includes(credential));

const throughWhat: Partial<Record<Via["kind"], string>> = {
  token: "this personal token",
  app: "the app that you use now",
  connection: "this connection",
};

const refuseAskedThrough = ({ via }: Voter): ReturnType<typeof refuse> =>
  refuse(
    "forbidden",
    "asked_through_this",
    `This was asked through ${throughWhat[via.kind] ?? "this credential"}, which can't decide it as well. Somebody who may approve can, signed in to Sayso, on the page of this request`,
  );

const isBy =
  (personId: string, stepId: string) =>
  (vote: VoteState): boolean =>
    vote.stepId === stepId && vote.personId === personId;

const hasVoted = (state: RequestState, stepId: string, personId: string): boolean =>
  state.votes.some(isBy(personId, stepId));

/** Returns a request without explicit steps as one step: itself. Its votes carry the request's id as step id. */
export function wholeRequest(
  state: Pick<RequestState, "id" | "requiredApprovals" | "assignedApprovers" | "assignedTeamId">,
): StepState {
  return {
    id: state.id,
    order: 1,
    name: null,
    status: "active",
    requiredApprovals: state.requiredApprovals,
    assignedUserIds: state.assignedApprovers,
    assignedTeamId: state.assignedTeamId,
    assignedRole: null,
    needsEach: false,
    isOfQuorum: false,
    decidedAt: null,
    decidedBy: null,
  };
}

/**
 * Returns the rank by which an approver may vote: their role, or `member` where a machine votes in their name. It is the
 * one place that says so for connections and apps alike: nobody hands a machine the organization.
 */
const rankOf = ({ role, throughMachine }: Approver): Role => (throughMachine ? "member" : role);

/** Says whether the voter can vote on steps of others, as an admin. */
const mayOverride = (voter: Approver): boolean => rankOf(voter) !== "member";

const rank = { member: 0, admin: 1, owner: 2 } as const;

/**
 * Says whether the step is the voter's: they are named, in the team, or of the role or above. An unassigned step is
 * everybody's. Through a machine nobody counts as more than a member.
 */
export function isAssigned(step: StepState, voter: Approver): boolean {
  if (!voter.canApprove) return false;
  if (!step.assignedUserIds && !step.assignedTeamId && !step.assignedRole) return true;
  return (
    (step.assignedUserIds?.includes(voter.personId) ?? false) ||
    (step.assignedTeamId !== null && voter.teamIds.includes(step.assignedTeamId)) ||
    (step.assignedRole !== null && rank[rankOf(voter)] >= rank[step.assignedRole])
  );
}

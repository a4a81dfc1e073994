import { activateNext } from "./cast-vote.ts";
import { accept, refuse, type Command, type Judgement } from "./judgement.ts";
import type { RequestEvent, RequestState, StepState } from "./state.ts";

/** The reason why a vote no longer counts although its request was not revised. */
export const voidReasons = ["person_removed", "person_disabled", "right_to_approve_lost"] as const;
export type VoidReason = (typeof voidReasons)[number];

/**
 * Voids the votes of a person who may approve no more. A step that loses its quorum is active again. In a sequence the
 * later steps then wait, also one that was active; a step that others approved stays approved. The request stays
 * pending: fewer votes decide nothing.
 */
export function voidVotes(
  state: RequestState,
  { personId, reason }: Extract<Command, { kind: "void_votes" }>,
): Judgement {
  const lost = state.votes.filter((vote) => vote.personId === personId);
  if (lost.length === 0)
    return refuse("conflict", "not_voted", "This person has no vote here that counts");
  const votes = state.votes.filter((vote) => vote.personId !== personId);
  const steps = reopenSteps(state, votes);
  const reopened = steps.filter(
    (step, i) => step.status === "active" && state.steps[i]?.status !== "active",
  );
  const approvals = lost.filter(({ decision }) => decision === "approve").length;
  return accept(
    { ...state, votes, steps, currentApprovals: state.currentApprovals - approvals },
    [
      ...lost.map((vote): RequestEvent => ({
        type: "approval.vote_voided",
        data: {
          step_id: vote.stepId === state.id ? null : vote.stepId,
          person_id: personId,
          connection_id: vote.connectionId ?? null,
          decision: vote.decision,
          reason,
        },
      })),
      ...reopened.map((step): RequestEvent => ({
        type: "approval.step_activated",
        data: { step_id: step.id },
      })),
    ],
    { stepsChanged: steps !== state.steps, voidsVotesOf: { personId, reason } },
  );
}

/** Returns the steps as these votes leave them. */
function reopenSteps(
  { steps, isSequential }: RequestState,
  votes: RequestState["votes"],
): StepState[] {
  const countOf = (step: StepState) =>
    votes.filter((vote) => vote.stepId === step.id && vote.decision === "approve").length;
  const isUndone = (step: StepState) =>
    step.status === "approved" && countOf(step) < step.requiredApprovals;
  if (!steps.some(isUndone)) return steps;
  const waiting = steps.map((step): StepState =>
    isUndone(step) || step.status === "active"
      ? { ...step, status: "waiting", decidedAt: null, decidedBy: null }
      : step,
  );
  return activateNext(waiting, isSequential);
}

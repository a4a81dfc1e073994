import {
  activateNext,
  asksThemselves,
  hasVoted,
  isAssigned,
  refuseAskedThrough,
  wasAskedThrough,
  wholeRequest,
} from "./cast-vote.ts";
import { accept, refuse, type Command, type Judgement } from "./judgement.ts";
import { isOpen, type RequestState, type StepState } from "./state.ts";
import { dropRule, endsRule } from "./vote-ahead.ts";

/**
 * Replaces the present steps by others, only before the first vote. They run in order, unless the asker wrote that they
 * run at once.
 */
export function replaceSteps(
  state: RequestState,
  { steps, via, askers }: Extract<Command, { kind: "replace_steps" }>,
): Judgement {
  if (steps.length === 0) return refuse("validation_failed", "no_steps", "Name at least one step");
  if (state.votes.length > 0) {
    return refuse(
      "invalid_state",
      "votes_cast",
      "Steps can be replaced only before the first vote",
    );
  }
  // The rule's author approved ahead what other people were asked.
  const dropped = state.autoAction === "approve" ? dropRule(state, "steps_replaced") : null;
  const asked = askedAlsoBy(dropped?.next ?? state, askers);
  const next = withSteps({ ...asked, isSequential: !state.stepsAtOnce }, steps);
  const activated = next.steps.filter((s) => s.status === "active");
  return accept(
    next,
    [
      { type: "approval.steps_replaced", data: { step_ids: next.steps.map((s) => s.id), via } },
      ...(dropped ? [dropped.event] : []),
      ...activated.map((s) => ({
        type: "approval.step_activated" as const,
        data: { step_id: s.id },
      })),
    ],
    { stepsChanged: true },
  );
}

/** Adds people and credentials to the askers: who changes the question, or who is asked, counts as an asker. */
const askedAlsoBy = (state: RequestState, askers: readonly string[]): RequestState => ({
  ...state,
  askers: [...new Set([...state.askers, ...askers])],
});

/**
 * Returns the request with these steps in their first state: those of the lowest order active, or all where steps run
 * at once.
 */
function withSteps(
  state: RequestState,
  steps: StepState[],
  requiredSteps = steps.length,
): RequestState {
  return {
    ...state,
    steps: withFirstStepsActive(steps, state.isSequential),
    requiredSteps,
    requiredApprovals:
      requiredSteps < steps.length
        ? requiredSteps
        : steps.reduce((sum, s) => sum + s.requiredApprovals, 0),
  };
}

/**
 * Returns the steps by order and in their first state: those of the lowest order active, or all where steps run at
 * once.
 */
export function withFirstStepsActive(steps: StepState[], isSequential: boolean): StepState[] {
  const ordered = steps
    .map((s): StepState => ({ ...s, status: "waiting", decidedAt: null, decidedBy: null }))
    .sort((a, b) => a.order - b.order);
  return activateNext(ordered, isSequential);
}

/**
 * Gives the voter's place in a step to another person, who then votes instead of them. The step never has fewer people
 * who can vote than before, so a quorum that was in reach stays in reach.
 */
export function delegateVote(
  state: RequestState,
  command: Extract<Command, { kind: "delegate" }>,
): Judgement {
  const { voter, to, stepId } = command;
  if (!voter.canApprove)
    return refuse(
      "forbidden",
      "not_eligible",
      "You may not approve or reject requests in this organization",
    );
  if (wasAskedThrough(state, voter)) return refuseAskedThrough(voter);
  const steps = state.steps.length > 0 ? state.steps : [wholeRequest(state)];
  const step = steps.find((s) =>
    stepId === null ? s.status === "active" && isNamed(s, voter.personId) : s.id === stepId,
  );
  if (!step) {
    return stepId === null
      ? refuse(
          "forbidden",
          "not_assigned",
          "Only somebody who was named as approver can hand their vote on",
        )
      : refuse("not_found", "step_not_found", "Step not found");
  }
  if (!isOpen(step))
    return refuse("invalid_state", "step_not_active", `This step is already ${step.status}`);
  if (!isNamed(step, voter.personId)) {
    return refuse(
      "forbidden",
      "not_assigned",
      "Only somebody who was named as approver can hand their vote on",
    );
  }
  if (hasVoted(state, step.id, voter.personId)) {
    return refuse("conflict", "already_voted", "You have already voted on this step");
  }
  if (
    !to.canApprove ||
    isAssigned(step, to) ||
    hasVoted(state, step.id, to.personId) ||
    asksThemselves(state, to.personId)
  ) {
    return refuse(
      "conflict",
      "not_eligible",
      "That person can't take your vote: they may not approve this, or have a vote here already",
    );
  }
  const assignedUserIds =
    step.assignedUserIds?.map((id) => (id === voter.personId ? to.personId : id)) ?? null;
  const event = {
    type: "approval.delegated" as const,
    data: {
      step_id: step.id === state.id ? null : step.id,
      from: voter.personId,
      to: to.personId,
      via: voter.via,
    },
  };
  if (step.id === state.id)
    return accept({ ...state, assignedApprovers: assignedUserIds }, [event]);
  const changed = state.steps.map((s) => (s.id === step.id ? { ...s, assignedUserIds } : s));
  return accept({ ...state, steps: changed }, [event], { stepsChanged: true });
}

const isNamed = (step: StepState, personId: string): boolean =>
  step.assignedUserIds?.includes(personId) ?? false;

/** Changes what a pending request says. All votes become void, because people cast them on a different question. */
export function reviseRequest(
  state: RequestState,
  { changes, via, askers }: Extract<Command, { kind: "revise" }>,
): Judgement {
  const voided = state.votes.length;
  const dropped = endsRule(state, askers, changes) ? dropRule(state, "revised") : null;
  const asked = askedAlsoBy(dropped?.next ?? state, askers);
  const restarted =
    state.steps.length > 0
      ? withSteps(asked, state.steps, state.requiredSteps ?? state.steps.length)
      : asked;
  const activated = restarted.steps.filter(
    (s, i) => s.status === "active" && state.steps[i]?.status !== "active",
  );
  return accept(
    { ...restarted, votes: [], currentApprovals: 0 },
    [
      {
        type: "approval.revised",
        data: { fields: Object.keys(changes), votes_voided: voided, via },
      },
      ...(dropped ? [dropped.event] : []),
      ...activated.map((s) => ({
        type: "approval.step_activated" as const,
        data: { step_id: s.id },
      })),
    ],
    { stepsChanged: state.steps.length > 0, votesVoided: voided > 0 },
  );
}

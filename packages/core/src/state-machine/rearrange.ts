import { activateNext } from "./cast-vote.ts";
import { accept, refuse, type Command, type Judgement } from "./judgement.ts";
import type { RequestState, StepState } from "./state.ts";
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

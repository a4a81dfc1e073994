import { refuse } from "./judgement.ts";
import type { RequestState, StepState } from "./state.ts";

/** Returns the other steps of the quorum that a step is part of. Empty: the step is no part of one. */
const othersOf = ({ steps }: RequestState, step: StepState): StepState[] =>
  step.isOfQuorum ? steps.filter(({ id, isOfQuorum }) => isOfQuorum && id !== step.id) : [];

/** Says whether this person has a vote that counts on another step of the step's quorum. */
export const hasVotedInQuorum = (
  state: RequestState,
  step: StepState,
  personId: string,
): boolean => {
  const others = new Set(othersOf(state, step).map(({ id }) => id));
  return state.votes.some((vote) => vote.personId === personId && others.has(vote.stepId));
};

/** The refusal of a second approval by one person in a quorum. */
export const refuseSecondApproval = ({ requiredSteps, steps }: RequestState) =>
  refuse(
    "conflict",
    "already_voted",
    `You have already approved another step, and this request needs the approvals of ${requiredSteps ?? steps.length} different people: somebody else must approve this step`,
  );

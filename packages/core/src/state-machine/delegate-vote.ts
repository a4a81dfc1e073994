import type { Via } from "../actors/via.ts";
import { castVote, isAssigned, wholeRequest } from "./cast-vote.ts";
import { accept, refuse, type Command, type Judgement } from "./judgement.ts";
import type { Approver, RequestState, StepState, Voter } from "./state.ts";

/** The other person will vote by themselves, whatever the credential that delegates. */
const signedIn: Via = { kind: "session", id: null, name: null };

/**
 * Gives the voter's place in a step to another person, who then votes instead of them. Both are judged by a vote: the
 * voter could approve this step now, and with the place so could the other person, who has no place there yet. So nobody
 * gives away a vote that they may not cast, and the step never has fewer people who can vote than before.
 */
export function delegateVote(
  state: RequestState,
  { voter, to, stepId }: Extract<Command, { kind: "delegate" }>,
  now: Date,
): Judgement {
  const found = findPlace(state, voter, stepId, now);
  if ("refusal" in found) return found;
  const { step } = found;
  const next = giveAway(state, step, voter.personId, to.personId);
  const given = approveOn(next, idOf(state, step), asVoter(to), now);
  const hasPlace = isAssigned(step, to) || isNamedElsewhere(state, to.personId);
  if (given.refusal || hasPlace) {
    return refuse(
      "conflict",
      "not_eligible",
      "That person can't take your vote: they may not approve this, asked for it, or are one of its approvers already. Choose somebody else",
    );
  }
  const event = {
    type: "approval.delegated" as const,
    data: {
      step_id: idOf(state, step),
      from: voter.personId,
      to: to.personId,
      via: voter.via,
    },
  };
  return accept(next, [event], { stepsChanged: state.steps.length > 0 });
}

/** Finds the place that the voter can give away: their name in a step that they could approve now. */
function findPlace(
  state: RequestState,
  voter: Voter,
  stepId: string | null,
  now: Date,
): { step: StepState } | ReturnType<typeof refuse> {
  const own = state.steps.filter((s) => s.status === "active" && isNamed(s, voter.personId));
  const asked = stepId === null && own.length > 0 ? own.map(({ id }) => id) : [stepId];
  const votes = asked.map((id) => ({ id, ...approveOn(state, id, voter, now) }));
  const possible = votes.find(({ refusal }) => refusal === undefined);
  const [first] = votes;
  if (!possible && first?.refusal) return { refusal: first.refusal };
  const step =
    state.steps.length > 0
      ? state.steps.find(({ id }) => id === possible?.id)
      : wholeRequest(state);
  return step && isNamed(step, voter.personId)
    ? { step }
    : refuse(
        "forbidden",
        "not_assigned",
        "Only somebody who was named as approver can delegate their vote",
      );
}

/** Says whether the person has a place or a vote in any step: steps of different people stay so. */
const isNamedElsewhere = ({ steps, votes }: RequestState, personId: string): boolean =>
  steps.some((step) => isNamed(step, personId)) || votes.some((vote) => vote.personId === personId);

/** Judges the vote that this person would cast now. */
const approveOn = (state: RequestState, stepId: string | null, voter: Voter, now: Date) =>
  castVote(
    state,
    { kind: "vote", voter, decision: "approve", stepId, comment: null, source: null },
    now,
  );

const asVoter = (person: Approver): Voter => ({ ...person, via: signedIn, connectionId: null });

/** Returns the id by which a vote names the step. Null: the request has no steps. */
const idOf = (state: RequestState, step: StepState): string | null =>
  step.id === state.id ? null : step.id;

/** Returns the request with another person in this person's place in the step. */
function giveAway(state: RequestState, step: StepState, from: string, to: string): RequestState {
  const assignedUserIds = step.assignedUserIds?.map((id) => (id === from ? to : id)) ?? null;
  return step.id === state.id
    ? { ...state, assignedApprovers: assignedUserIds }
    : {
        ...state,
        steps: state.steps.map((s) => (s.id === step.id ? { ...s, assignedUserIds } : s)),
      };
}

const isNamed = (step: StepState, personId: string): boolean =>
  step.assignedUserIds?.includes(personId) ?? false;

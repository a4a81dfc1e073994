import { personBehind } from "../actors/actor.ts";
import { requireRequester } from "../approvals/cancel.ts";
import { identifyVoter } from "../approvals/decide.ts";
import type { LoadedRequest } from "../approvals/load.ts";
import { judge } from "../state-machine/machine.ts";
import type { Approver, Decision, StepState } from "../state-machine/state.ts";
import type { Context } from "../context.ts";
import type { OrganizationPool } from "../capabilities.ts";
import type { RequestLoader } from "../approvals/load.ts";
import { DomainError, notFound } from "../errors.ts";
import { loadVisible } from "../approvals/load-visible.ts";
import { previewVote, type VotePreview } from "./preview-vote.ts";

/** What the caller may do with a request at this moment. */
export interface OwnVote {
  preview: VotePreview;
  /** The step that their vote would be for, as people are told of it. */
  step: { name: string | null; number: number; of: number } | null;
  /** Whether a rejection has to say why. */
  needsReason: boolean;
  canCancel: boolean;
  canDelegate: boolean;
  /** Their votes that count, in no order. */
  cast: { stepId: string | null; decision: Decision }[];
  /** How far the request's history reached: `seenSequence` of a vote on what was read after this. */
  sequence: number;
}

/**
 * What the caller may do with a request, by the same judgement that their vote, cancellation or delegation will meet.
 * Nothing is done.
 *
 * @throws DomainError `not_found`
 */
export async function getOwnVote(
  context: Context<OrganizationPool & RequestLoader>,
  requestId: string,
): Promise<OwnVote> {
  const personId = personBehind(context.actor);
  const loaded = await loadVisible(context, requestId, personId);
  if (!loaded) throw notFound("Request");
  const { state } = loaded;
  const isPending = state.status === "pending";
  const preview = previewVote(context, loaded);
  return {
    preview,
    step: preview.isAllowed ? placeOf(state.steps, preview.stepId) : null,
    needsReason: state.requireRejectionReason,
    canCancel: isPending && mayCancel(context, loaded),
    canDelegate: isPending && !loaded.stopped && mayDelegate(context, loaded),
    cast: state.votes
      .filter((vote) => vote.personId === personId)
      .map(({ stepId, decision }) => ({ stepId: stepId === state.id ? null : stepId, decision })),
    sequence: state.eventSequence,
  };
}

/** Where a step stands among all; null: the request has none. */
export function placeOf(steps: readonly StepState[], stepId: string | null): OwnVote["step"] {
  const index = steps.findIndex((step) => step.id === stepId);
  const step = steps[index];
  return step ? { name: step.name, number: index + 1, of: steps.length } : null;
}

const mayCancel = ({ actor }: Context, loaded: LoadedRequest): boolean =>
  isLetThrough(() => requireRequester(actor, loaded, "cancel"));

/** Whom nobody knows yet: whether there is a place to hand on doesn't depend on to whom. */
const somebodyElse: Approver = {
  personId: "00000000-0000-0000-0000-000000000000",
  role: "member",
  canApprove: true,
  teamIds: [],
};

const mayDelegate = (context: Context, loaded: LoadedRequest): boolean =>
  isLetThrough(() => {
    const voter = identifyVoter(context, loaded);
    const command = { kind: "delegate", voter, to: somebodyElse, stepId: null } as const;
    const { refusal } = judge(loaded.state, command, loaded.now);
    if (refusal) throw new DomainError(refusal.code, refusal.message);
  });

function isLetThrough(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

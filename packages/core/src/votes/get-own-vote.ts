import { personBehind } from "../actors/actor.ts";
import { requireRequester } from "../approvals/cancel.ts";
import { identifyVoter } from "../approvals/decide.ts";
import type { LoadedRequest } from "../approvals/load.ts";
import { judge } from "../state-machine/machine.ts";
import type { Approver, StepState } from "../state-machine/state.ts";
import type { Decision } from "../requests/values.ts";
import type { Context } from "../context.ts";
import type { OrganizationPool } from "../capabilities.ts";
import type { RequestLoader } from "../approvals/load.ts";
import { DomainError, notFound } from "../errors.ts";
import { loadVisible } from "../approvals/load-visible.ts";
import { previewVote, type VotePreview } from "./preview-vote.ts";

/** The actions on a request that the caller may take at this moment. */
export interface OwnVote {
  preview: VotePreview;
  /** The step that their vote would be for, or on which it can be changed, as a page shows it. */
  step: { name: string | null; number: number; of: number } | null;
  /** The step on which their approval can be replaced by a rejection. Null: nothing can be changed. */
  change: { stepId: string | null } | null;
  /** Says whether a rejection needs a reason. */
  needsReason: boolean;
  canCancel: boolean;
  canDelegate: boolean;
  /** Their votes that count, in no order. */
  cast: { stepId: string | null; decision: Decision }[];
  /** The number of the request's last event: the `seenSequence` for a vote on a request that is read after this. */
  sequence: number;
}

/**
 * Returns what the caller may do with a request, by the same judgement that their vote, cancellation or delegation will
 * meet. It changes nothing.
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
  const change = preview.isAllowed ? null : (preview.change ?? null);
  return {
    preview,
    step: placeOf(state.steps, preview.isAllowed ? preview.stepId : (change?.stepId ?? null)),
    change,
    needsReason: state.requireRejectionReason,
    canCancel: isPending && mayCancel(context, loaded),
    canDelegate: isPending && !loaded.stopped && mayDelegate(context, loaded),
    cast: state.votes
      .filter((vote) => vote.personId === personId)
      .map(({ stepId, decision }) => ({ stepId: stepId === state.id ? null : stepId, decision })),
    sequence: state.eventSequence,
  };
}

/** Returns the place of a step among all. Null: the request has no such step. */
export function placeOf(steps: readonly StepState[], stepId: string | null): OwnVote["step"] {
  const index = steps.findIndex((step) => step.id === stepId);
  const step = steps[index];
  return step ? { name: step.name, number: index + 1, of: steps.length } : null;
}

const mayCancel = ({ actor }: Context, loaded: LoadedRequest): boolean =>
  isLetThrough(() => requireRequester(actor, loaded, "cancel"));

/** A stand-in for the other person: whether the caller can delegate doesn't depend on who that is. */
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

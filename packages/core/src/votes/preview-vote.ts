import { isAssigned, wholeRequest } from "../state-machine/cast-vote.ts";
import { identifyVoter } from "../approvals/decide.ts";
import type { Refusal } from "../state-machine/judgement.ts";
import type { Voter } from "../state-machine/state.ts";
import type { LoadedRequest } from "../approvals/load.ts";
import { judge } from "../state-machine/machine.ts";
import { emergencyStopActive } from "../approvals/perform.ts";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";

/** The outcome that the caller's approval would have at this moment. */
export type VotePreview =
  /** `stepId` is the step that the vote would be for. Null: the request has no steps. */
  | { isAllowed: true; stepId: string | null; asAdmin: boolean }
  | {
      isAllowed: false;
      reason: Refusal["reason"] | "emergency_stop" | "not_a_member";
      message: string;
      /** The step on which their approval can be replaced by a rejection. Absent: nothing can be changed. */
      change?: { stepId: string | null };
    };

/**
 * Judges the caller's vote without casting it, so that a page offers exactly the votes that `decideApproval` accepts.
 * Admins may vote where others are asked (`asAdmin`): on the request, or on its first active step.
 */
export function previewVote(context: Context, loaded: LoadedRequest): VotePreview {
  const { state } = loaded;
  const voter = voterOf(context, loaded);
  if ("message" in voter)
    return { isAllowed: false, reason: "not_a_member", message: voter.message };
  if (loaded.stopped && state.status === "pending") {
    return { isAllowed: false, reason: "emergency_stop", message: emergencyStopActive().message };
  }
  const ask = (stepId: string | null) =>
    judge(
      state,
      { kind: "vote", voter, stepId, decision: "approve", comment: null, source: null },
      loaded.now,
    );
  const own = ask(null);
  if (own.transition && state.steps.length === 0) {
    return { isAllowed: true, stepId: null, asAdmin: !isAssigned(wholeRequest(state), voter) };
  }
  if (own.transition)
    return { isAllowed: true, stepId: own.transition.votes[0]?.stepId ?? null, asAdmin: false };
  if (own.refusal.reason === "no_active_step" && voter.role !== "member") {
    const step = state.steps.find((s) => s.status === "active" && ask(s.id).transition);
    if (step) return { isAllowed: true, stepId: step.id, asAdmin: true };
  }
  const { reason, message } = own.refusal;
  return { isAllowed: false, reason, message, change: findChange(loaded, voter) };
}

/** Finds the step on which the voter's approval could be replaced at this moment. */
function findChange(
  { state, now }: LoadedRequest,
  voter: Voter,
): { stepId: string | null } | undefined {
  for (const vote of state.votes.filter(({ personId }) => personId === voter.personId)) {
    const stepId = vote.stepId === state.id ? null : vote.stepId;
    const change = { kind: "vote", voter, stepId, decision: "reject", replaces: true } as const;
    // The comment stands for the reason that the person will give.
    const { transition } = judge(state, { ...change, comment: "-", source: null }, now);
    if (transition) return { stepId };
  }
  return undefined;
}

function voterOf(context: Context, loaded: LoadedRequest) {
  try {
    return identifyVoter(context, loaded);
  } catch (error) {
    if (error instanceof DomainError) return { message: error.message };
    throw error;
  }
}

import { asAsker } from "../actors/via.ts";
import { asksThemselves, isAssigned, wholeRequest } from "./cast-vote.ts";
import type { Approver, RequestEvent, RequestState } from "./state.ts";

/** Why a request doesn't approve itself. */
export type DroppedReason =
  | "author_may_not_approve"
  | "author_is_no_admin"
  | "own_request"
  | "not_alone"
  | "steps_replaced"
  | "revised";

/** A rule by which a request approves itself (`auto_action: approve`): a vote that its author casts ahead. */
export interface ApprovingRule {
  /** Whoever wrote it, as they are now; null: gone, unknown, or nobody whose vote counts. */
  author: Approver | null;
  /** Whether it is a template's, for whatever is asked with it; otherwise its author asked with it. */
  isTemplates: boolean;
}

/** What of a request says whether its rule counts. */
export type RuledRequest = Pick<RequestState, "fourEyes" | "requesterIds" | "askers" | "rule"> &
  Parameters<typeof wholeRequest>[0] &
  Pick<RequestState, "steps" | "requiredSteps" | "votes">;

/**
 * Why the vote that a request's rule casts ahead doesn't count now; null: it does. Its author must be somebody who may
 * approve, under four eyes nobody who asked, and have no vote here yet; and their vote alone must end the request. A
 * template's stands above names, as an admin does; an asker's own only approves what is theirs.
 */
export function refuseVoteAhead(request: RuledRequest): DroppedReason | null {
  const { author, isTemplates } = request.rule ?? {};
  if (!author?.canApprove) return "author_may_not_approve";
  if (asksThemselves(request, author.personId)) return "own_request";
  if (isTemplates && author.role === "member") return "author_is_no_admin";
  return endsAlone(request, author, isTemplates === true) ? null : "not_alone";
}

/**
 * Whether the vote of this person would be the last that it takes, and their only one.
 *
 * @param isAboveNames whether it may be on what is others', but for a step that needs each of its people
 */
function endsAlone(request: RuledRequest, author: Approver, isAboveNames: boolean): boolean {
  if (request.votes.some(({ personId }) => personId === author.personId)) return false;
  const steps = request.steps.length > 0 ? request.steps : [wholeRequest(request)];
  const approved = steps.filter((step) => step.status === "approved").length;
  return (
    approved + 1 >= (request.requiredSteps ?? 1) &&
    steps.some(
      (step) =>
        step.status === "active" &&
        step.requiredApprovals === 1 &&
        (isAssigned(step, author) || (isAboveNames && !step.needsEach)),
    )
  );
}

/** The request without its rule, which leaves it to people, and what is told of that. */
export const dropRule = (
  state: RequestState,
  reason: DroppedReason,
): { next: RequestState; event: RequestEvent } => ({
  next: { ...state, autoAction: null, autoActionAt: null, rule: null },
  event: { type: "approval.auto_action_dropped", data: { reason } },
});

/**
 * Whether a revision ends the rule by which the request approves itself: an asker's own is for what it said then, a
 * template's for how it was worded. Whoever wrote the rule may change both.
 */
export const endsRule = (
  { autoAction, rule }: RequestState,
  askers: readonly string[],
  { title, description }: { title?: string; description?: string },
) =>
  autoAction === "approve" &&
  !(rule?.isTemplates && title === undefined && description === undefined) &&
  !(rule?.author && askers.includes(asAsker(rule.author.personId)));

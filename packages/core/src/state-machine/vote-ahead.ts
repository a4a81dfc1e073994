import { asAsker } from "../actors/via.ts";
import { asksThemselves, isAssigned, wholeRequest } from "./cast-vote.ts";
import type { Approver, RequestEvent, RequestState } from "./state.ts";

/** The reason why a request doesn't approve itself. */
export type DroppedReason =
  | "author_may_not_approve"
  | "author_is_no_admin"
  | "own_request"
  | "not_alone"
  | "steps_replaced"
  | "revised";

/** A rule that approves a request automatically (`auto_action: approve`): a vote that its author casts ahead. */
export interface ApprovingRule {
  /**
   * The author, with the rights that they have now. Null: they are gone, unknown, or somebody whose vote doesn't count.
   */
  author: Approver | null;
  /** True: a template has it, for every request made with the template. False: its author asked with it. */
  isTemplates: boolean;
}

/** The parts of a request that say whether its rule counts. */
export type RuledRequest = Pick<RequestState, "fourEyes" | "requesterIds" | "askers" | "rule"> &
  Parameters<typeof wholeRequest>[0] &
  Pick<RequestState, "steps" | "requiredSteps" | "votes">;

/**
 * Returns the reason why the vote that a request's rule casts ahead doesn't count now. Null: it counts.
 *
 * It counts when its author may approve, has no vote here yet, didn't ask (under four eyes), and when their vote alone
 * ends the request. A template's rule applies no matter who is named, as an admin's vote does. An asker's own rule
 * approves only steps that are the asker's.
 */
export function refuseVoteAhead(request: RuledRequest): DroppedReason | null {
  const { author, isTemplates } = request.rule ?? {};
  if (!author?.canApprove) return "author_may_not_approve";
  if (asksThemselves(request, author.personId)) return "own_request";
  if (isTemplates && author.role === "member") return "author_is_no_admin";
  return endsAlone(request, author, isTemplates === true) ? null : "not_alone";
}

/**
 * Says whether this person's vote would be the last that the request needs, and the only one of theirs.
 *
 * @param isAboveNames true: it can be on steps of others, except a step that needs each of its people
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

/** Returns the request without its rule, so that people decide it, and the event that records this. */
export const dropRule = (
  state: RequestState,
  reason: DroppedReason,
): { next: RequestState; event: RequestEvent } => ({
  next: { ...state, autoAction: null, autoActionAt: null, rule: null },
  event: { type: "approval.auto_action_dropped", data: { reason } },
});

/**
 * Says whether a revision ends the rule for the request's automatic approval. An asker's own rule is for everything
 * that the request said then; a template's rule is for its title and description. The rule's author can change both and
 * keep the rule.
 */
export const endsRule = (
  { autoAction, rule }: RequestState,
  askers: readonly string[],
  { title, description }: { title?: string; description?: string },
) =>
  autoAction === "approve" &&
  !(rule?.isTemplates && title === undefined && description === undefined) &&
  !(rule?.author && askers.includes(asAsker(rule.author.personId)));

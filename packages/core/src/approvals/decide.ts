import { isMachines, mayDecide, personBehind } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { Performing } from "./perform.ts";
import type { InOrganization } from "../capabilities.ts";
import { DomainError, invalidInput } from "../errors.ts";
import { lacksDeciding } from "../actors/lacks-scope.ts";
import { viaOf } from "../actors/via.ts";
import { readLastChange } from "./last-change.ts";
import type { LoadedRequest } from "./load.ts";
import { perform, type Performed } from "./perform.ts";
import type { Voter } from "../state-machine/state.ts";
import type { Decision } from "../requests/values.ts";

export interface DecideInput {
  requestId: string;
  /**
   * The step to vote on. Null: the first active step that is the voter's own, or the request itself where it has no
   * steps.
   */
  stepId: string | null;
  decision: Decision;
  comment: string | null;
  /** The place where the decision was made, as the caller names it: "dashboard", "slack", … */
  source: string | null;
  /**
   * The request's `eventSequence` when the decider saw it. If the request was revised, or its steps were replaced,
   * since then, nothing is decided. Comments and votes of other people since then don't matter. Absent: decide it as it
   * is now.
   */
  seenSequence?: number;
  /**
   * Says that it replaces the voter's own approval, which was not enough to decide. Only a rejection can. Without such
   * an approval nothing happens.
   */
  replaces?: boolean;
  /**
   * Says that it is one of several that a person decides at once on a page. A request of high or critical priority is
   * then refused.
   */
  isOneOfSeveral?: boolean;
}

/**
 * Decides a request. It is the only verb that does: API, step vote, page, link and command line all come here.
 *
 * Guarantees that a person's vote counts once, and that it is written together with its event and, if it ends the request, its
 * callback. A machine's vote never counts as a person's unless its connection may decide. Nothing is decided through
 * the app, connection or token that asked.
 *
 * @throws DomainError `forbidden`, `not_found`, `conflict`, `invalid_state`, `validation_failed`, `emergency_stop`
 */
export function decideApproval(
  context: Context<Performing>,
  input: DecideInput,
): Promise<Performed> {
  const { requestId, seenSequence, isOneOfSeveral, ...vote } = input;
  return perform(context, requestId, async (loaded) => {
    const { status, priority, eventSequence } = loaded.state;
    if (isOneOfSeveral && (priority === "high" || priority === "critical"))
      throw new DomainError(
        "forbidden",
        `Requests of ${priority} priority are decided one by one`,
        {
          details: { reason: "one_by_one" },
        },
      );
    if (seenSequence !== undefined && seenSequence > eventSequence)
      throw invalidInput({
        field: "sequence",
        message: `sequence is higher than this request's; send the sequence of the request that you read (${eventSequence} at this moment)`,
      });
    if (seenSequence !== undefined && seenSequence !== eventSequence && status === "pending")
      await requireUnrevised(context, requestId, seenSequence);
    return { kind: "vote", voter: identifyVoter(context, loaded), ...vote };
  });
}

// Runs between reading the request and the compare-and-set on its version: a later change makes the commit stale.
async function requireUnrevised(
  context: Context<InOrganization>,
  requestId: string,
  seenSequence: number,
): Promise<void> {
  if ((await readLastChange(context, requestId, seenSequence)) === null) return;
  throw new DomainError(
    "conflict",
    "This request was changed after you opened it. Look at it again before you decide",
    {
      details: { reason: "revised" },
    },
  );
}

/**
 * Returns the person who votes: the actor, or the owner of a connection that may decide.
 *
 * @throws DomainError `forbidden`
 */
export function identifyVoter({ actor }: Context, { member }: LoadedRequest): Voter {
  if (actor.kind === "connection" && !actor.canDecide) {
    throw new DomainError(
      "forbidden",
      "This connection may ask, but not decide. Let a person decide, or let the connection's owner sign in and allow it on the connection's page (can_decide)",
      { details: { reason: "connection_cannot_decide" } },
    );
  }
  if (!mayDecide(actor)) throw lacksDeciding(actor);
  const via = viaOf(actor);
  if (!via || !member || member.personId !== personBehind(actor)) {
    throw new DomainError("forbidden", "You are not a member of this organization");
  }
  return {
    personId: member.personId,
    role: member.role,
    canApprove: member.canApprove,
    teamIds: member.teamIds,
    via,
    mayDecideOwn: actor.kind === "connection" && actor.canDecideOwn,
    connectionId: actor.kind === "connection" ? actor.connectionId : null,
    throughMachine: isMachines(actor),
  };
}

import { byRule, type Via } from "../actors/via.ts";
import { castVote } from "./cast-vote.ts";
import { accept, refuse, type Command, type Judgement } from "./judgement.ts";
import { delegateVote } from "./delegate-vote.ts";
import { replaceSteps, reviseRequest } from "./rearrange.ts";
import { isOpen, type RequestState } from "./state.ts";
import { type DecisionReason } from "../requests/values.ts";
import { voidVotes } from "./void-votes.ts";
import { dropRule, refuseVoteAhead } from "./vote-ahead.ts";

/**
 * Judges a command on a request. It is the only place that knows when a request is approved. It is pure: no clock, no
 * randomness, no input or output.
 *
 * Guarantees, for every sequence of commands (machine.properties.test.ts):
 *
 * - A decided request never changes its status again.
 * - At most one vote of a person counts on a step. It can be changed from an approval to a rejection, never back.
 * - No vote of a person who may approve no more counts for a quorum.
 * - Approved means that every required step had its quorum of distinct, eligible people, or that the request's
 *   automatic approval fell due and its author's vote counted at that moment.
 * - The steps of a quorum are approved by different people.
 * - Nobody delegates a vote that they could not cast at that moment, or to somebody who could not cast it then.
 * - No vote decides anything at or after the request's deadline.
 *
 * @param now the database's clock at the time the state was read
 */
export function judge(state: RequestState, command: Command, now: Date): Judgement {
  if (command.kind === "comment") {
    return accept({ ...state, commentsCount: state.commentsCount + 1 }, [
      {
        type: "approval.commented",
        data: { comment_id: command.id, body: command.body, via: command.via },
      },
    ]);
  }
  if (state.status !== "pending") {
    return refuse("invalid_state", "already_decided", `This request is already ${state.status}`, {
      status: state.status,
    });
  }
  if (command.kind === "stop") {
    return end(state, "cancelled", now, command.by, {
      reason: "emergency_stop",
      comment: command.reason,
    });
  }
  if (command.kind === "void_votes") return voidVotes(state, command);
  const deadline = passedDeadline(state, now);
  if (command.kind === "meet_deadline") {
    return deadline
      ? meetDeadline(state, deadline, now)
      : refuse("conflict", "not_due", "No deadline of this request has passed");
  }
  if (deadline) {
    return refuse("invalid_state", "deadline_passed", "The deadline of this request has passed", {
      status: statusAfter(state, deadline),
    });
  }
  switch (command.kind) {
    case "vote":
      return castVote(state, command, now);
    case "cancel":
      return end(state, "cancelled", now, command.by, {
        reason: "cancelled",
        comment: command.reason,
        via: command.via,
      });
    case "replace_steps":
      return replaceSteps(state, command);
    case "delegate":
      return delegateVote(state, command, now);
    case "revise":
      return reviseRequest(state, command);
  }
}

/**
 * Returns the deadline of a pending request that lies at or before `now`. Of two, the earlier one counts; expiry wins a
 * tie.
 */
export function passedDeadline(state: RequestState, now: Date): "expiry" | "auto_action" | null {
  const expiry = state.expiresAt && state.expiresAt <= now ? state.expiresAt : null;
  const auto = state.autoActionAt && state.autoActionAt <= now ? state.autoActionAt : null;
  if (auto && (!expiry || auto < expiry)) return "auto_action";
  return expiry ? "expiry" : null;
}

function meetDeadline(
  state: RequestState,
  deadline: "expiry" | "auto_action",
  now: Date,
): Judgement {
  if (deadline === "expiry") return end(state, "expired", now, null, { reason: "expired" });
  const dropped = state.autoAction === "approve" && refuseVoteAhead(state);
  if (dropped) {
    const { next, event } = dropRule(state, dropped);
    return accept(next, [event]);
  }
  return end(state, state.autoAction === "approve" ? "approved" : "rejected", now, null, {
    reason: "auto_action",
    via: byRule,
  });
}

function statusAfter(
  state: RequestState,
  deadline: "expiry" | "auto_action",
): "expired" | "approved" | "rejected" | "pending" {
  if (deadline === "expiry") return "expired";
  if (state.autoAction !== "approve") return "rejected";
  return refuseVoteAhead(state) === null ? "approved" : "pending";
}

/** Ends a request. Its open steps are skipped, and the event names the person, the reason and the comment. */
function end(
  state: RequestState,
  status: "approved" | "rejected" | "cancelled" | "expired",
  now: Date,
  by: string | null,
  data: { reason: DecisionReason; comment?: string | null; via?: Via | null },
): Judgement {
  const next: RequestState = {
    ...state,
    status,
    decidedAt: now,
    decidedBy: by,
    decidedVia: data.via ?? null,
    decidedViaConnectionId: data.via?.kind === "connection" ? data.via.id : null,
    decisionComment: data.comment ?? null,
    steps: state.steps.map((step) => (isOpen(step) ? { ...step, status: "skipped" } : step)),
  };
  return accept(next, [{ type: `approval.${status}`, data: { ...data, decided_by: by } }], {
    stepsChanged: state.steps.length > 0,
  });
}

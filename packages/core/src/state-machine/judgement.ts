import type { ErrorCode } from "../errors.ts";
import type { Via } from "../actors/via.ts";
import type { Approver, RequestEvent, RequestState, StepState, Voter, VoteState } from "./state.ts";
import type { Decision } from "../requests/values.ts";
import type { VoidReason } from "./void-votes.ts";

/** Every command on a request, from any API or page. */
export type Command =
  | {
      kind: "vote";
      voter: Voter;
      decision: Decision;
      stepId: string | null;
      comment: string | null;
      source: string | null;
      /** Says that the vote replaces the voter's own approval of the same step. */
      replaces?: boolean;
    }
  | { kind: "cancel"; by: string | null; via: Via | null; reason: string | null }
  | { kind: "stop"; by: string | null; reason: string | null }
  | { kind: "meet_deadline" }
  | { kind: "void_votes"; personId: string; reason: VoidReason }
  | { kind: "comment"; id: string; body: string; via: Via | null }
  | { kind: "replace_steps"; steps: StepState[]; via: Via | null; askers: string[] }
  | { kind: "delegate"; voter: Voter; to: Approver; stepId: string | null }
  | {
      kind: "revise";
      via: Via | null;
      /** The names of everybody who revises it, as `askersOf` returns them. */
      askers: string[];
      /** `context_html` as it is stored. Empty: the request has none any more. */
      changes: {
        title?: string;
        description?: string;
        metadata?: Record<string, unknown>;
        context_html?: string;
      };
    };

/**
 * Says whether the emergency stop refuses the command: a vote, or giving a vote to another person. Other commands decide
 * nothing.
 */
export const isRefusedByStop = ({ kind }: Command): boolean =>
  kind === "vote" || kind === "delegate";

/** The effect of a command: the request afterwards, and everything that must be written with it. */
export interface Transition {
  next: RequestState;
  events: RequestEvent[];
  votes: (VoteState & {
    connectionId: string | null;
    via: Via;
    comment: string | null;
    source: string | null;
    /** Says that it replaces the person's earlier vote on the step, which no longer counts. */
    replaces: boolean;
  })[];
  stepsChanged: boolean;
  votesVoided: boolean;
  /** The person whose votes become void, and why. Null: nobody. */
  voidsVotesOf: { personId: string; reason: VoidReason } | null;
}

/** The reason why a command does nothing. `reason` is stable and machine-readable. */
export interface Refusal {
  code: ErrorCode;
  reason:
    | "already_decided"
    | "deadline_passed"
    | "not_due"
    | "step_not_found"
    | "step_not_active"
    | "no_active_step"
    | "already_voted"
    | "not_voted"
    | "not_eligible"
    | "own_request"
    | "asked_through_this"
    | "reason_required"
    | "votes_cast"
    | "no_steps"
    | "not_assigned";
  message: string;
  details?: Record<string, unknown>;
}

export type Judgement =
  { transition: Transition; refusal?: never } | { refusal: Refusal; transition?: never };

export function accept(
  next: RequestState,
  events: RequestEvent[],
  more: Partial<Omit<Transition, "next" | "events">> = {},
): Judgement {
  const eventSequence = next.eventSequence + events.length;
  return {
    transition: {
      next: { ...next, eventSequence },
      events,
      votes: [],
      stepsChanged: false,
      votesVoided: false,
      voidsVotesOf: null,
      ...more,
    },
  };
}

export function refuse(
  code: ErrorCode,
  reason: Refusal["reason"],
  message: string,
  details?: Record<string, unknown>,
): { refusal: Refusal } {
  return { refusal: { code, reason, message, ...(details && { details }) } };
}

import { SaysoError, type Decided, type Decision } from "@sayso/client";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, messageOf } from "../api.ts";
import { strings } from "../strings/index.ts";
import { useRereadRequest } from "./queries.ts";

/** As the server takes it. */
export const COMMENT_MAX = 2000;

/** What a vote is for: what the person had in front of them. */
export interface Seen {
  sequence: number;
  step_id: string | null;
}

/** What became of a vote. `lost`: it came too late, which is nobody's fault. */
export type VoteOutcome =
  | { kind: "counted"; decided: Decided }
  | { kind: "lost"; message: string }
  | { kind: "fault"; message: string; field?: "comment" };

/** Casting one vote. */
export interface Voting {
  isBusy: boolean;
  /** Casts the vote once, however often it is called meanwhile: then it resolves with null. */
  cast: (decision: Decision, comment: string, seen: Seen) => Promise<VoteOutcome | null>;
}

/** Votes on a request. Nothing is shown as decided before the server has said so. */
export function useVote(id: string): Voting {
  const client = useQueryClient();
  const reread = useRereadRequest(id);
  const [isBusy, setBusy] = useState(false);
  // Of two clicks within one frame the second finds the state of the first one's.
  const isUnderWay = useRef(false);
  const cast: Voting["cast"] = async (decision, comment, seen) => {
    if (isUnderWay.current) return null;
    const fault = faultOf(comment);
    if (fault !== null) return { kind: "fault", message: fault, field: "comment" };
    isUnderWay.current = true;
    setBusy(true);
    try {
      const decided = await api.castVote({
        id,
        decision,
        sequence: seen.sequence,
        step_id: seen.step_id,
        ...(comment.trim() !== "" && { comment: comment.trim() }),
      });
      for (const key of ["inbox", "requests"]) void client.invalidateQueries({ queryKey: [key] });
      await reread();
      return { kind: "counted", decided };
    } catch (error) {
      const outcome = outcomeOf(error);
      if (outcome.kind === "lost") await reread();
      return outcome;
    } finally {
      isUnderWay.current = false;
      setBusy(false);
    }
  };
  return { isBusy, cast };
}

const faultOf = (comment: string): string | null =>
  comment.trim().length > COMMENT_MAX ? strings.request.decide.tooLong(COMMENT_MAX) : null;

/** Refusals that say: the request is not any more what it was. Their words, where the request itself doesn't tell. */
const lost: Record<string, string> = {
  already_decided: strings.request.decide.notCounted,
  deadline_passed: strings.request.decide.notCounted,
  step_not_active: strings.request.decide.notCounted,
  no_active_step: strings.request.decide.notCounted,
  already_voted: strings.request.decide.alreadyVoted,
  revised: strings.request.decide.revised,
};

function outcomeOf(error: unknown): Exclude<VoteOutcome, { kind: "counted" }> {
  if (!(error instanceof SaysoError)) return { kind: "fault", message: messageOf(error) };
  if (error.code === "EMERGENCY_STOP")
    return { kind: "lost", message: strings.request.decide.stopped };
  const { reason } = error.details;
  if (reason === "reason_required")
    return { kind: "fault", message: strings.request.decide.reasonFault, field: "comment" };
  const message = typeof reason === "string" ? lost[reason] : undefined;
  return message === undefined
    ? { kind: "fault", message: messageOf(error) }
    : { kind: "lost", message };
}

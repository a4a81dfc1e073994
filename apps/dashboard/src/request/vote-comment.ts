import type { Decision } from "@sayso/client";
import { useSyncExternalStore } from "react";
import { strings } from "../strings/index.ts";

/** Characters that the server takes. */
const COMMENT_MAX = 2000;

/** What is wrong with a vote's comment, in words; undefined: nothing. */
export function commentFault(comment: string, isNeeded: boolean): string | undefined {
  const { decide } = strings.request;
  if (isNeeded && comment.trim() === "") return decide.reasonFault;
  return comment.trim().length > COMMENT_MAX ? decide.tooLong(COMMENT_MAX) : undefined;
}

const comments = new Map<string, string>();
const viewers = new Set<() => void>();

function subscribe(viewer: () => void): () => void {
  viewers.add(viewer);
  return () => viewers.delete(viewer);
}

/**
 * What the person has written for their vote on a request, and how to change it. It outlives the dialog, the request's
 * page and a vote that was taken back: until the server has counted the vote, or the tab is closed.
 *
 * @param decision what was written in the question for this decision, and else what stands beside both buttons; a reason
 *   against is never found in the question for a yes
 */
export function useVoteComment(
  requestId: string,
  decision?: Decision,
): [string, (comment: string) => void] {
  const place = placeOf(requestId, decision);
  const comment = useSyncExternalStore(
    subscribe,
    () => comments.get(place) ?? comments.get(requestId) ?? "",
  );
  const write = (next: string) => {
    comments.set(place, next);
    tellViewers();
  };
  return [comment, write];
}

/** The vote is counted: what was written for it has served. */
export function forgetVoteComments(requestId: string): void {
  for (const decision of [undefined, "approve", "reject"] as const)
    comments.delete(placeOf(requestId, decision));
  tellViewers();
}

const placeOf = (requestId: string, decision: Decision | undefined): string =>
  decision === undefined ? requestId : `${requestId} ${decision}`;

function tellViewers(): void {
  for (const viewer of viewers) viewer();
}

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
 */
export function useVoteComment(requestId: string): [string, (comment: string) => void] {
  const comment = useSyncExternalStore(subscribe, () => comments.get(requestId) ?? "");
  return [comment, (next) => writeVoteComment(requestId, next)];
}

/** @param comment empty: nothing is kept */
export function writeVoteComment(requestId: string, comment: string): void {
  if (comment === "") comments.delete(requestId);
  else comments.set(requestId, comment);
  for (const viewer of viewers) viewer();
}

import type { Decision } from "@sayso/client";
import { useSyncExternalStore } from "react";
import { useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";

/** Characters that the server takes. */
const COMMENT_MAX = 2000;

/** In place of a request's id: what is written for several that are decided together. */
export const SEVERAL = "several";

const KEY = "sayso.vote-comments";

/** What is wrong with a vote's comment, in words; undefined: nothing. */
export function commentFault(comment: string, isNeeded: boolean): string | undefined {
  const { decide } = strings.request;
  if (isNeeded && comment.trim() === "") return decide.reasonFault;
  return comment.trim().length > COMMENT_MAX ? decide.tooLong(COMMENT_MAX) : undefined;
}

/** What one person has written, by its place. */
interface Written {
  personId: string;
  comments: Record<string, string>;
}

let written: Written | undefined;
const viewers = new Set<() => void>();

function subscribe(viewer: () => void): () => void {
  viewers.add(viewer);
  return () => viewers.delete(viewer);
}

/**
 * What the person has written for their vote on a request, and how to change it. It outlives the dialog, the request's
 * page, a vote that was taken back, a page that is read anew and a session that ends: until the server has counted the
 * vote, the person signs out, or the tab is closed. Nobody else who signs in here is shown it.
 *
 * @param place the request's id, or {@link SEVERAL}
 * @param decision what was written in the question for this decision, and else what stands beside both buttons; a reason
 *   against is never found in the question for a yes
 */
export function useVoteComment(
  place: string,
  decision?: Decision,
): [string, (comment: string) => void] {
  const { id: personId } = useMe();
  const key = keyOf(place, decision);
  const comment = useSyncExternalStore(subscribe, () => {
    const { comments } = writtenBy(personId);
    return comments[key] ?? comments[place] ?? "";
  });
  const write = (next: string) =>
    change({ personId, comments: { ...writtenBy(personId).comments, [key]: next } });
  return [comment, write];
}

/** The vote is counted: what was written for it has served. */
export function forgetVoteComments(place: string): void {
  if (written === undefined) return;
  const comments = { ...written.comments };
  for (const decision of [undefined, "approve", "reject"] as const)
    delete comments[keyOf(place, decision)];
  change({ ...written, comments });
}

/** The person leaves this browser: nothing that they wrote stays in it. */
export function forgetAllVoteComments(): void {
  change(undefined);
}

const keyOf = (place: string, decision: Decision | undefined): string =>
  decision === undefined ? place : `${place} ${decision}`;

function writtenBy(personId: string): Written {
  if (written?.personId !== personId) written = keptOf(personId) ?? { personId, comments: {} };
  return written;
}

function keptOf(personId: string): Written | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Written | null;
    return kept?.personId === personId ? kept : undefined;
  } catch {
    return undefined;
  }
}

function change(next: Written | undefined): void {
  written = next;
  try {
    if (next === undefined || Object.keys(next.comments).length === 0)
      sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // A browser that keeps nothing has it for this page only.
  }
  for (const viewer of viewers) viewer();
}

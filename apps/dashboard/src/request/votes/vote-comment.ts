import type { Decision } from "@sayso/client";
import { isObject } from "@sayso/exact-json";
import { useSyncExternalStore } from "react";
import { useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";

/** The greatest length of a comment that the server accepts, in characters. */
const COMMENT_MAX = 2000;

/** Stands in place of a request's id, for the comment on several requests that are decided together. */
export const SEVERAL = "several";

const KEY = "sayso.vote-comments";

/** Returns the fault of a vote's comment in words. Undefined: it has none. */
export function commentFault(comment: string, isNeeded: boolean): string | undefined {
  const { decide } = strings.request;
  if (isNeeded && comment.trim() === "") return decide.reasonFault;
  return comment.trim().length > COMMENT_MAX ? decide.tooLong(COMMENT_MAX) : undefined;
}

/** One person's comments, by their place. */
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
 * Returns the person's comment for their vote on a request, and a function that changes it. The comment outlives the
 * dialog, the request's page, a vote that was taken back, a reload of the page and the end of the session. It is
 * forgotten when the server has counted the vote, the person signs out, or the tab is closed. Nobody else who signs in
 * here sees it.
 *
 * @param place the request's id, or {@link SEVERAL}
 * @param decision the decision whose dialog asks for the comment; absent: the comment beside both buttons, which also
 * starts the one in a dialog. A reason against never appears in the dialog for a yes.
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

/** Forgets the comments for a vote that was counted. */
export function forgetVoteComments(place: string): void {
  if (written === undefined) return;
  const comments = { ...written.comments };
  for (const decision of [undefined, "approve", "reject"] as const)
    delete comments[keyOf(place, decision)];
  change({ ...written, comments });
}

/** Forgets all comments, because the person leaves this browser. */
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
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return isWritten(kept) && kept.personId === personId ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Recognises comments that {@link change} wrote. */
const isWritten = (value: unknown): value is Written =>
  isObject(value) && typeof value.personId === "string" && isObject(value.comments);

function change(next: Written | undefined): void {
  written = next;
  try {
    if (next === undefined || Object.keys(next.comments).length === 0)
      sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Without storage, the browser keeps the comments for this page only.
  }
  for (const viewer of viewers) viewer();
}

import type { HeldVote } from "./held-votes.ts";

const KEY = "sayso.votes";

/**
 * Keeps the votes that the server has not counted, and still may, for the next page in this tab: the session can end, or
 * the page be read anew, before an answer came. Closing the tab forgets them.
 */
export function keepVotes(votes: readonly HeldVote[]): void {
  const open = votes.filter(({ message, canRetry }) => message === undefined || canRetry === true);
  try {
    if (open.length === 0) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(open));
  } catch {
    // A browser that keeps nothing has nothing to recall.
  }
}

/** The votes that an earlier page of this tab kept for this person. */
export function keptVotesOf(personId: string): HeldVote[] {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as HeldVote[];
    return kept.filter((vote) => vote.personId === personId);
  } catch {
    return [];
  }
}

import type { HeldVote, Vote } from "./held-votes.ts";

const KEY = "sayso.votes";

/** Whether the server has not counted it, and still may. */
const isUncounted = ({ state, canRetry }: HeldVote): boolean =>
  state === "held" || state === "sending" || canRetry === true;

/**
 * Keeps the votes that the server has not counted, and still may, for the next page in this tab: the session can end, or
 * the page be read anew, before an answer came. Closing the tab forgets them.
 */
export function keepVotes(votes: readonly HeldVote[]): void {
  const kept = votes.filter(isUncounted).map(({ requests, personId, decision, comment }) => ({
    requests,
    personId,
    decision,
    comment,
  }));
  try {
    if (kept.length === 0) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing has nothing to recall.
  }
}

/** The votes that an earlier page of this tab kept for this person. */
export const keptVotesOf = (personId: string): Vote[] =>
  keptVotes().filter((vote) => vote.personId === personId);

/** On how many requests this person's votes of this tab were not counted. */
export const countKeptVotes = (personId: string): number =>
  keptVotesOf(personId).reduce((count, { requests }) => count + requests.length, 0);

function keptVotes(): Vote[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as Vote[];
  } catch {
    return [];
  }
}

import { isObject } from "@sayso/exact-json";
import type { HeldVote, Vote } from "./held-votes.ts";

const KEY = "sayso.votes";

/** Whether the server has not counted the vote, and still can. */
const isUncounted = ({ state, canRetry }: HeldVote): boolean =>
  state === "held" || state === "sending" || canRetry === true;

/**
 * Keeps uncounted votes for the next page in this tab, because the session can end, or the page be loaded again, before
 * an answer comes. Closing the tab forgets them.
 */
export function keepVotes(votes: readonly HeldVote[]): void {
  const kept = votes
    .filter(isUncounted)
    .map(({ requests, personId, decision, comment, replaces }) => ({
      requests,
      personId,
      decision,
      comment,
      replaces,
    }));
  try {
    if (kept.length === 0) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A browser without storage has no votes to recall.
  }
}

/** Returns the votes that an earlier page of this tab kept for this person. */
export const keptVotesOf = (personId: string): Vote[] =>
  keptVotes().filter((vote) => vote.personId === personId);

/** Returns the number of requests on which this person's kept votes were not counted. */
export const countKeptVotes = (personId: string): number =>
  keptVotesOf(personId).reduce((count, { requests }) => count + requests.length, 0);

function keptVotes(): Vote[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isVote) : [];
  } catch {
    return [];
  }
}

/** Recognises a vote that {@link keepVotes} wrote. */
const isVote = (value: unknown): value is Vote =>
  isObject(value) && typeof value.personId === "string" && Array.isArray(value.requests);

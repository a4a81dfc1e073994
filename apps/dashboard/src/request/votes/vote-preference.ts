import { useSyncExternalStore } from "react";

/** One setting for each person: a shared browser keeps nobody else's. */
const keyOf = (personId: string) => `sayso.votes-at-once.${personId}`;

const viewers = new Set<() => void>();

function subscribe(viewer: () => void): () => void {
  viewers.add(viewer);
  return () => viewers.delete(viewer);
}

/** Whether this person's votes are held for a moment in this browser. Default: true. */
export function holdsVotes(personId: string): boolean {
  try {
    return localStorage.getItem(keyOf(personId)) === null;
  } catch {
    // A browser that keeps nothing keeps no wish to do without.
    return true;
  }
}

/** Sets whether this person's votes are held in this browser. */
export function setHoldsVotes(personId: string, holds: boolean): void {
  try {
    if (holds) localStorage.removeItem(keyOf(personId));
    else localStorage.setItem(keyOf(personId), "yes");
  } catch {
    // As above.
  }
  for (const viewer of viewers) viewer();
}

/** {@link holdsVotes}, kept as it is. */
export const useHoldsVotes = (personId: string): boolean =>
  useSyncExternalStore(subscribe, () => holdsVotes(personId));

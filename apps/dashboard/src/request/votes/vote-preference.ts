import { useSyncExternalStore } from "react";

/** Returns the storage key of one person's setting, so that people who share a browser have settings of their own. */
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
    // Without storage, the default applies.
    return true;
  }
}

/** Sets whether this person's votes are held in this browser. */
export function setHoldsVotes(personId: string, holds: boolean): void {
  try {
    if (holds) localStorage.removeItem(keyOf(personId));
    else localStorage.setItem(keyOf(personId), "yes");
  } catch {
    // Without storage, the setting is not kept.
  }
  for (const viewer of viewers) viewer();
}

/** Returns {@link holdsVotes}, kept up to date. */
export const useHoldsVotes = (personId: string): boolean =>
  useSyncExternalStore(subscribe, () => holdsVotes(personId));

import { isObject } from "@sayso/exact-json";

/**
 * The state that a platform stores for a trigger between two runs: small JSON, to be stored and given back unchanged.
 * Polls and webhooks of the same trigger share it.
 */
export interface TriggerState {
  v: 1;
  /** Everything up to this cursor has been handed out. Null: never polled. */
  cursor: string | null;
  /** The ids of the events last handed out, the newest last. */
  seen: string[];
  /** The number of webhooks that were handed out since a poll last reached the head. */
  received: number;
}

/** The default number of event ids that a state remembers: about 20 kB of JSON. */
export const MEMORY = 500;

/**
 * Reads the state that a platform stored. Nothing stored (`undefined`, `null`, `{}`, an empty string) is no state.
 * Anything else that isn't a state of this version is unreadable.
 */
export function readState(stored: unknown): { state: TriggerState | null; isUnreadable: boolean } {
  if (isNothing(stored)) return { state: null, isUnreadable: false };
  if (!isObject(stored) || stored.v !== 1) return { state: null, isUnreadable: true };
  const { cursor, seen, received } = stored;
  const isSound =
    (cursor === null || typeof cursor === "string") &&
    Array.isArray(seen) &&
    seen.every((id) => typeof id === "string") &&
    typeof received === "number";
  return isSound
    ? { state: { v: 1, cursor, seen, received }, isUnreadable: false }
    : { state: null, isUnreadable: true };
}

const isNothing = (stored: unknown): boolean =>
  stored == null || stored === "" || (isObject(stored) && Object.keys(stored).length === 0);

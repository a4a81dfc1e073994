import { DomainError } from "@sayso/core";
import type { Visit } from "./site.ts";

/**
 * Does an action that needs a recent proof of identity. If the proof is too old, sends the person to give it, and then
 * to `next`; they repeat the action there.
 *
 * @param next a path of this server, which can hold the person's input
 * @returns the result of `work`, or null: the person was sent away
 */
export async function confirmFirst<T>(
  visit: Visit,
  next: string,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    const isStale = error instanceof DomainError && error.details?.reason === "confirm_identity";
    if (!isStale) throw error;
    visit.redirect(`/account/confirm?next=${encodeURIComponent(next)}`);
    return null;
  }
}

import { DomainError } from "@sayso/core";
import type { Visit } from "./site.ts";

/**
 * Does what needs a recent proof of who somebody is. Where the proof is too old, the person is sent to give it, and from
 * there to `next`; the deed is theirs to repeat there.
 *
 * @param next a path of this server, which may hold what they had chosen
 * @returns what `work` gave, or null when they were sent away
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

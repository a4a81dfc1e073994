import type { Actor, PersonActor } from "./actor.ts";
import { DomainError } from "../errors.ts";

/**
 * Lets through only a person who acts by themselves: not a machine, a token, or an app in their name.
 *
 * @param deed completes "Only a signed-in person may …"
 * @throws DomainError `forbidden`, with `details.reason` `session_required`
 */
export function requireSignedIn(actor: Actor, deed: string): PersonActor {
  if (actor.kind === "person" && actor.via !== "token" && actor.via !== "oauth") return actor;
  throw new DomainError("forbidden", `Only a signed-in person may ${deed}`, {
    details: { reason: "session_required" },
  });
}

import { isAdmin, isMachines, type Actor, type PersonActor } from "./actor.ts";
import { DomainError } from "../errors.ts";

/**
 * Returns the machine-readable reason for refusing an actor that is no admin. `session_required`: it is a key or an
 * app, which is never an admin, even where its person is one. `admin_required`: it is a person, who could be one.
 */
export const whyNoAdmin = (actor: Actor): "session_required" | "admin_required" =>
  isMachines(actor) ? "session_required" : "admin_required";

/**
 * Lets through only people who administer the organization.
 *
 * @param deed completes "Only an admin may …"
 * @throws DomainError `forbidden`, with `details.reason` `session_required` or `admin_required`
 */
export function requireAdmin(actor: Actor, deed: string): asserts actor is PersonActor {
  if (!isAdmin(actor))
    throw new DomainError("forbidden", `Only an admin may ${deed}`, {
      details: { reason: whyNoAdmin(actor) },
    });
}

import { isAdmin, isMachines, type Actor } from "./actor.ts";
import { DomainError } from "../errors.ts";

/**
 * Why somebody who is no admin is refused, for machines: a key or an app never is one, whosever it is; a person could be.
 */
export const whyNoAdmin = (actor: Actor): "session_required" | "admin_required" =>
  isMachines(actor) ? "session_required" : "admin_required";

/**
 * Lets through only people who administer the organization.
 *
 * @param deed completes "Only an admin may …"
 * @throws DomainError `forbidden`, with `details.reason` `session_required` or `admin_required`
 */
export function requireAdmin(actor: Actor, deed: string): void {
  if (!isAdmin(actor))
    throw new DomainError("forbidden", `Only an admin may ${deed}`, {
      details: { reason: whyNoAdmin(actor) },
    });
}

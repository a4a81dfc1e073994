import { isAdmin, type Actor } from "../actor.ts";
import { DomainError } from "../errors.ts";

/**
 * Lets through only people who administer the organization.
 *
 * @param deed completes "Only an admin may …"
 * @throws DomainError `forbidden`
 */
export function requireAdmin(actor: Actor, deed: string): void {
  if (!isAdmin(actor)) throw new DomainError("forbidden", `Only an admin may ${deed}`);
}

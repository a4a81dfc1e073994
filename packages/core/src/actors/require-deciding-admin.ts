import { isAdmin, mayDecide, type Actor } from "./actor.ts";
import { DomainError } from "../errors.ts";
import { DECIDE } from "../credentials/scopes.ts";

/**
 * Lets through an admin whose change counts without an approval, since it stands in for their yes: signed in, or by a
 * token that may decide.
 *
 * @param refusal what whoever is no admin is told
 * @throws DomainError `forbidden` (`details.scope`: what an admin's token lacks)
 */
export function requireDecidingAdmin(actor: Actor, refusal: string): void {
  if (!isAdmin(actor)) throw new DomainError("forbidden", refusal);
  if (mayDecide(actor)) return;
  throw new DomainError(
    "forbidden",
    `What an admin changes without an approval stands in for a yes, and this personal token may not decide: do it signed in, or by a token for which you tick “Decide in your name” (scope ${DECIDE})`,
    { details: { scope: DECIDE } },
  );
}

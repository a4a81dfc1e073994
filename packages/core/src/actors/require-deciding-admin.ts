import { isAdmin, mayDecide, type Actor } from "./actor.ts";
import { DomainError } from "../errors.ts";
import { DECIDE } from "../credentials/scopes.ts";

/**
 * Lets through only an admin whose change counts without an approval, because the change stands in for their yes. The
 * admin is signed in, or uses a token that is allowed to decide.
 *
 * @param refusal the message for everybody who is no admin
 * @throws DomainError `forbidden`. `details.scope` names the scope that an admin's token lacks
 */
export function requireDecidingAdmin(actor: Actor, refusal: string): void {
  if (!isAdmin(actor)) throw new DomainError("forbidden", refusal);
  if (mayDecide(actor)) return;
  throw new DomainError(
    "forbidden",
    `This personal token can't vote, so it can't make a change that needs approval: make the change signed in, or with a token that has the scope ${DECIDE}`,
    { details: { scope: DECIDE } },
  );
}

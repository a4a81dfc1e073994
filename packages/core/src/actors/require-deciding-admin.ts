import { isAdmin, mayDecide, standsForYes, type Actor } from "./actor.ts";
import { DomainError } from "../errors.ts";
import { DECIDE } from "../credentials/scopes.ts";

/**
 * Lets through only an admin whose change counts without an approval, because the change stands in for their yes. The
 * admin may approve, and is signed in or uses a token that is allowed to decide.
 *
 * @param refusal the message for everybody who is no admin
 * @throws DomainError `forbidden`. `details.scope` names the scope that an admin's token lacks; `details.reason` is
 *   `may_not_approve` for an admin without the right to approve
 */
export function requireDecidingAdmin(actor: Actor, refusal: string): void {
  if (!isAdmin(actor)) throw new DomainError("forbidden", refusal);
  if (standsForYes(actor)) return;
  if (mayDecide(actor))
    throw new DomainError(
      "forbidden",
      "You may not approve in this organization, so you can't make a change that needs approval: let an admin who may approve make it",
      { details: { reason: "may_not_approve" } },
    );
  throw new DomainError(
    "forbidden",
    `This personal token can't vote, so it can't make a change that needs approval: make the change signed in, or with a token that has the scope ${DECIDE}`,
    { details: { scope: DECIDE } },
  );
}

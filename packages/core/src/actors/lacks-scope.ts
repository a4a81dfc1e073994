import type { Actor } from "./actor.ts";
import { DomainError } from "../errors.ts";
import { DECIDE } from "../credentials/scopes.ts";

/** Makes the error for a credential that lacks this scope. `details.scope` names the scope. */
export const lacksScope = (actor: Actor, scope: string): DomainError =>
  scope === DECIDE
    ? lacksDeciding(actor)
    : new DomainError("forbidden", `This credential lacks the scope ${scope}`, {
        details: { scope },
      });

/** Makes the error for a credential that is not allowed to decide. Its message says what the person can do about it. */
export const lacksDeciding = (actor: Actor): DomainError =>
  new DomainError("forbidden", `${whatToDo(actor)} (scope ${DECIDE})`, {
    details: { scope: DECIDE },
  });

function whatToDo(actor: Actor): string {
  if (actor.kind !== "person")
    return "This credential can't vote: register the app with the scope, and let its connection vote";
  return actor.via === "oauth"
    ? "This app can't vote in your name: vote on the request's page, or connect the app again and tick “Vote in your name”"
    : "This personal token can't vote: vote on the request's page, or create a token with the scope";
}

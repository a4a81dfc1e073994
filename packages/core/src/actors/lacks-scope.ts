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
    return "This credential may not decide: register the app for deciding, and let its connection decide";
  return actor.via === "oauth"
    ? "This app may not decide in your name: decide on the request's page, or connect it again and tick “Decide in your name”"
    : "This personal token may not decide: decide on the request's page, or make a token for which you tick “Decide in your name”";
}

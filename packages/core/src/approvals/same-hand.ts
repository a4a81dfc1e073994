import { isAdmin, type Actor } from "../actors/actor.ts";
import { DomainError } from "../errors.ts";
import { asAsker, credentialsOf, viaOf } from "../actors/via.ts";
import { isRequester } from "./cancel.ts";
import type { LoadedRequest } from "./load.ts";

/**
 * Lets through only what asked: the same connection, app or personal token, or the person who asked signed in. What asked
 * goes on when it is told that its request was approved, so nobody else changes what that was: nor the next owner of the
 * same connection, by a key that they made.
 *
 * @param verb completes "may … this request"
 * @throws DomainError `forbidden` (`details.reason`: `asked_through_another`)
 */
export function requireSameHand(actor: Actor, loaded: LoadedRequest, verb: string): void {
  const own = credentialsOf(viaOf(actor));
  const { askedThrough } = loaded;
  const isSame =
    askedThrough.length === 0
      ? own.length === 0
      : own.some((credential) => askedThrough.includes(credential));
  const keyMakers = actor.kind === "connection" ? actor.keyMadeBy : [];
  const isTheirKey = keyMakers.every((id) => loaded.state.askers.includes(asAsker(id)));
  if (isSame && isTheirKey && isRequester(actor, loaded)) return;
  throw askedThroughAnother(verb);
}

/**
 * Lets through the person or connection that asked, by whatever they come, and admins: only they are told first what
 * else stands against a change of the request. {@link requireSameHand} follows.
 *
 * @throws DomainError as that does
 */
export function requireOwnOrAdmin(actor: Actor, loaded: LoadedRequest, verb: string): void {
  if (!isRequester(actor, loaded) && !isAdmin(actor)) throw askedThroughAnother(verb);
}

const askedThroughAnother = (verb: string): DomainError =>
  new DomainError(
    "forbidden",
    `Only what asked may ${verb} this request: it goes on by the answer. Withdraw it, and ask anew`,
    { details: { reason: "asked_through_another" } },
  );

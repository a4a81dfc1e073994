import { isAdmin, type Actor } from "../actors/actor.ts";
import { DomainError } from "../errors.ts";
import { asAsker, credentialsOf, viaOf } from "../actors/via.ts";
import { isRequester } from "./cancel.ts";
import type { LoadedRequest } from "./load.ts";

/**
 * Admits only the credential that asked: the same connection, app or personal token, or the person who asked while
 * signed in. The asker acts as soon as its request is approved, so nobody else can change what it asked. Not even the
 * next owner of the same connection can, with a key that they made.
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
 * Admits the person or connection that asked, with any credential, and admins. Only they are shown the further reasons
 * against a change of the request. {@link requireSameHand} follows.
 *
 * @throws DomainError `forbidden`, as {@link requireSameHand}
 */
export function requireOwnOrAdmin(actor: Actor, loaded: LoadedRequest, verb: string): void {
  if (!isRequester(actor, loaded) && !isAdmin(actor)) throw askedThroughAnother(verb);
}

const askedThroughAnother = (verb: string): DomainError =>
  new DomainError(
    "forbidden",
    `Only the credential that asked may ${verb} this request, because it acts on the answer. Withdraw the request, and ask again`,
    { details: { reason: "asked_through_another" } },
  );

import { isAdmin, personBehind, type Actor } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { Performing } from "./perform.ts";
import { DomainError } from "../errors.ts";
import { viaOf } from "../actors/via.ts";
import type { LoadedRequest } from "./load.ts";
import { perform, type Performed } from "./perform.ts";

/**
 * Withdraws a pending request; its callback says `cancelled`. Only the asker may do this (the same connection, or the
 * person), or an admin.
 *
 * @throws DomainError `forbidden`, `not_found`, `invalid_state`
 */
export function cancelApproval(
  context: Context<Performing>,
  requestId: string,
  reason: string | null,
): Promise<Performed> {
  return perform(context, requestId, (loaded) => {
    requireRequester(context.actor, loaded, "cancel");
    return { kind: "cancel", by: personBehind(context.actor), via: viaOf(context.actor), reason };
  });
}

/** Says whether the actor made the request: the connection, or the person who is its asker. */
export const isRequester = (actor: Actor, { row, state }: LoadedRequest): boolean =>
  actor.kind === "connection"
    ? row.connectionId === actor.connectionId
    : actor.kind === "person" && state.requesterIds.includes(actor.personId);

/**
 * Admits only the one who made the request, and admins.
 *
 * @throws DomainError `forbidden`
 */
export function requireRequester(actor: Actor, loaded: LoadedRequest, verb: string): void {
  if (!isRequester(actor, loaded) && !isAdmin(actor)) {
    throw new DomainError("forbidden", `Only the asker or an admin may ${verb} it`);
  }
}

import { isAdmin, type Actor } from "../actors/actor.ts";

/** Replaces the part after the host in an address that is not shown in full. */
export const SHORTENED = "/…";

/**
 * Returns a request's callback address as the actor may see it: in full for the asker and for admins, otherwise only up
 * to its port. The reason: somebody who knows a webhook's address can often post to it in Sayso's place, and a waiting
 * n8n execution goes on with whatever it receives.
 */
export function callbackAddressFor(
  actor: Actor,
  request: { callbackUrl: string | null; connectionId: string | null; createdBy: string | null },
): string | null {
  if (request.callbackUrl === null || isAdmin(actor) || hasAsked(actor, request))
    return request.callbackUrl;
  return new URL(request.callbackUrl).origin + SHORTENED;
}

function hasAsked(
  actor: Actor,
  { connectionId, createdBy }: { connectionId: string | null; createdBy: string | null },
): boolean {
  switch (actor.kind) {
    case "person": {
      const isOfThisApp = !actor.through || actor.through.connectionId === connectionId;
      return createdBy === actor.personId && isOfThisApp;
    }
    case "connection":
      return createdBy === null && connectionId === actor.connectionId;
    case "system":
      return true;
  }
}

/**
 * Returns a condition on rows of `deliveries`: those whose address and answers the actor may see in full. A machine
 * sees no other rows at all.
 *
 * @param bind takes a value and returns its place, such as `$3`
 */
export function isShownWhole(actor: Actor, bind: (value: string) => string): string {
  if (actor.kind !== "person" || isAdmin(actor)) return "true";
  return `is_own_delivery(${bind(actor.personId)}, connection_id, subscription_id, request_id)`;
}

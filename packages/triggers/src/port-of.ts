import type { CreateSubscriptionInput, ListEventsInput, Sayso } from "@sayso/client";
import type { Port } from "./port.ts";

/** The port of a client; give the client a `fetch` of the platform's where the platform wants to speak HTTP itself. */
export function portOf(
  sayso: Pick<
    Sayso,
    "listEvents" | "createSubscription" | "getSubscription" | "deleteSubscription" | "getApproval"
  >,
): Port {
  // What people chose is text; whether it is a type or a priority is the server's to say.
  return {
    listEvents: (query) => sayso.listEvents(query as ListEventsInput),
    recentEvents: ({ types, limit }) => sayso.listEvents({ types, last: limit } as ListEventsInput),
    createSubscription: (wish) => sayso.createSubscription(wish as CreateSubscriptionInput),
    getSubscription: (id) => sayso.getSubscription({ id }),
    deleteSubscription: (id) => sayso.deleteSubscription({ id }),
    getRequest: (id) => sayso.getApproval({ id }),
  };
}

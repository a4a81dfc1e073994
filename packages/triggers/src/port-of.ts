import type { CreateSubscriptionInput, ListEventsInput, Sayso } from "@sayso/client";
import type { Port } from "./port.ts";

/** Makes the port of a client. Give the client a `fetch` of the platform's where the platform must send HTTP itself. */
export function portOf(
  sayso: Pick<
    Sayso,
    "listEvents" | "createSubscription" | "getSubscription" | "deleteSubscription" | "getApproval"
  >,
): Port {
  // The values that people chose are plain text; the server judges whether each is a type or a priority.
  return {
    listEvents: (query) => sayso.listEvents(query as ListEventsInput),
    recentEvents: ({ types, limit }) => sayso.listEvents({ types, last: limit } as ListEventsInput),
    createSubscription: (wish) => sayso.createSubscription(wish as CreateSubscriptionInput),
    getSubscription: (id) => sayso.getSubscription({ id }),
    deleteSubscription: (id) => sayso.deleteSubscription({ id }),
    getRequest: (id) => sayso.getApproval({ id }),
  };
}

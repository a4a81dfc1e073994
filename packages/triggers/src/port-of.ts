import type { EventPage, Port, ReadRequest, Subscription, SubscriptionBody } from "./port.ts";

/**
 * The methods of the client that the port calls, for types and priorities that are plain text: people chose them, and
 * the server judges them. TypeScript lets the client's methods stand in, because it compares the parameters of methods
 * both ways.
 */
interface PlainClient {
  listEvents(query?: {
    after?: string;
    types?: readonly string[];
    limit?: number;
    wait?: number;
    last?: number;
  }): Promise<EventPage>;
  createSubscription(wish: SubscriptionBody): Promise<Subscription & { secret: string }>;
  getSubscription(input: { id: string }): Promise<Subscription>;
  deleteSubscription(input: { id: string }): Promise<unknown>;
  getApproval(input: { id: string }): Promise<ReadRequest>;
}

/** Makes the port of a client. Give the client a `fetch` of the platform's where the platform must send HTTP itself. */
export function portOf(client: PlainClient): Port {
  return {
    listEvents: (query) => client.listEvents(query),
    recentEvents: ({ types, limit }) => client.listEvents({ types, last: limit }),
    createSubscription: (wish) => client.createSubscription(wish),
    getSubscription: (id) => client.getSubscription({ id }),
    deleteSubscription: (id) => client.deleteSubscription({ id }),
    getRequest: (id) => client.getApproval({ id }),
  };
}

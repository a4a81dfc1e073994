import { followEvents, type EventFeed, type FollowOptions } from "./follow-events.ts";
import { iterate, type ItemOf, type ListInput, type ListOperation, type Page } from "./iterate.ts";
import { operations } from "./operations.generated.ts";
import type { CallOptions, ClientOptions } from "./options.ts";
import { createSend, type Send } from "./send.ts";
import type { Approval, Operations } from "./types.generated.ts";
import { waitForDecision, type WaitOptions } from "./wait-for-decision.ts";

/**
 * A client of Sayso with one credential. It has a method for each operation of the API, and methods that combine them.
 */
export interface Sayso extends Operations {
  /**
   * Iterates over all items of a list, page after page. No item comes twice, even when items are added meanwhile.
   * Example: `for await (const request of sayso.iterate("listApprovals", {}))`
   */
  iterate: <Name extends ListOperation>(
    name: Name,
    input: ListInput<Name>,
    options?: CallOptions,
  ) => AsyncIterable<ItemOf<Name>>;
  /**
   * Iterates over events as they happen, oldest first: `for await (const event of sayso.events({ after }))`. It never
   * ends by itself.
   */
  events: (options?: FollowOptions) => EventFeed;
  /**
   * Waits until a request has left "pending", and returns it. Only `status` "approved" means yes.
   *
   * @throws SaysoError `TIMEOUT` when the time is over
   */
  waitForDecision: (id: string, options?: WaitOptions) => Promise<Approval>;
}

/**
 * Creates a client of the server at `url`. Every method throws a `SaysoError` when the server refuses or can't be
 * reached.
 *
 * After network errors, 429 and 502–504 the client repeats calls that only read, and calls with an idempotency key.
 * `createApproval` gets a key where you give none, so that its repetition asks nobody twice.
 *
 * @throws TypeError when `url` is not an address
 */
export function createClient(options: ClientOptions): Sayso {
  new URL(options.url);
  const send = createSend(options);
  const methods = methodsOf(send);
  return {
    ...methods,
    iterate: (name, input, callOptions) =>
      iterate((position) => readPage(send, name, { ...input, ...position }, callOptions)),
    events: (followOptions) => followEvents(methods, followOptions),
    waitForDecision: (id, waitOptions) => waitForDecision(methods, id, waitOptions),
  };
}

/** Returns a method for each operation. The types of the methods and their routes are generated from one declaration. */
function methodsOf(send: Send): Operations {
  const methods: object = Object.fromEntries(
    Object.entries(operations).map(([name, route]) => [
      name,
      (input?: Record<string, unknown>, options?: CallOptions) => send(route, input, options),
    ]),
  );
  return methods as Operations;
}

/** Reads a page of a list. The route was generated from the same declaration as the type of its items. */
const readPage = async <Name extends ListOperation>(
  send: Send,
  name: Name,
  input: Record<string, unknown>,
  options: CallOptions | undefined,
): Promise<Page<ItemOf<Name>>> =>
  (await send(operations[name], input, options)) as Page<ItemOf<Name>>;

import { createPatience } from "./patience.ts";
import type { Event, ListEventsInput, Operations } from "./types.generated.ts";

export interface FollowOptions {
  /** The place to go on from: an earlier `cursor`, or "latest" for events from now on. Default: the beginning. */
  after?: string;
  /** The event types to return, such as "approval.approved" or "approval.*". Default: all. */
  types?: ListEventsInput["types"];
  /** Ends the iteration, which then throws the signal's reason. */
  signal?: AbortSignal;
}

/** Events as they happen, oldest first; see {@link followEvents}. */
export interface EventFeed extends AsyncIterable<Event> {
  /**
   * The place after the events that the loop has finished. Store it, and give it as `after` next time. Then nothing is
   * lost; up to 100 events can come again, under the same ids.
   */
  readonly cursor: string | undefined;
}

const WAIT_SECONDS = 30;

/**
 * Iterates over the organization's events and then waits for more, for ever: leave the loop, or abort, to stop. Waits
 * out restarts of the server and rate limits.
 */
export function followEvents(
  operations: Pick<Operations, "listEvents">,
  { after, types, signal }: FollowOptions = {},
): EventFeed {
  const patiently = createPatience(signal);
  let cursor = after;
  return {
    get cursor() {
      return cursor;
    },
    async *[Symbol.asyncIterator]() {
      // The first call doesn't wait, so that a wrong address or cursor throws at once.
      for (let wait = 0; ; wait = WAIT_SECONDS) {
        const page = await patiently(() =>
          operations.listEvents({ after: cursor, types, limit: 100, wait }, { signal }),
        );
        yield* page.data;
        // Set only after the page, so that a caller who stores it within the loop doesn't lose the rest of the page.
        cursor = page.next_cursor;
      }
    },
  };
}

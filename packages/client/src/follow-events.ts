import { createPatience } from "./patience.ts";
import type { Event, ListEventsInput, Operations } from "./types.generated.ts";

export interface FollowOptions {
  /** Where to go on: a `cursor` of before; "latest": from now on; default: from the beginning. */
  after?: string;
  /** Only these, such as "approval.approved" or "approval.*"; default: all. */
  types?: ListEventsInput["types"];
  /** Ends the iteration, which then throws the signal's reason. */
  signal?: AbortSignal;
}

/** Events as they happen, oldest first; see {@link followEvents}. */
export interface EventFeed extends AsyncIterable<Event> {
  /**
   * Where to go on after what the loop has finished with: keep it, and give it as `after` next time. Nothing is lost
   * then; up to 100 events may come again, under the same ids.
   */
  readonly cursor: string | undefined;
}

const WAIT_SECONDS = 30;

/**
 * Goes through the events of the organization and then waits for more, for ever: leave the loop, or abort, to stop.
 * Restarts of the server and rate limits are waited out.
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
      // The first look doesn't wait, so that a wrong address or cursor is told at once.
      for (let wait = 0; ; wait = WAIT_SECONDS) {
        const page = await patiently(() =>
          operations.listEvents({ after: cursor, types, limit: 100, wait }, { signal }),
        );
        yield* page.data;
        // Only now: whoever keeps it within the loop has not lost the rest of the page.
        cursor = page.next_cursor;
      }
    },
  };
}

import type { Context } from "../context.ts";
import type { OrganizationPool } from "../capabilities.ts";
import type { FeedReader } from "./feed-news.ts";
import { eventMatches, maySeeEvent } from "./event-types.ts";
import { encodeCursor, type FeedPlace } from "./event-cursor.ts";
import { viewerOf } from "../actors/viewer.ts";
import { atOnce, toQuery, type EventSelection } from "./read-events.ts";
import { readFeed, type FeedEntry } from "./read-feed.ts";

/** What came at once: maybe nothing that is wanted. */
export interface FollowedEvents {
  entries: readonly FeedEntry[];
  /** Where to go on after them. */
  cursor: string;
}

const PART = 100;

/**
 * The organization's events after a cursor, and then each as soon as it has its place, without an end: until the
 * signal aborts, the server stops or whoever reads leaves. Says something, also that there is nothing, at once and
 * whenever the feed has grown. At the end of the feed all followers of an organization share one reading, so that
 * thousands of them cost no more than one. Where not everybody sees every request, those who don't read for themselves.
 *
 * @throws DomainError as `readEvents`, at once; `unavailable` also later: begin again at the last cursor
 */
export async function* followEvents(
  context: Context<OrganizationPool & FeedReader>,
  selection: EventSelection,
  signal: AbortSignal,
): AsyncGenerator<FollowedEvents, void, void> {
  const { app, feed } = context.services;
  const { inTurn = atOnce } = selection;
  const query = toQuery(context, selection);
  let place: FeedPlace | null = query.after;
  while (!signal.aborted && !feed.isClosed) {
    const after = place;
    const part = await inTurn(() => readFeed(app, { ...query, after, limit: PART }));
    place = part.reached;
    yield { entries: part.entries, cursor: encodeCursor(place) };
    if (!part.hasMore) place = yield* followTail(context, query.types, place, signal);
  }
}

/**
 * Ends where the tail no longer keeps what comes next, or where that concerns requests that not everybody sees: who follows
 * then reads for themselves. Returns that place.
 */
async function* followTail(
  { services, organizationId, actor }: Context<FeedReader>,
  types: readonly string[] | null,
  from: FeedPlace,
  signal: AbortSignal,
): AsyncGenerator<FollowedEvents, FeedPlace, void> {
  let place = from;
  const viewer = viewerOf(actor);
  const tail = services.feed.tails.join(organizationId, place);
  try {
    for (;;) {
      const news = await tail.next(place, signal);
      if (!news?.length) return place;
      if (viewer && news.some(({ event, isOpen }) => !isOpen && event.request_id !== null))
        return place;
      place = news.at(-1)!.place;
      const entries = news.filter(
        ({ event }) => eventMatches(event.type, types) && maySeeEvent(actor, event.type),
      );
      yield { entries, cursor: encodeCursor(place) };
    }
  } finally {
    tail.leave();
  }
}

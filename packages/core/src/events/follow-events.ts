import { lastItem } from "../lists/last-item.ts";
import type { Context } from "../context.ts";
import type { OrganizationPool } from "../capabilities.ts";
import type { FeedReader } from "./feed-news.ts";
import { eventMatches, maySeeEvent } from "./event-types.ts";
import { encodeCursor, type FeedPlace } from "./event-cursor.ts";
import { viewerOf } from "../actors/viewer.ts";
import { atOnce, toQuery, type EventSelection } from "./read-events.ts";
import { readFeed, type FeedEntry } from "./read-feed.ts";

/** The entries of one reading; possibly none that the caller wants. */
export interface FollowedEvents {
  entries: readonly FeedEntry[];
  /** The cursor after them. */
  cursor: string;
}

const PART = 100;

/**
 * Yields the organization's events after a cursor, and then each new one as soon as it has its position. It ends only
 * when the signal aborts, the server stops or the reader leaves. It yields at once, and whenever the feed has grown,
 * even if there is nothing for the reader. At the end of the feed all followers of an organization share one reading,
 * so thousands of them cost no more than one. A viewer who doesn't see every request reads the database itself.
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
 * Follows the shared tail and returns the place where it stops: the tail no longer keeps the next entries, or they are
 * about requests that not everybody sees. From there the follower reads the database itself.
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
      place = lastItem(news).place;
      const entries = news.filter(
        ({ event }) => eventMatches(event.type, types) && maySeeEvent(actor, event.type),
      );
      yield { entries, cursor: encodeCursor(place) };
    }
  } finally {
    tail.leave();
  }
}

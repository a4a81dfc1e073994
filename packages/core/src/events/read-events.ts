import { isAdmin } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { OrganizationPool } from "../capabilities.ts";
import type { FeedReader } from "./feed-news.ts";
import { viewerOf } from "../actors/viewer.ts";
import { beginning, decodeCursor, encodeCursor, type FeedPlace } from "./event-cursor.ts";
import { requireVisible } from "./event-types.ts";
import { readFeed, type EventItem, type FeedPart, type FeedQuery } from "./read-feed.ts";

export interface EventPage {
  /** The events, oldest first; within a request by `sequence`. */
  events: EventItem[];
  /** The cursor to go on with, also after an empty page. */
  nextCursor: string;
  hasMore: boolean;
}

/** The events that a caller wants. */
export interface EventSelection {
  /** A cursor, `earliest` or `latest`. */
  after: string;
  /** Types, or families such as `approval.*`. Undefined: all that the actor may see. */
  types?: readonly string[];
  /** Reads when it is the caller's turn. Default: at once. */
  inTurn?: InTurn;
}

/** Does the work as soon as the caller may use the database. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export const atOnce: InTurn = (work) => work();

/** The number of parts of a long feed that one call searches for events of a rare type. */
const SEARCHES_MAX = 20;

/**
 * Returns a page of the organization's events after a cursor. It leaves out events about requests that the actor
 * doesn't see. For everybody but admins, and for machines, it leaves out events that only admins see (who signed in,
 * which keys were made). With rare types a page can be empty while `hasMore` is true.
 *
 * @param wait.limit 1–100
 * @param wait.waitMs the time to wait for an event if there is none yet
 * @throws DomainError `validation_failed` (a cursor of another history), `forbidden` (types that only admins see)
 */
export async function readEvents(
  context: Context<OrganizationPool & FeedReader>,
  selection: EventSelection,
  { limit, waitMs = 0, signal }: { limit: number; waitMs?: number; signal?: AbortSignal },
): Promise<EventPage> {
  const { app, feed } = context.services;
  const { inTurn = atOnce } = selection;
  const query = toQuery(context, selection);
  const until = performance.now() + waitMs;
  let part = await inTurn(() => readFeed(app, { ...query, limit }));
  for (let searches = 1; part.entries.length === 0;) {
    const leftMs = until - performance.now();
    if (leftMs <= 0 || signal?.aborted || feed.isClosed) break;
    if (part.hasMore && ++searches > SEARCHES_MAX) break;
    const { position } = part.reached;
    if (!part.hasMore) await feed.wait(query.organizationId, position, leftMs, signal);
    const { reached } = part;
    part = await inTurn(() => readFeed(app, { ...query, after: reached, limit }));
  }
  return toPage(part);
}

export const toPage = ({ entries, reached, hasMore }: FeedPart): EventPage => ({
  events: entries.map(({ event }) => event),
  nextCursor: encodeCursor(reached),
  hasMore,
});

/**
 * Makes the query for a selection of events.
 *
 * @throws DomainError as `readEvents`
 */
export function toQuery(
  { organizationId, actor }: Context,
  { after, types }: EventSelection,
): Omit<FeedQuery, "limit"> {
  if (types) requireVisible(actor, types);
  return {
    organizationId,
    after: toPlace(after),
    types: types ?? null,
    seesAll: isAdmin(actor),
    viewer: viewerOf(actor),
  };
}

function toPlace(after: string): FeedPlace | null {
  if (after === "latest") return null;
  return after === "earliest" ? beginning : decodeCursor(after);
}

import type { approvals, approvalsOperations, StreamedItem, StreamedPart } from "@sayso/catalogue";
import {
  followEvents,
  readEvents,
  readNewestEvents,
  type EventPage,
  type FeedEntry,
  type FollowedEvents,
} from "@sayso/core";
import type { z } from "zod";
import type { Handlers } from "../../http/bind.ts";

type Operations = Pick<typeof approvalsOperations, "listEvents" | "streamEvents">;
type Event = z.input<typeof approvals.Event>;

export const eventHandlers: Handlers<Operations> = {
  async listEvents(call) {
    const { context, query } = call;
    const inTurn = query.wait > 0 ? call.inTurn : undefined;
    const { after = "earliest", last, types, limit, wait } = query;
    if (last !== undefined)
      return { status: 200, body: toPage(await readNewestEvents(context, { types }, last)) };
    const page = await readEvents(
      context,
      { after, types, ...(inTurn && { inTurn }) },
      // Only a call that waits has to notice that its caller hung up.
      wait > 0 ? { limit, waitMs: wait * 1000, signal: call.signal } : { limit },
    );
    if (wait > 0) await call.recheck();
    return { status: 200, body: toPage(page) };
  },

  streamEvents({ context, query, signal, inTurn }) {
    const { after = "latest", types } = query;
    const followed = followEvents(context, { after, types, inTurn }, signal);
    return Promise.resolve({ status: 200, body: toParts(followed) });
  },
};

const toPage = ({ events, nextCursor, hasMore }: EventPage) => ({
  data: events,
  next_cursor: nextCursor,
  has_more: hasMore,
});

async function* toParts(
  followed: AsyncIterable<FollowedEvents>,
): AsyncGenerator<StreamedPart<Event>, void, void> {
  for await (const { entries, cursor } of followed)
    yield { items: entries.map(toItem), lastId: cursor };
}

/** One item for all streams that send it. */
const items = new WeakMap<FeedEntry, StreamedItem<Event>>();

function toItem(entry: FeedEntry): StreamedItem<Event> {
  const known = items.get(entry);
  if (known) return known;
  const { cursor, event, json } = entry;
  const made = { id: cursor, type: event.type, data: event, json };
  items.set(entry, made);
  return made;
}

import { isWanted, type Wanted } from "./filter.ts";
import { readItem, type EventItem } from "./item.ts";
import { HEAD, messageOf, refusesField, type EventPage, type Port, type Warning } from "./port.ts";
import type { Offer } from "./settle.ts";
import { readState, type TriggerState } from "./state.ts";

/** The largest number of events that the API gives in a page. */
const PAGE_MAX = 100;

export interface PollOptions extends Wanted {
  port: Pick<Port, "listEvents" | "recentEvents">;
  /** The state as the platform stored it. It is never changed. */
  state: unknown;
  /**
   * The number of recent events that a first poll gives, so that people have fields to map; 0–100, default 0. Needs
   * `recentEvents`.
   */
  samples?: number;
  /** The largest number of items in a poll; the next poll gives the rest. Default 100. */
  maxItems?: number;
  /** The largest number of calls in a poll, because events of other types are passed over; default 20. */
  maxCalls?: number;
  /** The time that the server waits for a first event, in seconds, 0–30; default 0. */
  waitSeconds?: number;
}

/** The result of a poll, to be handed out by {@link settle}. */
export interface Polled extends Offer {
  move: NonNullable<Offer["move"]>;
  /**
   * The items happened before the trigger began: they are a first poll's samples, for people to look at. A platform
   * that must not act on history drops them and loses nothing, because the next poll gives the events after them.
   */
  areSamples: boolean;
  warnings: Warning[];
}

/**
 * Reads the events since the stored cursor, oldest first. Changes nothing: pass the result to {@link settle}, or
 * discard it.
 *
 * - Without a state: up to `samples` recent events, marked as samples, no history, and the cursor at the head.
 * - With a state: page by page up to the head, or up to `maxItems` or `maxCalls`. `move.hasMore` then says that there
 *   is more already. Events that were handed out before are passed over.
 * - With a cursor of another history (the server was restored from an older backup), or a state that can't be read:
 *   only a warning, and the cursor at the head.
 * - If the server fails after the first page, the earlier pages count and `interrupted` is among the warnings.
 *
 * @throws the port's error at the first call; RangeError for an option out of its bounds
 */
export async function poll(options: PollOptions): Promise<Polled> {
  checkBounds(options);
  const { state, isUnreadable } = readState(options.state);
  if (isUnreadable) {
    return startAnew(options, null, {
      code: "state_unreadable",
      message: "The stored state could not be read: events before this poll may be missing",
    });
  }
  if (state?.cursor == null) return startFirst(options);
  return drain(options, { ...state, cursor: state.cursor });
}

/**
 * Reads samples and head in one call. An event between two calls would be doubled or, when dropped as a sample, lost.
 */
async function startFirst(options: PollOptions): Promise<Polled> {
  const { port, types, filter, samples = 0 } = options;
  if (samples === 0 || !port.recentEvents) return begin(null, await readHead(options));
  const recent = await port.recentEvents({ types, limit: filter ? PAGE_MAX : samples });
  const warnings: Warning[] = [];
  const items = wantedAmong(recent.data, options, warnings).slice(-samples);
  return { ...begin(null, recent.next_cursor, warnings), items, areSamples: items.length > 0 };
}

async function startAnew(
  options: PollOptions,
  from: string | null,
  warning: Warning,
): Promise<Polled> {
  return begin(from, await readHead(options), [warning]);
}

const begin = (from: string | null, to: string, warnings: Warning[] = []): Polled => ({
  items: [],
  move: { from, to, hasMore: false },
  areSamples: false,
  warnings,
});

const readHead = async ({ port, types }: PollOptions): Promise<string> =>
  (await port.listEvents({ after: HEAD, types, limit: 1 })).next_cursor;

async function drain(
  options: PollOptions,
  state: TriggerState & { cursor: string },
): Promise<Polled> {
  const { port, types, maxItems = 100, maxCalls = 20, waitSeconds = 0 } = options;
  const from = state.cursor;
  const seen = new Set(state.seen);
  const items: EventItem[] = [];
  const warnings: Warning[] = [];
  let to = from;
  let hasMore = true;
  for (let calls = 0; hasMore && calls < maxCalls && items.length < maxItems; calls++) {
    const limit = Math.min(PAGE_MAX, maxItems - items.length);
    const wait = calls === 0 && waitSeconds > 0 ? waitSeconds : undefined;
    let page: EventPage;
    try {
      page = await port.listEvents({ after: to, types, limit, wait });
    } catch (error) {
      if (calls === 0 && refusesField(error, "after")) {
        return startAnew(options, from, {
          code: "history_changed",
          message:
            "The server was restored from a backup, so its history has changed: starting again from now",
        });
      }
      if (calls === 0) throw error;
      warnings.push({
        code: "interrupted",
        message: `The next poll returns the rest: ${messageOf(error)}`,
      });
      break;
    }
    for (const item of wantedAmong(page.data, options, warnings)) {
      if (!seen.has(item.id)) items.push(item);
      seen.add(item.id);
    }
    // A cursor that doesn't move is the head, whatever else the server says. This prevents an endless loop.
    hasMore = page.has_more && page.next_cursor !== to;
    to = page.next_cursor;
  }
  return { items, move: { from, to, hasMore }, areSamples: false, warnings };
}

function wantedAmong(data: readonly unknown[], wanted: Wanted, warnings: Warning[]): EventItem[] {
  const items = data.map(readItem);
  const malformed = items.filter((item) => item === null).length;
  if (malformed > 0) {
    warnings.push({
      code: "malformed_event",
      message: `The server sent ${malformed} events without id, type or time; they were left out`,
    });
  }
  return items.filter((item) => item !== null).filter((item) => isWanted(item, wanted));
}

function checkBounds({ samples = 0, maxItems = 100, maxCalls = 20 }: PollOptions): void {
  const isCount = (value: number, min: number) => Number.isInteger(value) && value >= min;
  if (!isCount(samples, 0) || samples > PAGE_MAX) {
    throw new RangeError(`samples is a whole number from 0 to ${PAGE_MAX}`);
  }
  if (!isCount(maxItems, 1)) throw new RangeError("maxItems is a whole number from 1");
  if (!isCount(maxCalls, 1)) throw new RangeError("maxCalls is a whole number from 1");
}

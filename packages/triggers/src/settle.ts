import type { EventItem } from "./item.ts";
import { MEMORY, readState, type TriggerState } from "./state.ts";

/** Items from a poll or a webhook. Only {@link settle} hands them out. */
export interface Offer {
  /** Oldest first. */
  items: readonly EventItem[];
  /**
   * For a poll: the cursor that it began from, the cursor after its last item, and whether there is more after that.
   */
  move: { from: string | null; to: string; hasMore: boolean } | null;
}

export interface Settled {
  /** The items for the automation now, oldest first, each event once. */
  items: EventItem[];
  /** The state to store in the same step in which the items are handed out. */
  state: TriggerState;
  /**
   * True if a poll should come soon although webhooks arrive, before the memory of their events overflows. A poll
   * passes over those events and leaves a newer cursor.
   */
  isPollDue: boolean;
}

/**
 * Decides which items are handed out, by the state that is stored at this moment. It is a pure function. Read, settle
 * and store in one step (one tick, one transaction, a compare-and-set), because another poll or webhook can settle
 * meanwhile:
 *
 * - An event that was handed out before is left out, as far as the memory reaches.
 * - A poll that another one has overtaken hands out nothing: its items came with that one, or come with the next.
 *
 * So when state and items are committed together, each event is handed out once, whatever is repeated, reordered or run
 * at once. If both get lost together, the next poll finds the events again.
 *
 * @param memory the number of event ids to remember; default 500, at least 1
 */
export function settle(stored: unknown, offer: Offer, { memory = MEMORY } = {}): Settled {
  if (!Number.isInteger(memory) || memory < 1) throw new RangeError("memory is at least 1");
  const { cursor, seen, received } = readState(stored).state ?? {
    cursor: null,
    seen: [],
    received: 0,
  };
  const { move } = offer;
  const isOvertaken = move !== null && move.from !== cursor;
  const known = new Set(seen);
  const items: EventItem[] = [];
  for (const item of isOvertaken ? [] : offer.items) {
    if (known.has(item.id)) continue;
    known.add(item.id);
    items.push(item);
  }
  const state: TriggerState = {
    v: 1,
    cursor: move === null || isOvertaken ? cursor : move.to,
    seen: [...known].slice(-memory),
    received: receivedAfter(received, offer, isOvertaken, items.length),
  };
  return { items, state, isPollDue: state.cursor !== null && state.received * 2 >= memory };
}

function receivedAfter(
  before: number,
  { move }: Offer,
  isOvertaken: boolean,
  count: number,
): number {
  if (move === null) return before + count;
  return isOvertaken || move.hasMore ? before : 0;
}

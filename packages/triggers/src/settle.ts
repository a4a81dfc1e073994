import type { EventItem } from "./item.ts";
import { MEMORY, readState, type TriggerState } from "./state.ts";

/** Items that a poll or a webhook brought; they are handed out only by {@link settle}. */
export interface Offer {
  /** Oldest first. */
  items: readonly EventItem[];
  /** Of a poll: the cursor that it began from, the one behind its last item, and whether more lies behind that. */
  move: { from: string | null; to: string; hasMore: boolean } | null;
}

export interface Settled {
  /** To be handed to the automation now, oldest first: each event once. */
  items: EventItem[];
  /** To be stored in the same step in which the items are handed out. */
  state: TriggerState;
  /**
   * Whether to poll soon, though webhooks come: before the memory of what they brought runs over. A poll passes
   * over it and leaves a newer cursor.
   */
  isPollDue: boolean;
}

/**
 * Decides what is handed out, against what is stored at this moment. Pure; read, settle and store in one step
 * (one tick, one transaction, a compare-and-set), because another poll or webhook may have settled meanwhile:
 *
 * - an event that was handed out before is left out, as far as the memory reaches;
 * - a poll that another one has overtaken hands out nothing: its items came with that one, or come with the next.
 *
 * So with state and items committed together, each event is handed out once, whatever is repeated, reordered or
 * run at once; and if they get lost together, the next poll finds them again.
 *
 * @param memory how many event ids to remember; default 500, at least 1
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

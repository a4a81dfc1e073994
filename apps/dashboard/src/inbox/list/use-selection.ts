import type { InboxItem } from "@sayso/client";
import { useState } from "react";
import { asksAgain } from "../../request/deciding/asks-again.ts";
import type { Item } from "../queries.ts";
import type { RequestList } from "./use-request-list.ts";

export interface Selection {
  /** The selected requests in the state that was shown when each was selected. */
  items: ReadonlyMap<string, InboxItem>;
  has: (id: string) => boolean;
  toggle: (item: Item) => void;
  /** Selects all rows between the row selected last and this one. */
  extendTo: (index: number, list: Pick<RequestList, "rowAt" | "indexOf">) => void;
  drop: (ids: Iterable<string>) => void;
  clear: () => void;
}

/**
 * Whether a request can be decided together with others: its priority is low or medium, and the dialog can show it in
 * full.
 */
export const isSelectable = (item: Item): item is InboxItem =>
  item.status === "pending" &&
  item.your_vote?.can_decide === true &&
  !asksAgain(item.priority) &&
  item.has_context !== true &&
  item.truncated === undefined;

/** Keeps the selected rows. Only requests that can be decided together can be selected. */
export function useSelection(): Selection {
  const [items, setItems] = useState<ReadonlyMap<string, InboxItem>>(new Map());
  const [last, setLast] = useState<string>();
  return {
    items,
    has: (id) => items.has(id),
    toggle(item) {
      if (!isSelectable(item)) return;
      const next = new Map(items);
      if (!next.delete(item.id)) next.set(item.id, item);
      setItems(next);
      setLast(item.id);
    },
    extendTo(index, { rowAt, indexOf }) {
      const next = new Map(items);
      const begin = (last === undefined ? last : indexOf(last)) ?? index;
      const [from, to] = [Math.min(begin, index), Math.max(begin, index)];
      for (let i = from; i <= to; i++) {
        const item = rowAt(i);
        if (item && isSelectable(item)) next.set(item.id, item);
      }
      setItems(next);
      setLast(rowAt(index)?.id);
    },
    drop(ids) {
      const next = new Map(items);
      for (const id of ids) next.delete(id);
      if (next.size !== items.size) setItems(next);
    },
    clear() {
      setItems(new Map());
      setLast(undefined);
    },
  };
}

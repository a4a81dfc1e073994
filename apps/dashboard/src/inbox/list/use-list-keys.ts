import type { Decision } from "@sayso/client";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";
import { keepTyping } from "../../keyboard/early-typing.ts";
import { useShortcuts } from "../../keyboard/shortcuts.ts";
import { heldVoteOn, type HeldVote } from "../../request/votes/held-votes.ts";
import { strings } from "../../strings/index.ts";
import { openedFrom } from "../filters/opened-from.ts";
import type { Item } from "../queries.ts";
import type { ListChanges } from "./use-list-changes.ts";
import type { RequestList } from "./use-request-list.ts";
import type { Selection } from "./use-selection.ts";

interface ListKeysInput {
  list: RequestList;
  changes: ListChanges;
  /** The votes that the server has not counted yet. */
  held: readonly HeldVote[];
  selection: Selection;
  hasBoxes: boolean;
  onDo: (item: Item, what: Decision | "comment") => void;
  /** Asks about all selected requests. */
  onDoSelected: (decision: Decision) => void;
}

interface ListKeys {
  /** The index of the row that the keys act on. */
  current: number | null;
  /** A number that rises with every key that moves the current row. */
  moved: number;
  setCurrent: (index: number) => void;
  /** Moves to the row after the current one. */
  next: () => void;
  select: (item: Item, index: number, isRange: boolean) => void;
}

/** The time after which a dialog has closed. */
const CLOSED_MS = 50;

/** The keys of a list: j and k, x and X, a, r, c and Enter. With a selection, a and r are about the selected rows. */
export function useListKeys(input: ListKeysInput): ListKeys {
  const { list, changes, selection, hasBoxes } = input;
  const navigate = useNavigate();
  const [current, setCurrent, isLeft] = useCurrent(list);
  const [moved, setMoved] = useState(0);
  const total = list.total ?? 0;
  const isThere = (index: number): boolean => {
    const item = list.rowAt(index);
    return item === undefined || !changes.departures.has(item.id);
  };
  const move = (step: 1 | -1) => {
    const index = nextIndex({ current, step, total, isLeft, isThere });
    if (index === null) return;
    setCurrent(index);
    setMoved(moved + 1);
  };
  const item = current === null ? undefined : list.rowAt(current);
  const isGone = item !== undefined && changes.departures.get(item.id)?.isGone === true;
  const goOn = useEffectEvent(() => move(1));
  useEffect(() => {
    if (isGone) goOn();
  }, [isGone]);
  const isOpen = item !== undefined && isDecidable(item, input);
  const select: ListKeys["select"] = (one, index, isRange) => {
    if (isRange) selection.extendTo(index, list);
    else selection.toggle(one);
  };
  const { keys } = strings.inbox;
  const on = (run: (one: Item) => void) => () => {
    if (item) run(item);
  };
  const pick = (isRange: boolean) =>
    on((one) => {
      if (current !== null) select(one, current, isRange);
    });
  const isSelecting = selection.items.size > 0;
  const start = (what: Decision | "comment") => () => begin(what, item, input);
  useShortcuts(keys.group, [
    { keys: "j", label: keys.next, isRepeated: true, run: () => move(1) },
    { keys: "k", label: keys.previous, isRepeated: true, run: () => move(-1) },
    { keys: "ArrowDown", label: keys.next, isRepeated: true, run: () => move(1) },
    { keys: "ArrowUp", label: keys.previous, isRepeated: true, run: () => move(-1) },
    {
      keys: "Enter",
      label: keys.open,
      isOn: item !== undefined,
      run: on(
        ({ id }) =>
          void navigate({
            to: "/requests/$id",
            params: { id },
            search: openedFrom(list.source),
          }),
      ),
    },
    ...(hasBoxes
      ? [
          { keys: "x", label: keys.select, isOn: item !== undefined, run: pick(false) },
          { keys: "X", label: keys.selectRange, isOn: item !== undefined, run: pick(true) },
        ]
      : []),
    { keys: "a", label: keys.approve, isOn: isSelecting || isOpen, run: start("approve") },
    { keys: "r", label: keys.reject, isOn: isSelecting || isOpen, run: start("reject") },
    { keys: "c", label: keys.comment, isOn: item !== undefined, run: start("comment") },
    { keys: "Escape", label: keys.leave, isOn: isSelecting, run: () => selection.clear() },
  ]);
  // A closing dialog returns the focus to its earlier place, so the focus can move only after that.
  const next = () => void setTimeout(() => move(1), CLOSED_MS);
  return { current, moved, setCurrent, next, select };
}

/** Opens the dialog of a decision or a comment. With a selection, a decision is about the selected rows. */
function begin(
  what: Decision | "comment",
  item: Item | undefined,
  { selection, onDo, onDoSelected }: ListKeysInput,
): void {
  const isAboutSelected = selection.items.size > 0 && what !== "comment";
  if (!isAboutSelected && item === undefined) return;
  // Until the dialog is there, keys must neither reach the list nor get lost.
  keepTyping();
  if (isAboutSelected) onDoSelected(what);
  else if (item) onDo(item, what);
}

interface Step {
  current: number | null;
  step: 1 | -1;
  total: number;
  isLeft: boolean;
  isThere: (index: number) => boolean;
}

/** Returns the index of the row to go to. Null: there is none in this direction. */
function nextIndex({ current, step, total, isLeft, isThere }: Step): number | null {
  let index = current === null ? (step === 1 ? 0 : total - 1) : current + step;
  if (isLeft && current !== null) index = Math.min(current, total - 1);
  while (index >= 0 && index < total && !isThere(index)) index += step;
  return index < 0 || index >= total ? null : index;
}

/** Whether the row's request waits for a vote, according to the list and the votes not yet counted. */
const isDecidable = ({ id, status }: Item, { changes, held }: ListKeysInput): boolean =>
  status === "pending" && !changes.departures.has(id) && heldVoteOn(held, id) === undefined;

interface CurrentRow {
  index: number;
  id: string | undefined;
}

/** The row that was the current one of each list when the person left it for a request's page. */
const lastRows = new Map<string, CurrentRow>();

/** Keeps the row for the person's return, if they leave the list for a request's page. */
function useReturn(name: string, row: CurrentRow | null): void {
  const keep = useEffectEvent(() => {
    if (row !== null && /\/requests\/[^/]+$/.test(location.pathname)) lastRows.set(name, row);
  });
  useEffect(() => {
    lastRows.delete(name);
    return () => keep();
  }, [name]);
}

/**
 * Keeps the current row. It follows its request to another place in a new generation. A person who comes back from a
 * request's page goes on where they left the list.
 *
 * @returns its index, how to change it, and whether it is still the row of a request that has left the list since the
 *   person came back: the row below is then in its place
 */
function useCurrent(list: RequestList): [number | null, (index: number) => void, boolean] {
  const name = JSON.stringify(list.source);
  const [held, setHeld] = useState<CurrentRow | null>(() => lastRows.get(name) ?? null);
  const [isBack, setBack] = useState(held !== null);
  const place = held?.id === undefined ? undefined : list.indexOf(held.id);
  useReturn(name, held);
  const set = (index: number) => {
    setHeld({ index, id: list.rowAt(index)?.id });
    setBack(false);
  };
  return [place ?? held?.index ?? null, set, isBack && place === undefined];
}

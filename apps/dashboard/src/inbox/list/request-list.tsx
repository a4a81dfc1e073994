import { useWindowVirtualizer, defaultRangeExtractor, type Range } from "@tanstack/react-virtual";
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type RefObject,
} from "react";
import { heldVoteOn, type HeldVote } from "../../request/votes/held-votes.ts";
import { strings } from "../../strings/index.ts";
import { classes } from "../../ui/classes.ts";
import { openedFrom } from "../filters/opened-from.ts";
import type { Item } from "../queries.ts";
import styles from "./request-list.module.css";
import { RequestRow, RowSkeleton } from "./request-row.tsx";
import { useAnchor } from "./use-anchor.ts";
import type { ListChanges } from "./use-list-changes.ts";
import type { RequestList as List } from "./use-request-list.ts";
import { useRowHeight } from "./use-row-height.ts";
import type { Selection } from "./use-selection.ts";

interface RequestListProps {
  list: List;
  total: number;
  changes: ListChanges;
  /** The votes that the server has not counted yet. */
  held: readonly HeldVote[];
  selection: Selection;
  /** Whether several requests can be decided at once here. */
  hasBoxes: boolean;
  /** The index of the row that the keys act on. */
  current: number | null;
  /** The number of times that a key has moved the current row. Each time moves the focus. */
  moved: number;
  onCurrent: (index: number) => void;
  onSelect: (item: Item, index: number, isRange: boolean) => void;
  onDecide: (item: Item, decision: "approve" | "reject") => void;
}

/** The rows of a list. Only the rows in sight exist in the document. */
export function RequestList(props: RequestListProps) {
  const { list, total, changes, held, selection, hasBoxes, current, moved, onCurrent } = props;
  const from = useMemo(() => openedFrom(list.source), [list.source]);
  const rowHeight = useRowHeight();
  const box = useRef<HTMLUListElement>(null);
  const top = useTop(box);
  const gone = goneRows(list, changes);
  const goneKey = [...gone].join();
  const virtualizer = useWindowVirtualizer<HTMLLIElement>({
    count: total,
    estimateSize: useCallback(
      (index: number) => (gone.has(index) ? 0 : rowHeight),
      [goneKey, rowHeight],
    ),
    overscan: 6,
    scrollMargin: top,
    useFlushSync: false,
    // The focused row stays in the document, however far away it is.
    rangeExtractor: useCallback(
      (range: Range) => withCurrent(defaultRangeExtractor(range), current, range.count),
      [current],
    ),
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, goneKey, rowHeight]);
  const rows = virtualizer.getVirtualItems();
  const { startIndex, endIndex } = virtualizer.range ?? { startIndex: 0, endIndex: 0 };
  const { look } = list;
  useEffect(() => look(startIndex, endIndex), [look, startIndex, endIndex]);
  useAnchor({ list, gone, goneKey, rowHeight, top, startIndex, endIndex });
  useEffect(() => {
    if (moved > 0 && current !== null) virtualizer.scrollToIndex(current, { align: "auto" });
  }, [moved]);
  useFocus(box, current, moved);
  return (
    <ul
      ref={box}
      className={styles.list}
      aria-label={strings.inbox.list}
      style={{ height: virtualizer.getTotalSize() }}
      onFocus={({ target }) => {
        const row = target.closest<HTMLElement>("[data-index]");
        if (row) onCurrent(Number(row.dataset.index));
      }}
    >
      {rows.map(({ index, start, size }) => {
        const item = list.rowAt(index);
        return (
          <li
            key={item?.id ?? index}
            data-index={index}
            className={classes(styles.item, size === 0 && styles.gone)}
            style={{ height: size, transform: `translateY(${start - top}px)` }}
            aria-setsize={total}
            aria-posinset={index + 1}
          >
            {item && size > 0 ? (
              <RequestRow
                item={item}
                index={index}
                isSelected={selection.has(item.id)}
                hasBoxes={hasBoxes}
                from={from}
                departure={changes.departures.get(item.id)}
                held={heldVoteOn(held, item.id)?.decision}
                onSelect={props.onSelect}
                onDecide={props.onDecide}
              />
            ) : (
              <RowSkeleton />
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Returns the distance from the top of the page to the list, in pixels. */
function useTop(box: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = () => {
      if (box.current) setTop(Math.round(box.current.getBoundingClientRect().top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [box]);
  return top;
}

/** Returns the indexes of the rows that have left and take no more space. */
function goneRows(list: List, { departures }: ListChanges): ReadonlySet<number> {
  const gone = new Set<number>();
  for (const [id, { isGone }] of departures) {
    const index = isGone ? list.indexOf(id) : undefined;
    if (index !== undefined) gone.add(index);
  }
  return gone;
}

function withCurrent(indexes: number[], current: number | null, count: number): number[] {
  if (current === null || current >= count || indexes.includes(current)) return indexes;
  return [...indexes, current].sort((a, b) => a - b);
}

/** Focuses the current row after a key has moved it, as soon as the row is in the document. */
function useFocus(box: RefObject<HTMLElement | null>, current: number | null, moved: number): void {
  const done = useRef(0);
  useEffect(() => {
    if (moved === done.current || current === null) return;
    const link = box.current?.querySelector<HTMLElement>(`[data-row="${current}"]`);
    if (!link) return;
    done.current = moved;
    link.focus({ preventScroll: true });
  });
}

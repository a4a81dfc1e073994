import { useLayoutEffect, useRef } from "react";
import type { RequestList } from "./use-request-list.ts";

interface Anchored {
  list: RequestList;
  gone: ReadonlySet<number>;
  goneKey: string;
  rowHeight: number;
  /** The distance from the top of the page to the list, in pixels. */
  top: number;
  /** The first and the last row in sight. */
  startIndex: number;
  endIndex: number;
}

/**
 * Keeps the rows in sight in place when rows above them come or go. The first row that was there before and still is
 * keeps its place on the screen. At the top of the list nothing is held, so that new rows are seen.
 */
export function useAnchor(anchored: Anchored): void {
  const { list, gone, goneKey, rowHeight, top, startIndex, endIndex } = anchored;
  const seen = useRef<{ id: string; start: number }[]>([]);
  const startOf = (index: number): number => {
    let before = 0;
    for (const other of gone) if (other < index) before++;
    return (index - before) * rowHeight;
  };
  useLayoutEffect(() => {
    if (window.scrollY <= top) return;
    for (const { id, start } of seen.current) {
      const index = list.indexOf(id);
      if (index === undefined || gone.has(index)) continue;
      const moved = startOf(index) - start;
      if (moved !== 0) window.scrollBy({ top: moved, behavior: "instant" });
      return;
    }
  }, [list.generation, goneKey]);
  useLayoutEffect(() => {
    seen.current = [];
    for (let index = startIndex; index <= endIndex; index++) {
      const item = list.rowAt(index);
      if (item && !gone.has(index)) seen.current.push({ id: item.id, start: startOf(index) });
    }
  });
}

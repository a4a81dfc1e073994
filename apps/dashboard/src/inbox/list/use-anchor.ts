import { useLayoutEffect, useRef } from "react";
import type { RequestList } from "./use-request-list.ts";

interface Anchored {
  list: RequestList;
  gone: ReadonlySet<number>;
  goneKey: string;
  rowHeight: number;
  /** Where the list begins on the page, in pixels. */
  top: number;
  /** What is in sight. */
  startIndex: number;
  endIndex: number;
}

/**
 * Keeps what is in sight where it is when rows above it come or go: the first row that was there before and still is stays
 * at its place on the screen. At the top of the list nothing is held, so that what is new is seen.
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

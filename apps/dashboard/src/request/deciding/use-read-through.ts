import { useEffect, useRef, useState, type RefCallback } from "react";

/** The height in pixels that need not have been in sight. It is less than the gap below the content. */
const SLACK = 14;

/**
 * The greatest speed of reading, in pixels per millisecond: the speed of a fast scrolling finger. A key that jumps to
 * the end is faster, so the skipped part counts as unread.
 */
const PACE = 5;

/** The milliseconds after which the screen is looked at again. */
const LOOK_MS = 40;

/** The progress of reading a content. */
export interface ReadThrough {
  /** Whether all of the content has been on the screen, from its first line to its last. */
  isRead: boolean;
  /** Scrolls to the first line that has not been on the screen. */
  readOn: () => void;
  /** Takes the element that the content begins with. */
  start: RefCallback<HTMLElement>;
  /** Takes the element that the content ends before. */
  end: RefCallback<HTMLElement>;
  /** Takes the element that covers the lower edge, if there is one. */
  cover: RefCallback<HTMLElement>;
}

/**
 * Tracks whether all of a content was on the screen, without a gap. A jump to the end leaves a gap. If the content
 * grows, the rest must be read; another content must be read from its beginning.
 */
export function useReadThrough(content: string): ReadThrough {
  const [start, setStart] = useState<HTMLElement | null>(null);
  const [end, setEnd] = useState<HTMLElement | null>(null);
  const [cover, setCover] = useState<HTMLElement | null>(null);
  const [read, setRead] = useState<string | null>(null);
  const seen = useRef({ content, to: 0 });
  useEffect(() => {
    if (!start || !end) return undefined;
    if (seen.current.content !== content) seen.current = { content, to: 0 };
    let lastAt = performance.now();
    let timer: number | undefined;
    const look = () => {
      clearTimeout(timer);
      if (document.hidden) return;
      const { top, height, from, to } = sightOf(start, end, cover);
      const now = seen.current;
      const inSight = Math.min(height, to - top);
      const pace = PACE * Math.min(performance.now() - lastAt, 2 * LOOK_MS);
      lastAt = performance.now();
      if (from - top <= now.to + SLACK && inSight > now.to) {
        now.to = Math.min(inSight, now.to + pace);
        if (now.to < inSight) timer = window.setTimeout(look, LOOK_MS);
      }
      setRead(height > 0 && now.to >= height - SLACK ? content : null);
    };
    look();
    const observer = new ResizeObserver(look);
    for (const element of [start, cover]) if (element) observer.observe(element);
    // Scroll events don't bubble, so the listener captures them.
    const listening = { capture: true, passive: true };
    document.addEventListener("scroll", look, listening);
    document.addEventListener("visibilitychange", look);
    addEventListener("resize", look);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
      document.removeEventListener("scroll", look, listening);
      document.removeEventListener("visibilitychange", look);
      removeEventListener("resize", look);
    };
  }, [content, start, end, cover]);
  const readOn = () => {
    if (!start || !end) return;
    const { top, from, to, scroller } = sightOf(start, end, cover);
    // A quarter of the view overlaps with the part seen last, so that the reader keeps the place.
    const distance = top + seen.current.to - from - (to - from) / 4;
    scroller.scrollBy({ top: Math.min(distance, (to - from) / 2) });
  };
  return { isRead: read === content, readOn, start: setStart, end: setEnd, cover: setCover };
}

/** The place of a content on the screen, and the edges of its visible area, in pixels of the window. */
interface Sight {
  top: number;
  height: number;
  from: number;
  to: number;
  scroller: Element;
}

function sightOf(start: HTMLElement, end: HTMLElement, cover: HTMLElement | null): Sight {
  const { top } = start.getBoundingClientRect();
  const scroller = scrollerOf(start);
  const isPage = scroller === document.documentElement;
  const box = isPage ? { top: 0, bottom: innerHeight } : scroller.getBoundingClientRect();
  const isCovered = cover !== null && cover.getClientRects().length > 0;
  const covered = isCovered ? cover.getBoundingClientRect().top : Infinity;
  return {
    top,
    height: end.getBoundingClientRect().top - top,
    from: Math.max(0, box.top),
    to: Math.min(innerHeight, box.bottom, covered),
    scroller,
  };
}

function scrollerOf(element: Element): Element {
  for (let one = element.parentElement; one !== null; one = one.parentElement)
    if (/auto|scroll/.test(getComputedStyle(one).overflowY) && one !== document.body) return one;
  return document.documentElement;
}

import { useEffect, useState } from "react";

/** The distance from the edge, in pixels, that still counts as reaching it. */
const SLACK = 4;

/** Whether a part of a box's content lies beside the box and was not scrolled into view. */
export function useIsOffside(box: HTMLElement | null, content: string): boolean {
  const [isOffside, setOffside] = useState(false);
  useEffect(() => {
    if (!box) return undefined;
    let seen = 0;
    const look = () => {
      // A right-to-left text scrolls to the left, so `scrollLeft` is negative.
      seen = Math.max(seen, Math.abs(box.scrollLeft) + box.clientWidth);
      setOffside(seen < box.scrollWidth - SLACK);
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", look);
      setOffside(false);
    };
  }, [box, content]);
  return isOffside;
}

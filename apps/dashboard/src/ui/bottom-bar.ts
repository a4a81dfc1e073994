import { useCallback, type RefCallback } from "react";

/**
 * Returns a ref callback for the buttons at the lower edge of the page. While they are shown, `--bar-height` says how far they
 * reach up from that edge, so that notes lie above them.
 *
 * @param also another ref callback for the same element
 */
export function useBottomBar(also?: RefCallback<HTMLElement>): RefCallback<HTMLElement> {
  const follow = (bar: HTMLElement | null) => {
    if (bar === null) return undefined;
    also?.(bar);
    const { style } = document.documentElement;
    const measure = () => {
      const { position, bottom } = getComputedStyle(bar);
      const isHeld = position === "fixed" || position === "sticky";
      const height = isHeld ? bar.offsetHeight + (Number.parseFloat(bottom) || 0) : 0;
      style.setProperty("--bar-height", `${bar.offsetHeight === 0 ? 0 : height}px`);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(bar);
    measure();
    return () => {
      also?.(null);
      observer.disconnect();
      style.removeProperty("--bar-height");
    };
  };
  return useCallback(follow, [also]);
}

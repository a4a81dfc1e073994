import { useSyncExternalStore } from "react";

/** The width at which a row becomes one line, as in request-list.module.css. Narrower rows have two or three lines. */
const WIDE = "(min-width: 50rem)";
const REM = { wide: 3.25, narrow: 5.5 };

/**
 * Returns the height of every row in pixels. All rows are equally high, so their places are known without drawing them.
 */
export const useRowHeight = (): number => useSyncExternalStore(subscribe, readRowHeight);

function subscribe(listener: () => void): () => void {
  const query = matchMedia(WIDE);
  query.addEventListener("change", listener);
  window.addEventListener("resize", listener);
  return () => {
    query.removeEventListener("change", listener);
    window.removeEventListener("resize", listener);
  };
}

function readRowHeight(): number {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return Math.round((matchMedia(WIDE).matches ? REM.wide : REM.narrow) * rem);
}

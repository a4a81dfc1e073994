import { useSyncExternalStore } from "react";

/** As in request-list.module.css: one line from here on, two or three below. */
const WIDE = "(min-width: 50rem)";
const REM = { wide: 3.25, narrow: 5.5 };

/** How tall every row is, in pixels: rows that are all alike can be found without having been drawn. */
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

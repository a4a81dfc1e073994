import { useEffect, useRef, useState } from "react";
import { HOLD_MS } from "./held-votes.ts";

/** How holding something ended. `leaving`: the page is being closed, so it has to be done at once. */
export type HoldEnd = "over" | "leaving" | "undone";

/** Something that was confirmed and can still be taken back. */
export interface Hold {
  isHolding: boolean;
  /** Waits {@link HOLD_MS}, unless it is ended before. */
  wait: () => Promise<HoldEnd>;
  end: (how: HoldEnd) => void;
}

/** Holds what was just confirmed, so that it can be taken back; leaving the page does it at once. */
export function useHold(): Hold {
  const [isHolding, setHolding] = useState(false);
  const finish = useRef<(how: HoldEnd) => void>(undefined);
  const end = (how: HoldEnd) => finish.current?.(how);
  useEffect(() => {
    const leave = () => end("leaving");
    const hide = () => document.hidden && leave();
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", hide);
    return () => {
      removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", hide);
      leave();
    };
  }, []);
  const wait = () =>
    new Promise<HoldEnd>((resolve) => {
      const timer = setTimeout(() => end("over"), HOLD_MS);
      setHolding(true);
      finish.current = (how) => {
        clearTimeout(timer);
        finish.current = undefined;
        setHolding(false);
        resolve(how);
      };
    });
  return { isHolding, wait, end };
}

import { useEffect, useId, useRef, useState } from "react";
import { onPress } from "./presses.ts";

/**
 * Time for which a request must be in sight before it can be decided, in milliseconds. It is longer than the pause of a
 * hand that goes on clicking where the previous request had its button.
 */
const IN_SIGHT_MS = 1200;

/**
 * Time for which a question must be in sight before it can be answered, in milliseconds: longer than a double click.
 */
export const QUESTION_MS = 700;

/** The pause between the appearance of a content and the first press that can act on it. */
export interface Pause {
  /** The pause's name, for the buttons that wait for its end. */
  id: string;
  /** Whether the content has been in sight for long enough, without a press. */
  isOver: boolean;
  /** Whether a press came during the pause, so that the page says "not yet". False once the pause is over. */
  isTooSoon: boolean;
  /** Says "not yet" after a press that isn't on one of the pause's buttons, such as a shortcut. */
  refuse: () => void;
}

interface PauseOptions {
  /** Whether a press during the pause starts it again, so that a burst of presses ends before anything acts. */
  isProlonged: boolean;
}

/**
 * Waits until a content has been in sight for long enough, without a break. Time during which another tab is shown doesn't
 * count, nor does time before a press.
 *
 * @param content the content in sight; null: nothing that could be decided
 */
export function useInSight(
  content: string | null,
  milliseconds = IN_SIGHT_MS,
  { isProlonged }: PauseOptions = { isProlonged: true },
): Pause {
  const id = useId();
  const [seen, setSeen] = useState<string | null>(null);
  const [hurried, setHurried] = useState<string | null>(null);
  const restart = useRef<() => void>(undefined);
  useEffect(() => {
    setSeen(null);
    setHurried(null);
    if (content === null) return undefined;
    let timer: number | undefined;
    /** The end of the pause. A slow machine can still have presses from before it. */
    let overAt = Infinity;
    const end = () => {
      overAt = performance.now();
      setSeen(content);
      setHurried(null);
    };
    const start = () => {
      clearTimeout(timer);
      overAt = Infinity;
      if (!document.hidden) timer = window.setTimeout(end, milliseconds);
    };
    start();
    restart.current = () => {
      if (isProlonged) start();
    };
    const stop = onPress(({ target, at }) => {
      if (at >= overAt) return;
      if (isProlonged) {
        start();
        setSeen(null);
      }
      if (target?.closest(`[data-pause="${id}"]`)) setHurried(content);
    });
    const look = () => {
      if (overAt === Infinity) start();
    };
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      stop();
      restart.current = undefined;
      document.removeEventListener("visibilitychange", look);
    };
  }, [content, milliseconds, isProlonged, id]);
  const isOver = content !== null && seen === content;
  return {
    id,
    isOver,
    isTooSoon: !isOver && content !== null && hurried === content,
    refuse() {
      if (isOver) return;
      restart.current?.();
      setHurried(content);
    },
  };
}

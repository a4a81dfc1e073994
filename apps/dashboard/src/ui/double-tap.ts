/** Time within which two taps are one double tap, in milliseconds. */
const DOUBLE_TAP_MS = 500;

/** Time for which a hand that goes on tapping is kept so, in milliseconds: then it means what it sees. */
const TAPPING_MS = 1500;

/** Distance within which they are, in CSS pixels: by what a finger misses on a moving train. */
const DOUBLE_TAP_PX = 28;

const CONTROLS =
  "a, button, input, select, textarea, summary, label, [role=menuitem], [role=option], [role=tab]";

interface Tap {
  at: number;
  /** When the hand began to tap here. */
  since: number;
  x: number;
  y: number;
  /** What was tapped: a control, else whatever is there. */
  target: Element;
}

/**
 * Keeps the second tap of a double tap, or click of a double click, from a control that the first one brought under the
 * finger: the bar below a sheet that has closed, another note's button, the next request. Such a tap does nothing. Keys
 * aren't concerned, nor are two taps on one control.
 */
export function keepDoubleTapsTogether(): void {
  let last: Tap | undefined;
  let isStray = false;
  const stop = (event: Event) => {
    if (!isStray || !event.isTrusted || isByKey(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const look = (event: PointerEvent) => {
    if (!(event.target instanceof Element)) return;
    const { clientX: x, clientY: y, timeStamp: at } = event;
    const control = event.target.closest(CONTROLS);
    isStray =
      control !== null &&
      last !== undefined &&
      last.target !== control &&
      at - last.at <= DOUBLE_TAP_MS &&
      at - last.since <= TAPPING_MS &&
      Math.hypot(x - last.x, y - last.y) <= DOUBLE_TAP_PX &&
      !isWhereItWas(last);
    // A hand that goes on tapping is still at what it tapped first.
    last =
      isStray && last ? { ...last, at } : { at, since: at, x, y, target: control ?? event.target };
    stop(event);
  };
  addEventListener("pointerdown", look, { capture: true });
  for (const type of ["mousedown", "touchstart", "click", "dblclick"])
    addEventListener(type, stop, { capture: true, passive: false });
}

/** Whether what was tapped is still where it was. */
const isWhereItWas = ({ x, y, target }: Tap): boolean =>
  target.contains(document.elementFromPoint(x, y));

/** Enter and space click, too. */
const isByKey = (event: Event): boolean =>
  event.type === "click" && event instanceof MouseEvent && event.detail === 0;

/** Time within which two taps can be one double tap, in milliseconds. */
const DOUBLE_TAP_MS = 500;

/**
 * The longest time of repeated tapping whose taps count as stray, in milliseconds. A later tap is meant for the control
 * that the person sees.
 */
const TAPPING_MS = 1500;

/** Distance within which two taps can be one double tap, in CSS pixels: the error of a finger on a moving train. */
const DOUBLE_TAP_PX = 28;

const CONTROLS =
  "a, button, input, select, textarea, summary, label, [role=menuitem], [role=option], [role=tab]";

interface Tap {
  at: number;
  /** The time of the first tap in a row of taps here. */
  since: number;
  x: number;
  y: number;
  /** The control that was tapped, otherwise the element there. */
  target: Element;
}

/**
 * Keeps the second tap of a double tap, or click of a double click, from a control that the first one brought under the
 * finger: the bar below a sheet that has closed, another note's button, the next request. Such a tap does nothing. Keys
 * are not affected, nor are two taps on one control.
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
    // In a row of taps, the first one's target stays the intended one.
    last =
      isStray && last ? { ...last, at } : { at, since: at, x, y, target: control ?? event.target };
    stop(event);
  };
  addEventListener("pointerdown", look, { capture: true });
  for (const type of ["mousedown", "touchstart", "click", "dblclick"])
    addEventListener(type, stop, { capture: true, passive: false });
}

/** Whether the tapped element is still in its place. */
const isWhereItWas = ({ x, y, target }: Tap): boolean =>
  target.contains(document.elementFromPoint(x, y));

/** Whether Enter or Space made this click. */
const isByKey = (event: Event): boolean =>
  event.type === "click" && event instanceof MouseEvent && event.detail === 0;

import { useLayoutEffect, type RefObject } from "react";

/** The time after which keys are given back to the page, because the field that was to take them has not come. */
const PATIENCE_MS = 5000;

let typed: string | null = null;
let stop: (() => void) | undefined;

/**
 * Keeps what is typed from now on for the field that a shortcut is about to show, because its dialog needs a moment to
 * load and to get the focus. {@link useEarlyTyping} gives it to that field.
 */
export function keepTyping(): void {
  stop?.();
  typed = "";
  const listen = (event: KeyboardEvent) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" || event.key === "Tab") return stop?.();
    if (event.key === "Backspace") typed = (typed ?? "").slice(0, -1);
    else if (event.key.length === 1) typed += event.key;
    else if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener("keydown", listen, { capture: true });
  const timer = setTimeout(() => stop?.(), PATIENCE_MS);
  stop = () => {
    clearTimeout(timer);
    removeEventListener("keydown", listen, { capture: true });
    stop = undefined;
    typed = null;
  };
}

/** Focuses the field when it is first shown, and gives it what was typed since the shortcut. */
export function useEarlyTyping(
  field: RefObject<HTMLElement | null>,
  onTyped: (text: string) => void,
): void {
  useLayoutEffect(() => {
    field.current?.focus({ preventScroll: true });
    const text = typed ?? "";
    stop?.();
    if (text !== "") onTyped(text);
    // Once: what is typed later reaches the field by itself.
  }, []);
}

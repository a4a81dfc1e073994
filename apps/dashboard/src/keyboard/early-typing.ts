/** The time after which keys are given back to the page, because the dialog that was to take them has not come. */
const PATIENCE_MS = 5000;

let typed: string | null = null;
let stop: (() => void) | undefined;

/**
 * Keeps what is typed from now on for the dialog that a shortcut is about to show, because the dialog needs a moment to
 * load and to get the focus. Until then no key acts on the page. {@link takeTyping} gives the text to the dialog's field.
 */
export function keepTyping(): void {
  stop?.();
  typed = "";
  /** Whether no other key was pressed since the shortcut. */
  let isHeld = true;
  const listen = (event: KeyboardEvent) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" || event.key === "Tab") return dropTyping();
    isHeld &&= event.repeat;
    if (event.key === "Backspace") typed = (typed ?? "").slice(0, -1);
    // Holding the shortcut's own key writes nothing.
    else if (event.key.length === 1) typed += isHeld ? "" : event.key;
    else if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener("keydown", listen, { capture: true });
  const timer = setTimeout(dropTyping, PATIENCE_MS);
  stop = () => {
    clearTimeout(timer);
    removeEventListener("keydown", listen, { capture: true });
    stop = undefined;
    typed = null;
  };
}

/** Returns what was typed since the shortcut, and gives the keys back to the page. */
export function takeTyping(): string {
  const text = typed ?? "";
  stop?.();
  return text;
}

/** Whether keys are kept for a dialog now. */
export const isKeepingTyping = (): boolean => typed !== null;

/** Forgets what was typed since the shortcut, and gives the keys back to the page. */
export function dropTyping(): void {
  stop?.();
}

import { isKeepingTyping } from "./early-typing.ts";
import { isWriting } from "./shortcuts.ts";

/**
 * Makes a held Enter or Space act once. Otherwise its repetitions would press the button of whatever appears next. Holding
 * Enter still writes lines in a field with several lines.
 */
export function keepHeldKeysToOnePress(): void {
  addEventListener(
    "keydown",
    (event) => {
      if (!event.repeat || (event.key !== "Enter" && event.key !== " ")) return;
      if (isKeepingTyping() || !(event.target instanceof Element)) return;
      if (isTyped(event, event.target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
}

/** Whether the key writes a line or a space, or scrolls. */
function isTyped({ key, ctrlKey, metaKey }: KeyboardEvent, target: Element): boolean {
  if (key === " ") return isWriting(target) || !target.matches(PRESSED);
  return target.matches("textarea") && !ctrlKey && !metaKey;
}

/** The elements that Space presses. */
const PRESSED =
  "a[href], button, summary, input, [role=button], [role=option], [role=menuitem], [role=tab]";

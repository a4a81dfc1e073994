import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import { dropTyping, takeTyping } from "../../keyboard/early-typing.ts";

/**
 * The element of a dialog that gets the focus. `field`: the first field, so that keys are typed into it; without a field,
 * Cancel. `cancel`: the Cancel button, for a question whose answer can't be undone. An element: the one that the ref holds;
 * while it holds none, Cancel.
 */
export type InitialFocus = "field" | "cancel" | RefObject<HTMLElement | null>;

/** The fields that can be typed into or chosen from. */
const FIELDS =
  "input:not([type=hidden], :disabled, [readonly]), textarea:not(:disabled, [readonly]), select:not(:disabled)";

/**
 * Gives the focus to the wanted element of a dialog. If its content appears later, the dialog itself has the focus until
 * then, unless the person has moved it. Text that was typed since a shortcut goes into the field.
 *
 * @param popup the dialog's element
 * @returns a function to call when the dialog has opened
 */
export function useInitialFocus(
  isOpen: boolean,
  popup: RefObject<HTMLElement | null>,
  wanted: InitialFocus,
): () => false {
  const latest = useRef(wanted);
  useLayoutEffect(() => {
    latest.current = wanted;
  });
  const stop = useRef<() => void>(undefined);
  useEffect(() => {
    if (!isOpen) return undefined;
    return () => {
      stop.current?.();
      dropTyping();
    };
  }, [isOpen]);
  return () => {
    stop.current?.();
    const box = popup.current;
    if (box === null || focusIn(box, latest.current)) return false;
    box.focus({ preventScroll: true });
    const observer = new MutationObserver(() => {
      if (focusIn(box, latest.current)) stop.current?.();
    });
    const leave = ({ type, target, key }: Event & { key?: string }) => {
      const isMoved = type === "keydown" ? key === "Tab" : isControl(target);
      if (isMoved) stop.current?.();
    };
    stop.current = () => {
      observer.disconnect();
      box.removeEventListener("keydown", leave);
      box.removeEventListener("pointerdown", leave);
      stop.current = undefined;
    };
    observer.observe(box, { childList: true, subtree: true });
    box.addEventListener("keydown", leave);
    box.addEventListener("pointerdown", leave);
    return false;
  };
}

const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("a, button, input, select, textarea") !== null;

/** Focuses the wanted element. @returns whether it is there */
function focusIn(box: HTMLElement, wanted: InitialFocus): boolean {
  const cancel = box.querySelector<HTMLElement>("[data-cancel]");
  const found = typeof wanted === "string" ? null : wanted.current;
  const element = found ?? (wanted === "field" ? firstField(box) : null) ?? cancel;
  if (element === null) return false;
  element.focus({ preventScroll: true });
  const text = takeTyping();
  // The browser itself inserts the text, so the field reports it like typed text.
  if (text !== "" && element.matches(FIELDS)) document.execCommand("insertText", false, text);
  return true;
}

/** Returns the first visible field. Of several radio buttons, it is the chosen one. */
function firstField(box: HTMLElement): HTMLElement | null {
  const fields = [...box.querySelectorAll<HTMLElement>(FIELDS)].filter(
    (field) => field.getClientRects().length > 0,
  );
  const [first] = fields;
  if (!(first instanceof HTMLInputElement) || first.type !== "radio") return first ?? null;
  const isChosen = (field: HTMLElement) =>
    field instanceof HTMLInputElement && field.name === first.name && field.checked;
  return fields.find(isChosen) ?? first;
}

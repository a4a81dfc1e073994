import { isWriting } from "../../keyboard/shortcuts.ts";

/** A press of a pointer or key that could act on the page. */
export interface Press {
  /** The element that was pressed, or that has the focus. */
  target: Element | null;
  /** The time of the press by the clock of `performance.now()`, in milliseconds. */
  at: number;
}

const listeners = new Set<(press: Press) => void>();

/** Calls the listener for each press, before anything else takes the press. @returns a function that ends this */
export function onPress(listener: (press: Press) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Begins to watch presses: pointers that go down, clicks of assistive technology, Enter, Space, and keys that could start
 * a shortcut. Typing into a field is none. Call it before other listeners take events.
 */
export function watchPresses(): void {
  const tell = ({ target, timeStamp: at }: Event) => {
    const press = { target: target instanceof Element ? target : null, at };
    for (const listener of listeners) listener(press);
  };
  addEventListener("pointerdown", tell, { capture: true });
  addEventListener(
    "keydown",
    (event) => {
      if (isPress(event)) tell(event);
    },
    { capture: true },
  );
  addEventListener(
    "click",
    (event) => {
      // A click without a pointer comes from a key or from assistive technology.
      if (event.detail === 0) tell(event);
    },
    { capture: true },
  );
}

const isPress = ({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  key === "Enter" || (key.length === 1 && !ctrlKey && !metaKey && !altKey && !isWriting(target));

import { useEffect, useLayoutEffect, useRef } from "react";

/** An action that a key starts. */
export interface Shortcut {
  /**
   * The key as in `KeyboardEvent.key`: "j", "Enter", "?". Two keys in a row are written "g i". "Shift+" stands in front
   * where it matters.
   */
  keys: string;
  /** The words in the list of shortcuts. */
  label: string;
  /** Whether the shortcut is available now. An unavailable one is listed, but does nothing. Default: true. */
  isOn?: boolean;
  /** Whether holding the key runs it again and again. Default: false. */
  isRepeated?: boolean;
  run: () => void;
}

interface Group {
  title: string;
  shortcuts: readonly Shortcut[];
}

/** The groups whose components are shown now, in the order of their mounting. */
const groups = new Map<symbol, Group>();
/** The time within which the second key of two must follow the first. */
const SEQUENCE_MS = 1500;

/** The elements that take all keys while they are open. A toast is a dialog too, but not a modal one. */
const OVERLAYS =
  "[role=dialog]:not([aria-modal=false]),[role=alertdialog]:not([aria-modal=false]),[role=menu]";

/** Returns all shortcuts that work now, for the list under `?`. */
export const currentShortcuts = (): Group[] =>
  [...groups.values()].filter(({ shortcuts }) => shortcuts.length > 0);

/** Makes keys work while the component is shown, except while somebody types or a dialog is open. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  useLayoutEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const name = Symbol(title);
    const group = {
      title,
      get shortcuts() {
        return latest.current;
      },
    };
    groups.set(name, group);
    return () => void groups.delete(name);
  }, [title]);
}

/** Starts listening to keys. @returns a function that stops it */
export function startShortcuts(): () => void {
  let first: { key: string; at: number } | undefined;
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (isWriting(event.target) || document.querySelector(OVERLAYS)) return;
    const key = event.shiftKey && event.key.length > 1 ? `Shift+${event.key}` : event.key;
    const isSecond = first !== undefined && event.timeStamp - first.at < SEQUENCE_MS;
    const pressed = isSecond ? `${first?.key} ${key}` : key;
    const all = [...groups.values()].reverse().flatMap(({ shortcuts }) => shortcuts);
    const found = all.find(({ keys, isOn }) => keys === pressed && isOn !== false);
    const begins = !found && !isSecond && all.some(({ keys }) => keys.startsWith(`${key} `));
    first = begins ? { key, at: event.timeStamp } : undefined;
    if (!found) return;
    if (event.repeat && found.isRepeated !== true) return;
    // Enter and Space press the focused button.
    if ((key === "Enter" || key === " ") && isPressable(event.target)) return;
    event.preventDefault();
    found.run();
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}

/** Whether keys that go to this element are typed into it. */
export const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("textarea, select, input:not([type=checkbox], [type=radio])"));

const isPressable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("a[href], button, summary, [role=button], input");

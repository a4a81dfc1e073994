import { useEffect, useLayoutEffect, useRef } from "react";

/** One thing that a key does. */
export interface Shortcut {
  /** As `KeyboardEvent.key`: "j", "Enter", "?"; or two in a row: "g i"; with "Shift+" in front where it matters. */
  keys: string;
  /** For the list of shortcuts. */
  label: string;
  /** Default: true. A shortcut that isn't available now is listed, but does nothing. */
  isOn?: boolean;
  run: () => void;
}

interface Group {
  title: string;
  shortcuts: readonly Shortcut[];
}

/** The groups whose components are shown now, in the order in which they came. */
const groups = new Map<symbol, Group>();
/** How long after the first key of two the second may come. */
const SEQUENCE_MS = 1500;

/** What has the keyboard to itself. A toast is a dialog as well, but not a modal one. */
const OVERLAYS =
  "[role=dialog]:not([aria-modal=false]),[role=alertdialog]:not([aria-modal=false]),[role=menu]";

/** All shortcuts that work now, for the list under `?`. */
export const currentShortcuts = (): Group[] =>
  [...groups.values()].filter(({ shortcuts }) => shortcuts.length > 0);

/** These keys work while the component is shown, except while somebody writes or a dialog is open. */
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

/** @returns stops listening */
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
    // A button that has the focus is pressed by Enter and Space.
    if ((key === "Enter" || key === " ") && isPressable(event.target)) return;
    event.preventDefault();
    found.run();
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("textarea, select, input:not([type=checkbox], [type=radio])"));

const isPressable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("a[href], button, summary, [role=button], input");

import { useRef } from "react";
import { useShortcuts } from "../keyboard/shortcuts.ts";
import { strings } from "../strings/index.ts";

/** Makes the key `/` focus the page's search box. Returns the box's reference. */
export function useFindKey() {
  const box = useRef<HTMLInputElement>(null);
  useShortcuts(strings.goals.title, [
    { keys: "/", label: strings.goals.keysWork.find, run: () => box.current?.focus() },
  ]);
  return box;
}

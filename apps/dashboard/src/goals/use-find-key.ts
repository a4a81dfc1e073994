import { useRef } from "react";
import { useShortcuts } from "../keyboard/shortcuts.ts";
import { strings } from "../strings/index.ts";

/** For the page's search box: `/` goes to it. */
export function useFindKey() {
  const box = useRef<HTMLInputElement>(null);
  useShortcuts(strings.goals.title, [
    { keys: "/", label: strings.goals.keysWork.find, run: () => box.current?.focus() },
  ]);
  return box;
}

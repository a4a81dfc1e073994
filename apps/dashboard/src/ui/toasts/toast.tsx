import { lazy, Suspense, useSyncExternalStore } from "react";

import { laterPart } from "../load-part.ts";

/** A toast's words and look. */
export interface ToastText {
  text: string;
  kind: "good" | "bad" | "note";
}

let show: ((toast: ToastText) => void) | undefined;
/** The toasts from before the list was loaded. */
const early: ToastText[] = [];
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Says briefly that something was done or has happened. Screen readers read it out. Not for news that needs an action.
 */
export function toast(text: string, kind: ToastText["kind"] = "good"): void {
  if (show) {
    show({ text, kind });
    return;
  }
  early.push({ text, kind });
  for (const listener of listeners) listener();
}

/** Makes `shower` show all toasts from now on, and the earlier ones at once. */
export function showToastsBy(shower: (toast: ToastText) => void): void {
  show = shower;
  for (const one of early.splice(0)) shower(one);
}

const ToastList = lazy(laterPart(() => import("./toast-list.tsx")));

/** The place where toasts appear. The shell has it once. The list is loaded for the first toast. */
export function Toasts() {
  const isWanted = useSyncExternalStore(subscribe, () => show !== undefined || early.length > 0);
  return (
    isWanted && (
      <Suspense>
        <ToastList />
      </Suspense>
    )
  );
}

import { lazy, Suspense, useSyncExternalStore } from "react";

/** What a toast says, and how it looks. */
export interface ToastText {
  text: string;
  kind: "good" | "bad" | "note";
}

let show: ((toast: ToastText) => void) | undefined;
/** Said before the list was there. */
const early: ToastText[] = [];
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says shortly that something was done or has happened; read out by screen readers. Not for what has to be acted on. */
export function toast(text: string, kind: ToastText["kind"] = "good"): void {
  if (show) {
    show({ text, kind });
    return;
  }
  early.push({ text, kind });
  for (const listener of listeners) listener();
}

/** From now on toasts are shown by this; those that were said before, at once. */
export function showToastsBy(shower: (toast: ToastText) => void): void {
  show = shower;
  for (const one of early.splice(0)) shower(one);
}

const ToastList = lazy(() => import("./toast-list.tsx"));

/** Where toasts appear; the shell has it once. The list is loaded for the first of them. */
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

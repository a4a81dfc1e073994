import { useEffect, useSyncExternalStore } from "react";

let title = "";
let waiting = 0;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Sets the page's part of the tab's title. */
export function useDocumentTitle(text: string): void {
  useEffect(() => {
    title = text;
    show();
    for (const listener of listeners) listener();
  }, [text]);
}

/** Returns the title of the shown page, for the bar on a phone and for screen readers after a change of page. */
export const useShownTitle = (): string => useSyncExternalStore(subscribe, () => title);

/**
 * Shows the number of requests that wait for the signed-in person: in the title, on the icon, and on the app's icon if
 * the dashboard is installed.
 */
export function showWaiting(count: number): void {
  waiting = count;
  show();
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (icon) icon.href = count > 0 ? badgedIcon() : "/app/icon.svg";
  const app: { setAppBadge?: (count: number) => Promise<void> } = navigator;
  app.setAppBadge?.(count).catch(() => undefined);
}

function show(): void {
  document.title = `${waiting > 0 ? `(${waiting > 999 ? "999+" : waiting}) ` : ""}${title} · Sayso`;
}

/** Returns the icon with a red dot, which means that a request waits. */
const badgedIcon = (): string =>
  `data:image/svg+xml,${encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#1d6b50" d="M16 3C8.3 3 2 8.4 2 15c0 3.6 1.9 6.9 4.9 9.1-.1 1.7-.8 3.4-2 4.7a.7.7 0 0 0 .6 1.2c3-.3 5.4-1.5 7.2-3.3 1.1.2 2.2.3 3.3.3 7.7 0 14-5.4 14-12S23.7 3 16 3Z"/><path fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" d="m10.5 15.3 3.9 3.9 7.6-8"/><circle cx="24.5" cy="7.5" r="7" fill="#d8382f" stroke="#fff" stroke-width="2"/></svg>',
  )}`;

import { isObject } from "@sayso/exact-json";
import type { Query, QueryClient } from "@tanstack/react-query";
import { onLiveEvent } from "./live-events.ts";

/**
 * The queries that an event makes stale: from the first part of the event's type to the first part of their keys. A
 * feature that shows changes by others lists its keys here, and is then kept up to date.
 */
const touched: Record<string, readonly string[]> = {
  approval: ["inbox", "requests", "activity"],
  delivery: ["deliveries", "subscriptions", "activity"],
  change: ["requests", "goals", "activity"],
  objective: ["goals", "activity"],
  key_result: ["goals", "activity"],
  checkin: ["goals", "activity"],
  kpi: ["goals", "activity"],
  cycle: ["goals", "activity"],
  review_cycle: ["goals", "activity"],
};

/**
 * The least time between two readings, so that many events lead to one. The first is read at once, so that a decision
 * is seen within a second.
 */
const APART_MS = 400;

/** Whether somebody has loaded more than the first page of a list. */
const isReadOn = ({ state: { data } }: Query): boolean =>
  isObject(data) && Array.isArray(data.pages) && data.pages.length > 1;

/**
 * Makes all queries whose key begins like this stale, and reads the shown ones again. A list of several loaded pages is
 * only made stale, because reading all its pages again would move them under the reader.
 */
export async function readAgain(client: QueryClient, key: string): Promise<void> {
  const queryKey = [key];
  await client.invalidateQueries({ queryKey, refetchType: "none" });
  await client.refetchQueries({ queryKey, type: "active", predicate: (query) => !isReadOn(query) });
}

/** Reads shown data again when an event says that it has changed. @returns a function that stops this */
export function refreshByEvents(client: QueryClient): () => void {
  const waiting = new Set<string>();
  let lastAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = () => {
    timer = undefined;
    lastAt = performance.now();
    const keys = [...waiting];
    waiting.clear();
    for (const key of keys) void readAgain(client, key);
  };
  const stop = onLiveEvent((event) => {
    if (event === null) {
      // The lists of requests read themselves again, so that all their pages fit together.
      void client.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] !== "request-list",
      });
      return;
    }
    // A shown page reads the request again by itself (useLiveRequest). A page opened later must read it again too.
    if (event.request_id !== null)
      void client.invalidateQueries({
        queryKey: ["request-page", event.request_id],
        refetchType: "none",
      });
    for (const key of touched[event.type.split(".")[0] ?? ""] ?? []) waiting.add(key);
    if (waiting.size > 0)
      timer ??= setTimeout(refresh, Math.max(0, lastAt + APART_MS - performance.now()));
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

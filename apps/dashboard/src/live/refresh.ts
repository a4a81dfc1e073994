import type { InfiniteData, Query, QueryClient } from "@tanstack/react-query";
import { onLiveEvent } from "./live-events.ts";

/**
 * Which queries an event makes stale, by the first part of its type: the first part of their keys. A feature that shows what
 * others change lists its keys here and is then kept up to date without doing anything.
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

/** Many events at once are one reading. The first is read at once, so that a decision is seen within a second. */
const APART_MS = 400;

/** Whether somebody has read on in a list that is read page by page. */
const isReadOn = ({ state: { data } }: Query): boolean =>
  ((data as Partial<InfiniteData<unknown>> | undefined)?.pages?.length ?? 0) > 1;

/**
 * Makes all stale whose key begins so, and reads again what is shown of it. A list in which somebody has read on is only
 * stale: all its pages would be read again, and move while they are read.
 */
export async function readAgain(client: QueryClient, key: string): Promise<void> {
  const queryKey = [key];
  await client.invalidateQueries({ queryKey, refetchType: "none" });
  await client.refetchQueries({ queryKey, type: "active", predicate: (query) => !isReadOn(query) });
}

/** Reads again what is shown whenever an event says that it has changed. @returns stops it */
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
      // The lists of requests read themselves again, all pages as if at one moment.
      void client.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] !== "request-list",
      });
      return;
    }
    // Whoever shows this request reads it again (useLiveRequest); whoever comes back to it later has to as well.
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

import { setTimeout as sleep } from "node:timers/promises";
import type { FeedHeads, Services } from "@sayso/core";
import { readHeads, writeHeads } from "./feed-hints.ts";

/** `events`: only that events were written; otherwise something may be due. */
const WORK = "sayso_work";
const EVENTS_WRITTEN = "events";
/** How far feeds reach now, as `feed-hints.ts` writes it. */
const FEED = "sayso_feed";
const NOTIFIES_APART_MS = 5;
const EVENT_NOTIFIES_APART_MS = 20;
const FEED_NOTIFIES_APART_MS = 50;
const RECONNECT_MS = 2000;
const ASK_EVERY_MS = 5000;

type Database = Pick<Services, "system">;

/**
 * For a process without a worker: tells the workers of other processes that something may be due. Hints that come
 * close together are one, and none is ever sent inside a transaction: NOTIFY takes a lock over the whole database at
 * commit. A lost hint delays until the next poll, never loses.
 */
export function createWorkNotifier(database: Database): () => void {
  return createNotifier(database, WORK, () => "", NOTIFIES_APART_MS);
}

/** The same, for events that have no place in the feed yet. */
export function createEventNotifier(database: Database): () => void {
  return createNotifier(database, WORK, () => EVENTS_WRITTEN, EVENT_NOTIFIES_APART_MS);
}

/** For the process that gives events their places: tells all others how far the feeds reach now. */
export function createFeedNotifier(database: Database): (heads: FeedHeads) => void {
  const untold = new Map<string, number>();
  const notify = createNotifier(
    database,
    FEED,
    () => {
      const text = writeHeads(untold);
      untold.clear();
      return text;
    },
    FEED_NOTIFIES_APART_MS,
  );
  return (heads) => {
    for (const [organizationId, position] of heads) untold.set(organizationId, position);
    notify();
  };
}

function createNotifier(
  { system }: Database,
  channel: string,
  payload: () => string,
  apartMs: number,
): () => void {
  let isUnderWay = false;
  let isWanted = false;
  const send = async (): Promise<void> => {
    isUnderWay = true;
    while (isWanted) {
      isWanted = false;
      await system
        .query({ name: "notify", text: "select pg_notify($1, $2)", values: [channel, payload()] })
        .catch(() => undefined);
      await sleep(apartMs);
    }
    isUnderWay = false;
  };
  return () => {
    isWanted = true;
    if (!isUnderWay) void send();
  };
}

/** Stops listening. */
export type StopListening = () => void;

/** What other processes say. Each is also called, knowing nothing, when the link was made anew. */
export interface HintHandlers {
  /** Something may be due. */
  onWork?: () => void;
  /** Events were written. */
  onEvents?: () => void;
  /** Feeds reach so far now; null: maybe farther than known. */
  onFeed: (heads: FeedHeads | null) => void;
}

/**
 * Calls the handlers when another process says something. A lost connection is made again, also one over which
 * nothing comes any more; until then polls do.
 */
export function listenForHints(
  { system }: Database,
  { onWork, onEvents, onFeed }: HintHandlers,
  complain: (what: string, error: unknown) => void,
): StopListening {
  const stopping = new AbortController();
  const channels = onWork ? [WORK, FEED] : [FEED];
  const hear = ({ channel, payload }: Notification): void => {
    if (channel === FEED) onFeed(readHeads(payload ?? ""));
    else if (payload === EVENTS_WRITTEN) onEvents?.();
    else onWork?.();
  };
  const listen = async (): Promise<void> => {
    const client = await system.connect();
    const isOver = Promise.withResolvers<void>();
    client.on("notification", hear);
    client.on("error", () => isOver.resolve());
    client.on("end", () => isOver.resolve());
    stopping.signal.addEventListener("abort", () => isOver.resolve(), { once: true });
    const ask = () => client.query(channels.map((channel) => `listen ${channel}`).join("; "));
    // Who only listens would never notice. Saying it again changes nothing, and a silent link ends by it.
    const asking = setInterval(() => void ask().catch(() => isOver.resolve()), ASK_EVERY_MS);
    try {
      await ask();
      onWork?.();
      onEvents?.();
      onFeed(null);
      if (!stopping.signal.aborted) await isOver.promise;
    } finally {
      clearInterval(asking);
      // Not given back: it listens, or its link is lost.
      client.release(true);
    }
  };
  const keepListening = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await listen().catch((error: unknown) => complain("listening for hints", error));
      await sleep(RECONNECT_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  void keepListening();
  return () => stopping.abort();
}

interface Notification {
  channel: string;
  payload?: string;
}

import { setTimeout as sleep } from "node:timers/promises";
import type { FeedHeads, Services } from "@sayso/core";
import { readHeads, writeHeads } from "./feed-hints.ts";

/**
 * The channel for work. The payload `events` says only that events were written; any other says that work might be due.
 */
const WORK = "sayso_work";
const EVENTS_WRITTEN = "events";
/** The channel for the heads of feeds, as `feed-hints.ts` writes them. */
const FEED = "sayso_feed";
const NOTIFIES_APART_MS = 5;
const EVENT_NOTIFIES_APART_MS = 20;
const FEED_NOTIFIES_APART_MS = 50;
const RECONNECT_MS = 2000;
const ASK_EVERY_MS = 5000;

type Database = Pick<Services, "system">;

/**
 * Notifies the workers of other processes that work might be due, for a process without a worker. Hints that come close
 * together become one. None is sent inside a transaction, because NOTIFY locks the whole database at commit. Losing a
 * hint delays work until the next poll, and loses nothing.
 */
export function createWorkNotifier(database: Database): () => void {
  return createNotifier(database, WORK, () => "", NOTIFIES_APART_MS);
}

/** Notifies the workers of other processes that events were written that have no position yet. */
export function createEventNotifier(database: Database): () => void {
  return createNotifier(database, WORK, () => EVENTS_WRITTEN, EVENT_NOTIFIES_APART_MS);
}

/** Notifies all other processes of the feeds' new heads, for the process that sequences events. */
export function createFeedNotifier(database: Database): (heads: FeedHeads) => void {
  const unsent = new Map<string, number>();
  const notify = createNotifier(
    database,
    FEED,
    () => {
      const text = writeHeads(unsent);
      unsent.clear();
      return text;
    },
    FEED_NOTIFIES_APART_MS,
  );
  return (heads) => {
    for (const [organizationId, position] of heads) unsent.set(organizationId, position);
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

/**
 * Handlers for the hints of other processes. Each is also called, without data, after the connection was made again.
 */
export interface HintHandlers {
  /** Called when work might be due. */
  onWork?: () => void;
  /** Called when events were written. */
  onEvents?: () => void;
  /** Called with the feeds' new heads; null: they are unknown, so every feed might have grown. */
  onFeed: (heads: FeedHeads | null) => void;
}

/**
 * Calls the handlers for the hints of other processes. Reconnects after the connection is lost or falls silent; polls
 * find everything in between.
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
    // A client that only listens would never notice a lost connection. Repeating LISTEN changes nothing and exposes it.
    const asking = setInterval(() => void ask().catch(() => isOver.resolve()), ASK_EVERY_MS);
    try {
      await ask();
      onWork?.();
      onEvents?.();
      onFeed(null);
      if (!stopping.signal.aborted) await isOver.promise;
    } finally {
      clearInterval(asking);
      // The client doesn't go back to the pool: it listens, or its connection is lost.
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

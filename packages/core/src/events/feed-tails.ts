import { lastItem } from "../lists/last-item.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import { DomainError } from "../errors.ts";
import type { FeedPlace } from "./event-cursor.ts";
import { readFeed, type FeedEntry } from "./read-feed.ts";

/** The newest entries of a feed, without gaps, shared by its followers. */
export interface FeedTail {
  /**
   * Waits for entries after a place and returns them. Null: those entries are no longer kept, so the caller must read
   * them from the database. Empty: the signal aborted, or everything is closed.
   *
   * @throws DomainError any error of reading the feed, except `unavailable`
   */
  next(after: FeedPlace, signal: AbortSignal): Promise<readonly FeedEntry[] | null>;
  /** Leaves the tail. Call it once: when the last follower leaves, the reading ends. */
  leave(): void;
}

export interface FeedTails {
  /** Joins the shared reading of the entries after this place, which is the feed's end as the caller knows it. */
  join(organizationId: string, end: FeedPlace): FeedTail;
}

type Wait = (
  organizationId: string,
  position: number,
  timeoutMs: number,
  signal?: AbortSignal,
) => Promise<void>;

const PART = 200;
/**
 * The limits for one organization, and for all together. A follower that is further behind reads the database itself.
 */
const ENTRIES_MAX = 500;
const CHARACTERS_MAX = 256 * 1024;
const CHARACTERS_MAX_IN_ALL = 32 * 1024 * 1024;
const LOOK_EVERY_MS = 60_000;
const AFTER_ERROR_MS = 1000;

/** Makes one reader for each organization that has followers, for any number of followers. */
export function createFeedTails(app: Pool, wait: Wait, closing: AbortSignal): FeedTails {
  const tails = new Map<string, SharedTail>();
  const kept = { characters: 0 };
  return {
    join(organizationId, end) {
      let tail = tails.get(organizationId);
      if (!tail || tail.isOver) {
        tail = new SharedTail(end, kept);
        tails.set(organizationId, tail);
        const mine = tail;
        void read(app, wait, organizationId, mine, closing).finally(() => {
          if (tails.get(organizationId) === mine) tails.delete(organizationId);
        });
      }
      const joined = tail;
      joined.followers++;
      return {
        next: (after, signal) => joined.next(after, signal),
        leave: () => {
          if (--joined.followers === 0) joined.end(null);
        },
      };
    },
  };
}

async function read(
  app: Pool,
  wait: Wait,
  organizationId: string,
  tail: SharedTail,
  closing: AbortSignal,
): Promise<void> {
  const over = AbortSignal.any([tail.over, closing]);
  while (!over.aborted) {
    try {
      await wait(organizationId, tail.head.position, LOOK_EVERY_MS, over);
      if (over.aborted) break;
      const all = { organizationId, types: null, seesAll: true, viewer: null, limit: PART };
      tail.extend((await readFeed(app, { ...all, after: tail.head })).entries);
    } catch (error) {
      if (error instanceof DomainError && error.code === "unavailable")
        await sleep(AFTER_ERROR_MS, undefined, { signal: over }).catch(() => undefined);
      else tail.end(error instanceof Error ? error : new Error(String(error)));
    }
  }
  tail.end(null);
}

class SharedTail {
  followers = 0;
  /** The place of the last entry. */
  head: FeedPlace;
  readonly #over = new AbortController();
  readonly #kept: { characters: number };
  #error: Error | null = null;
  #entries: FeedEntry[] = [];
  #characters = 0;
  /** The callbacks to run when the tail grows or ends. */
  readonly #waiting = new Set<() => void>();

  constructor(end: FeedPlace, kept: { characters: number }) {
    this.head = end;
    this.#kept = kept;
  }

  get over(): AbortSignal {
    return this.#over.signal;
  }

  get isOver(): boolean {
    return this.over.aborted;
  }

  async next(after: FeedPlace, signal: AbortSignal): Promise<readonly FeedEntry[] | null> {
    while (after.position >= this.head.position && !this.isOver && !signal.aborted)
      await this.#growth(signal);
    if (this.#error) throw this.#error;
    if (this.isOver || signal.aborted) return [];
    // Positions have no gaps, so an entry's index follows from its position.
    const index = after.position - (this.head.position - this.#entries.length);
    return index < 0 ? null : this.#entries.slice(index);
  }

  extend(entries: readonly FeedEntry[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) {
      this.#entries.push(entry);
      this.#keep(entry.json.length);
    }
    this.head = lastItem(entries).place;
    while (this.#isTooMuch()) this.#keep(-(this.#entries.shift()?.json.length ?? 0));
    this.#notifyAll();
  }

  end(error: Error | null): void {
    if (this.isOver) return;
    this.#error = error;
    this.#keep(-this.#characters);
    this.#entries = [];
    this.#over.abort();
    this.#notifyAll();
  }

  #isTooMuch(): boolean {
    const { length } = this.#entries;
    if (length === 0) return false;
    return (
      length > ENTRIES_MAX ||
      (length > 1 && this.#characters > CHARACTERS_MAX) ||
      this.#kept.characters > CHARACTERS_MAX_IN_ALL
    );
  }

  #keep(characters: number): void {
    this.#characters += characters;
    this.#kept.characters += characters;
  }

  #growth(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      signal.addEventListener("abort", done, { once: true });
      this.#waiting.add(done);
    });
  }

  #notifyAll(): void {
    for (const done of [...this.#waiting]) done();
  }
}

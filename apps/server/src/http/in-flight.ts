import { setTimeout as sleep } from "node:timers/promises";
import { createShares, type Owner } from "../shares.ts";
import { HttpError } from "./http-error.ts";

/** What callers of one process may make it hold: bodies that arrive, and answers until they are taken. In bytes. */
const BYTES_MAX = 64 * 1024 * 1024;
/** What a call counts as until its answer is made. */
const UNKNOWN_BYTES = 128 * 1024;
/** Read, checked, stored and answered, a body takes many times its length: a megabyte is the whole share of a credential. */
const BYTES_FOR_EACH_OF_A_BODY = 24;
/** Whose length isn't announced. */
const UNANNOUNCED_BODY_BYTES = 1_000_000;
/**
 * Calls that read, at once, of the ten connections to the database that a process has for calls: by the rule a credential has
 * four, an organization eight, so that the next caller finds one free. More would only wait for one another.
 */
const READING_MAX = 16;
const PATIENCE_MS = 5_000;
const WAITING_MAX = 2_000;

/** What one call holds. */
export interface Hold {
  /** Its answer is made: from now on it holds so many bytes, and reads nothing. */
  resize(bytes: number): void;
  /** May be called again. */
  release(): void;
}

export interface EnteringCall {
  bodyBytes: number | null;
  isReading: boolean;
}

/** How much of the process's memory callers hold, shared among them: nobody's calls wait for those of somebody else. */
export interface InFlight {
  /**
   * Waits until this caller holds less than its share, and for one that reads, until it has less than its share of
   * reading.
   *
   * @param call.bodyBytes of the body that is announced, 0: none; null: of unknown length
   * @param call.isReading it only reads, and until its answer is made it keeps the database busy
   * @throws HttpError 503 after 5 s, or where too many wait
   */
  enter(owner: Owner, call: EnteringCall): Promise<Hold>;
  /** At once; null where the caller holds its share already. */
  tryHold(owner: Owner, bytes: number): Hold | null;
}

export function createInFlight(): InFlight {
  const shares = createShares(BYTES_MAX);
  const reading = createShares(READING_MAX);
  /** In the order in which they came. */
  const waiting = new Set<{ owner: Owner; isReading: boolean; begin: () => void }>();
  const isFull = (owner: Owner, isReading: boolean): boolean =>
    shares.isFull(owner) || (isReading && reading.isFull(owner));

  const hold = (owner: Owner, bytes: number, isReading = false): Hold => {
    let giveBack = shares.take(owner, bytes);
    const endReading = isReading ? reading.take(owner, 1) : () => undefined;
    let isReleased = false;
    const freed = (): void => {
      for (const one of waiting) {
        if (isFull(one.owner, one.isReading)) continue;
        waiting.delete(one);
        one.begin();
      }
    };
    return {
      resize(next) {
        if (isReleased) return;
        giveBack();
        giveBack = shares.take(owner, next);
        endReading();
        if (waiting.size > 0) freed();
      },
      release() {
        if (isReleased) return;
        isReleased = true;
        giveBack();
        endReading();
        if (waiting.size > 0) freed();
      },
    };
  };

  return {
    async enter(owner, { bodyBytes, isReading }) {
      const body = (bodyBytes ?? UNANNOUNCED_BODY_BYTES) * BYTES_FOR_EACH_OF_A_BODY;
      const bytes = Math.max(UNKNOWN_BYTES, body);
      if (!isFull(owner, isReading)) return hold(owner, bytes, isReading);
      if (waiting.size >= WAITING_MAX) throw tooMuch();
      const begun = Promise.withResolvers<Hold>();
      // Held by whoever admits it: nobody else gets what was freed for it.
      const begin = (): void => begun.resolve(hold(owner, bytes, isReading));
      const one = { owner, isReading, begin };
      waiting.add(one);
      const impatient = new AbortController();
      const late = sleep(PATIENCE_MS, null, { signal: impatient.signal }).catch(() => null);
      const first = await Promise.race([begun.promise, late]);
      impatient.abort();
      if (first !== null) return first;
      if (waiting.delete(one)) throw tooMuch();
      return begun.promise;
    },
    tryHold: (owner, bytes) => (shares.isFull(owner) ? null : hold(owner, bytes)),
  };
}

const tooMuch = (): HttpError =>
  new HttpError(
    503,
    "UNAVAILABLE",
    "This credential has too much under way: answers that were not taken yet, long bodies, or many lists; try again in a moment",
    { "Retry-After": "1" },
  );

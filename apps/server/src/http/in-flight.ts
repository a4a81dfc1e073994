import { setTimeout as sleep } from "node:timers/promises";
import { createShares, type Owner } from "../shares.ts";
import { HttpError } from "./http-error.ts";

/** The bytes that callers can make one process hold: bodies that arrive, and answers until they are read. */
const BYTES_MAX = 64 * 1024 * 1024;
/** The size that a call counts as until its answer is made. */
const UNKNOWN_BYTES = 128 * 1024;
/**
 * The factor for a body, because reading, checking, storing and answering it takes many times its length. With it, a
 * megabyte fills the whole share of a credential.
 */
const BYTES_FOR_EACH_OF_A_BODY = 24;
/** The size that a body of unannounced length counts as. */
const UNANNOUNCED_BODY_BYTES = 1_000_000;
/**
 * The calls that read at once, as shares count them. By their rule a credential has four and an organization eight, so
 * the next caller finds one of the ten database connections free that a process has for calls. With more, calls would
 * only wait for one another.
 */
const READING_MAX = 16;
const PATIENCE_MS = 5_000;
const WAITING_MAX = 2_000;

/** The share that one call holds. */
export interface Hold {
  /** Sets the size of the finished answer: from now on the call holds so many bytes, and reads nothing. */
  resize(bytes: number): void;
  /** Ends the hold. Further calls do nothing. */
  release(): void;
}

export interface EnteringCall {
  bodyBytes: number | null;
  isReading: boolean;
}

/** The process's memory, shared among callers: the calls of one never wait for those of another. */
export interface InFlight {
  /**
   * Waits until this caller holds less than its share. A call that reads also waits until its caller has less than its
   * share of reading.
   *
   * @param call.bodyBytes length of the announced body, 0: none; null: of unknown length
   * @param call.isReading the call only reads, and keeps the database busy until its answer is made
   * @throws HttpError 503 after 5 s, or if too many calls wait
   */
  enter(owner: Owner, call: EnteringCall): Promise<Hold>;
  /** Holds so many bytes at once, without waiting; null: the caller's share is full. */
  tryHold(owner: Owner, bytes: number): Hold | null;
}

export function createInFlight(): InFlight {
  const shares = createShares(BYTES_MAX);
  const reading = createShares(READING_MAX);
  /** In the order of their arrival. */
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
      // The call that frees the share takes it for the waiting one at once, so that no other call gets it.
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
    "This credential has too many calls in progress (unread answers, long bodies or lists); try again in a moment",
    { "Retry-After": "1" },
  );

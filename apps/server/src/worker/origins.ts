/**
 * Limits the attempts that each origin (scheme://host:port) has under way. An origin begins with 8 slots. Every success
 * earns one more, and every failure halves them, so that a dead receiver never holds up the others.
 *
 * An attempt that takes longer than a quarter of a second is parked: it gives its slot back, so that a hanging path
 * doesn't hold up the other paths of its host. After three timeouts in a row an origin gets 5 s for an attempt instead
 * of 15. One attempt a minute still gets 15 s, so that an origin that is only slow can succeed.
 */
export interface Origins {
  begin(origin: string): BegunAttempt;
  end(attempt: BegunAttempt, end: AttemptEnd): void;
  /** Takes `begin` back: nothing was attempted. */
  cancel(attempt: BegunAttempt): void;
  /** Returns true while the origin may get no further attempt. */
  isBusy(origin: string): boolean;
  /** The origins that may get no further attempt for now. */
  busy(): string[];
  /** The number of deliveries of one origin in one claim. It is small while any origin gives trouble (`isCareful`). */
  perOrigin(): { count: number; isCareful: boolean };
}

export interface BegunAttempt {
  readonly origin: string;
  /** The start, by `performance.now()`. */
  readonly beganAt: number;
  /** The longest time that the attempt may take, in milliseconds. */
  readonly patienceMs: number;
}

/** The end of an attempt. */
export type AttemptEnd = "delivered" | "failed" | "timed_out";

const SLOTS_AT_FIRST = 8;
const SLOTS_WHEN_CALM = 32;
const SLOTS_MAX = 64;
/** After this time an attempt no longer counts against its origin's slots, only against the number that it may park. */
export const PARKED_AFTER_MS = 250;
const PARKED_MAX = 32;
/** The longest time of an attempt (Standard Webhooks 1.0 recommends 15 to 30 s). */
const PATIENCE_MS = 15_000;
const SHORT_PATIENCE_MS = 5_000;
const TIME_OUTS_MAX = 3;
const WHOLE_PATIENCE_EVERY_MS = 60_000;
/** An origin gives trouble if nothing has ended there for `SLOW_MS`, and for a minute after any failure. */
const SLOW_MS = 500;
const TROUBLE_MS = 60_000;
const REMEMBERED_MAX = 10_000;

interface Active {
  /** In the order of their start. */
  underWay: Set<BegunAttempt>;
  /** The time when an attempt last ended, or the first began, by `performance.now()`. */
  movedAt: number;
}

/** @param now `performance.now()` */
export function createOrigins(now: () => number = () => performance.now()): Origins {
  const slots = new Map<string, number>();
  /** Timeouts in a row, by origin. Any other end of an attempt deletes the entry. */
  const timeOuts = new Map<string, { count: number; wholePatienceAt: number }>();
  const active = new Map<string, Active>();
  let failedAt = -Infinity;

  const slotsOf = (name: string): number => slots.get(name) ?? SLOTS_AT_FIRST;
  const isSlow = ({ movedAt }: Active): boolean => now() - movedAt > SLOW_MS;
  const isBusy = (name: string): boolean => {
    const underWay = active.get(name)?.underWay ?? new Set();
    let parked = 0;
    for (const { beganAt } of underWay) {
      if (now() - beganAt <= PARKED_AFTER_MS) break;
      parked++;
    }
    return parked >= PARKED_MAX || underWay.size - parked >= slotsOf(name);
  };
  const patienceWith = (name: string): number => {
    const known = timeOuts.get(name);
    if (!known || known.count < TIME_OUTS_MAX) return PATIENCE_MS;
    if (now() - known.wholePatienceAt < WHOLE_PATIENCE_EVERY_MS) return SHORT_PATIENCE_MS;
    known.wholePatienceAt = now();
    return PATIENCE_MS;
  };
  const countTimeOut = (name: string, end: AttemptEnd): void => {
    if (end !== "timed_out") {
      timeOuts.delete(name);
      return;
    }
    const known = timeOuts.get(name) ?? { count: 0, wholePatienceAt: now() };
    known.count++;
    timeOuts.set(name, known);
    forgetOldest(timeOuts);
  };

  return {
    begin(origin) {
      const attempt = { origin, beganAt: now(), patienceMs: patienceWith(origin) };
      const others = active.get(origin) ?? { underWay: new Set(), movedAt: now() };
      others.underWay.add(attempt);
      active.set(origin, others);
      return attempt;
    },
    end(attempt, end) {
      const { origin } = attempt;
      const isOk = end === "delivered";
      const others = active.get(origin);
      if (!others?.underWay.delete(attempt)) return;
      others.movedAt = now();
      if (others.underWay.size === 0) active.delete(origin);
      if (!isOk) failedAt = now();
      const earned = isOk ? slotsOf(origin) + 1 : Math.floor(slotsOf(origin) / 2);
      slots.set(origin, Math.max(1, Math.min(SLOTS_MAX, earned)));
      forgetOldest(slots);
      countTimeOut(origin, end);
    },
    cancel(attempt) {
      const others = active.get(attempt.origin);
      others?.underWay.delete(attempt);
      if (others?.underWay.size === 0) active.delete(attempt.origin);
    },
    isBusy,
    busy: () => [...active.keys()].filter(isBusy),
    perOrigin() {
      const isCareful = now() - failedAt < TROUBLE_MS || [...active.values()].some(isSlow);
      return { count: isCareful ? SLOTS_AT_FIRST : SLOTS_WHEN_CALM, isCareful };
    },
  };
}

function forgetOldest(of: Map<string, unknown>): void {
  const [oldest] = of.keys();
  if (oldest !== undefined && of.size > REMEMBERED_MAX) of.delete(oldest);
}

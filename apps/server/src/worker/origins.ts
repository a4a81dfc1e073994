/**
 * How many attempts each origin (scheme://host:port) may have under way. An origin begins with 8; every success earns
 * one more, every failure halves them, so that a dead receiver never holds up the others. An attempt that takes longer
 * than a quarter of a second is parked: it gives its slot back, so that a path that hangs doesn't hold up the others of
 * its host. An origin that timed out three times in a row is given 5 s instead of 15, but for one attempt a minute: so one
 * that has only become slow is heard.
 */
export interface Origins {
  begin(origin: string): BegunAttempt;
  end(attempt: BegunAttempt, end: AttemptEnd): void;
  /** Takes it back: nothing was attempted. */
  cancel(attempt: BegunAttempt): void;
  /** Whether it may be given nothing more for now. */
  isBusy(origin: string): boolean;
  /** Those that may be given nothing more for now. */
  busy(): string[];
  /** How many deliveries of one origin to take at once: few as long as any origin gives trouble (`isCareful`). */
  perOrigin(): { count: number; isCareful: boolean };
}

export interface BegunAttempt {
  readonly origin: string;
  /** `performance.now()` */
  readonly beganAt: number;
  /** How long it may take. */
  readonly patienceMs: number;
}

/** How an attempt ended. */
export type AttemptEnd = "delivered" | "failed" | "timed_out";

const SLOTS_AT_FIRST = 8;
const SLOTS_WHEN_CALM = 32;
const SLOTS_MAX = 64;
/** After this an attempt counts no more against its origin's slots, only against how many it may park. */
export const PARKED_AFTER_MS = 250;
const PARKED_MAX = 32;
/** How long an attempt may take (Standard Webhooks 1.0 recommends 15 to 30 s). */
const PATIENCE_MS = 15_000;
const SHORT_PATIENCE_MS = 5_000;
const TIME_OUTS_MAX = 3;
const WHOLE_PATIENCE_EVERY_MS = 60_000;
/** There is trouble while an origin hasn't finished anything for so long, and for a minute after any failure. */
const SLOW_MS = 500;
const TROUBLE_MS = 60_000;
const REMEMBERED_MAX = 10_000;

interface Active {
  /** In the order in which they began. */
  underWay: Set<BegunAttempt>;
  /** When something last ended, or the first began: `performance.now()`. */
  movedAt: number;
}

/** @param now `performance.now()` */
export function createOrigins(now: () => number = () => performance.now()): Origins {
  const slots = new Map<string, number>();
  /** Of those that timed out and have not ended in another way since. */
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
  if (of.size > REMEMBERED_MAX) of.delete(of.keys().next().value!);
}

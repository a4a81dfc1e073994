import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ATTEMPT_DELAYS_MS,
  nextAttempt,
  NOT_YET_DELAYS_MS,
  NOT_YET_STATUSES,
  type AttemptOutcome,
} from "./schedule.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const now = new Date("2026-11-06T08:00:00Z");
const middle = () => 0.5;

const attempt = fc.integer({ min: 1, max: 9 });
const random = fc
  .double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  .map((value) => () => value);
const retryAfter = fc.oneof(
  fc.constant(null),
  fc.string({ unit: "binary" }),
  fc.nat().map(String),
  fc.bigInt({ min: 0n }).map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
);
const failure: fc.Arbitrary<AttemptOutcome> = fc.record({
  ok: fc.constant(false),
  statusCode: fc.oneof(
    fc.constant(null),
    fc.constantFrom(429, 503),
    fc
      .integer({ min: 100, max: 599 })
      .filter((status) => status !== 410 && !NOT_YET_STATUSES.includes(status)),
  ),
  retryAfter,
});

function failed(statusCode: number | null, retryAfter: string | null = null) {
  return { ok: false, statusCode, retryAfter };
}

function afterMsOf(
  outcome: AttemptOutcome,
  attemptNumber = 1,
  randomness: () => number = middle,
): number {
  const next = nextAttempt({
    attempt: attemptNumber,
    outcome,
    random: randomness,
    now,
  });
  if (next.kind !== "retry") throw new Error(`unexpected ${next.kind}`);
  return next.afterMs;
}

describe("the schedule", () => {
  test("is at once, 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h", () => {
    expect(ATTEMPT_DELAYS_MS.map((ms) => ms / 1000)).toEqual([
      0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
    ]);
  });

  test("is followed one delay per failure and then exhausted", () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => afterMsOf(failed(500), n));
    expect(delays).toEqual(ATTEMPT_DELAYS_MS.slice(1));
    for (const last of [10, 11, 1_000]) {
      expect(nextAttempt({ attempt: last, outcome: failed(500), random: middle, now })).toEqual({
        kind: "exhausted",
      });
    }
  });

  test("is jittered by ±20 %, reaching both ends", () => {
    expect(afterMsOf(failed(500), 1, () => 0)).toBe(4_000);
    expect(afterMsOf(failed(500), 1, () => 1 - Number.EPSILON)).toBe(6_000);
    expect(afterMsOf(failed(null), 9, () => 0)).toBe(0.8 * DAY_MS);
  });

  test("without Retry-After stays within ±20 % whatever failed", () => {
    fc.assert(
      fc.property(attempt, failure, random, (attempt, outcome, random) => {
        const afterMs = afterMsOf({ ...outcome, retryAfter: null }, attempt, random);
        const delayMs = ATTEMPT_DELAYS_MS[attempt] ?? Number.NaN;
        expect(Number.isInteger(afterMs)).toBe(true);
        expect(afterMs).toBeGreaterThanOrEqual(0.8 * delayMs);
        expect(afterMs).toBeLessThanOrEqual(1.2 * delayMs);
      }),
    );
  });

  test.each([0, -1, 1.5, Number.NaN])("has no attempt number %s", (attempt) => {
    expect(() => nextAttempt({ attempt, outcome: failed(500), random: middle, now })).toThrow(
      RangeError,
    );
  });
});

describe("an outcome", () => {
  test("delivers exactly when it is a 2xx that ended", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 12 }),
        retryAfter,
        (statusCode, ok, attempt, retryAfter) => {
          const { kind } = nextAttempt({
            attempt,
            outcome: { ok, statusCode, retryAfter },
            random: middle,
            now,
          });
          expect(kind === "delivered").toBe(ok && statusCode >= 200 && statusCode < 300);
        },
      ),
    );
  });

  test.each([301, 302, 303, 307, 308, 304])("redirecting with %i is a failure", (status) => {
    expect(afterMsOf(failed(status))).toBe(5_000);
  });

  test("of 410 is gone at every attempt, even when its body never ended", () => {
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      expect(nextAttempt({ attempt, outcome: failed(410, "60"), random: middle, now })).toEqual({
        kind: "gone",
      });
    }
  });

  test("of no answer at all is retried", () => {
    expect(afterMsOf(failed(null))).toBe(5_000);
  });
});

describe('an answer of "not yet"', () => {
  const next = (attempt: number, notYetBefore: number, statusCode: number) =>
    nextAttempt({
      attempt,
      notYetBefore,
      outcome: failed(statusCode),
      random: middle,
      now,
    });
  const delayOf = (...given: Parameters<typeof next>): number | null => {
    const { kind, afterMs } = { afterMs: null, ...next(...given) };
    return kind === "retry" ? afterMs : null;
  };

  test.each(NOT_YET_STATUSES)("of %i brings six attempts within a minute", (status) => {
    const delays = [0, 1, 2, 3, 4, 5].map((before) => delayOf(before + 1, before, status));
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 30_000]);
  });

  test("takes nothing from the schedule, whatever comes after it, or between", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (answers) => {
        const scheduled: number[] = [];
        let notYetBefore = 0;
        for (const [index, isNotYet] of answers.entries()) {
          const delayMs = delayOf(index + 1, notYetBefore, isNotYet ? 409 : 500);
          const isExtra = isNotYet && notYetBefore < NOT_YET_DELAYS_MS.length;
          if (isExtra) expect(delayMs).toBe(NOT_YET_DELAYS_MS[notYetBefore]);
          else if (delayMs !== null) scheduled.push(delayMs);
          if (isNotYet) notYetBefore++;
          if (delayMs === null) break;
        }
        expect(scheduled).toEqual(ATTEMPT_DELAYS_MS.slice(1, 1 + scheduled.length));
      }),
    );
  });

  test("for ever is given up as any other failure is: after sixteen attempts", () => {
    const kinds = Array.from({ length: 16 }, (_, before) => next(before + 1, before, 409).kind);
    expect(kinds).toEqual([...Array<string>(15).fill("retry"), "exhausted"]);
  });
});

describe("Retry-After", () => {
  test.each([429, 503])("in seconds is honoured on %i", (status) => {
    expect(afterMsOf(failed(status, "120"))).toBe(120_000);
    expect(afterMsOf(failed(status, " 120 "))).toBe(120_000);
  });

  test.each([
    ["IMF-fixdate", "Fri, 06 Nov 2026 09:00:00 GMT"],
    ["RFC 850", "Friday, 06-Nov-26 09:00:00 GMT"],
    ["asctime", "Fri Nov  6 09:00:00 2026"],
  ])("as an HTTP date (%s) is read against now", (_form, date) => {
    expect(afterMsOf(failed(429, date))).toBe(3_600_000);
  });

  test.each([200, 301, 400, 500, 502, 504])("is ignored on %i", (status) => {
    expect(afterMsOf(failed(status, "120"))).toBe(5_000);
  });

  test.each([
    ["less than the schedule", "1"],
    ["zero", "0"],
    ["a date in the past", "Thu, 05 Nov 2026 09:00:00 GMT"],
    ["negative", "-120"],
    ["a fraction", "120.5"],
    ["another format", "2026-11-06T09:00:00Z"],
    ["an impossible date", "Fri, 99 Nov 2026 09:00:00 GMT"],
    ["empty", ""],
    ["a word", "later"],
  ])("that is %s leaves the schedule's delay", (_what, value) => {
    expect(afterMsOf(failed(429, value))).toBe(5_000);
  });

  test.each(["86401", "9".repeat(400), "Fri, 06 Nov 2099 09:00:00 GMT"])(
    "of more than a day (%s) is a day",
    (value) => {
      expect(afterMsOf(failed(503, value))).toBe(DAY_MS);
    },
  );

  test("is clamped between the schedule's delay and 24 h whatever it says", () => {
    fc.assert(
      fc.property(attempt, failure, random, (attempt, outcome, random) => {
        const scheduledMs = afterMsOf({ ...outcome, retryAfter: null }, attempt, random);
        const afterMs = afterMsOf(outcome, attempt, random);
        expect(afterMs).toBeGreaterThanOrEqual(scheduledMs);
        expect(afterMs).toBeLessThanOrEqual(Math.max(scheduledMs, DAY_MS));
      }),
    );
  });
});

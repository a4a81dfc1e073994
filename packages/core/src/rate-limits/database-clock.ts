/** The database's clock as this process knows it. */
export interface DatabaseClock {
  /** Takes a reading. `askedAt` is `performance.now()` from before the query, so that the clock is never behind. */
  observe(reading: Date, askedAt: number, askedAtWall: number): void;
  /** Milliseconds since 1970. Null: there is no reading yet, or this machine was asleep since the last one. */
  nowMs(): number | null;
}

const SLEEP_MS_MAX = 1000;

/**
 * Makes a clock that gives the database's time between two readings. It doesn't trust this machine's wall clock, which
 * can be an hour off or jump without any effect. Where the wall clock and the monotonic clock have drifted apart, the
 * machine could have slept (the monotonic clock then stood still), so the clock asks for a new reading.
 */
export function createDatabaseClock(): DatabaseClock {
  let last: { readingMs: number; askedAt: number; askedAtWall: number } | null = null;
  return {
    observe(reading, askedAt, askedAtWall) {
      last = { readingMs: reading.getTime(), askedAt, askedAtWall };
    },
    nowMs() {
      if (last === null) return null;
      const elapsed = performance.now() - last.askedAt;
      const elapsedByWall = Date.now() - last.askedAtWall;
      if (Math.abs(elapsed - elapsedByWall) > SLEEP_MS_MAX) return null;
      return last.readingMs + elapsed;
    },
  };
}

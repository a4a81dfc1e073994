/** The database's clock as this process knows it. */
export interface DatabaseClock {
  /** Takes a reading; `askedAt` is `performance.now()` from before the query, so that the clock is never behind. */
  observe(reading: Date, askedAt: number, askedAtWall: number): void;
  /** Milliseconds since 1970; null: nothing has been read yet, or this machine was asleep since. */
  nowMs(): number | null;
}

const SLEEP_MS_MAX = 1000;

/**
 * Tells the database's time between two readings, without trusting this machine's wall clock: whether it is an hour
 * off or jumps, nothing changes. Where wall clock and monotonic clock have drifted apart, the machine may have slept
 * (the monotonic clock then stood still), so a new reading is asked for.
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

/**
 * The limits of waiting in all tests. A test waits for the event that it is about, however long that takes: the machine may
 * be loaded, or a quarter as fast. A limit only ends a hang, so no limit is chosen to be tight. A guarantee of speed is
 * proven by order ("the answer came before the hanging host let go"), by a count, or by a clock that the test turns.
 */

/** The time after which one wait counts as a hang, in milliseconds: SAYSO_HANG_MINUTES, default 5. */
export const HANG_MS = Number(process.env.SAYSO_HANG_MINUTES ?? 5) * 60_000;
/** The same for a whole test or hook. It is longer, so that the message of the wait that hangs is the one that is shown. */
export const TEST_HANG_MS = 3 * HANG_MS;

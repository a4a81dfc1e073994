import type { SystemPool } from "../capabilities.ts";

/** The limits of the request log: the number of calls that it keeps of a connection, and the days that it keeps. */
export const CALLS_KEPT = { perConnection: 1000, days: 7 } as const;

/** The number of calls that one statement deletes: far fewer than it has time for. */
const PART = 10_000;

/**
 * Deletes the calls beyond the limits of the request log, in several short transactions. The worker calls it regularly.
 *
 * @throws DomainError `unavailable`
 */
export async function forgetCalls({ system }: SystemPool): Promise<void> {
  for (;;) {
    const { rows } = await system.query<{ forgotten: number }>(
      "select forget_calls($1, $2) as forgotten",
      [CALLS_KEPT.perConnection, PART],
    );
    if ((rows[0]?.forgotten ?? 0) < PART) return;
  }
}

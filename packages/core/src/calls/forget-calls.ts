import type { SystemPool } from "../capabilities.ts";

/** How many calls of a connection the request log keeps, and for how long. */
export const CALLS_KEPT = { perConnection: 1000, days: 7 } as const;

/** What is deleted at once: far less than a statement has time for. */
const PART = 10_000;

/**
 * Deletes what the request log keeps no longer, in parts that are short transactions; called now and then.
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

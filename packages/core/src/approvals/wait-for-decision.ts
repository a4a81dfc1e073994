import type { Pool } from "pg";
import { withRetries } from "../transactions/database-errors.ts";

/**
 * Resolves when the request has left "pending", after `timeoutMs`, or when the signal aborts: read it then.
 *
 * @throws DomainError `unavailable`: the database has not answered for seconds
 */
export type WaitForDecision = (
  requestId: string,
  timeoutMs: number,
  signal?: AbortSignal,
) => Promise<void>;

const POLL_MS = 1000;
const AWAY_MS_MAX = 3000;

/**
 * Lets callers wait for decisions. `changed` wakes those of this process at once; one query a second for all that
 * are waited for finds what other processes decided. While the database is away for a moment they go on waiting; for
 * longer, they are told.
 */
export function createDecisionWaiter(system: Pool): {
  wait: WaitForDecision;
  changed: (requestIds: readonly string[]) => void;
} {
  const waiting = new Map<string, Set<(away?: Error) => void>>();
  let poll: NodeJS.Timeout | undefined;
  let answeredAt = 0;

  const wake = (requestId: string) => waiting.get(requestId)?.forEach((resolve) => resolve());

  const pollOnce = async () => {
    const { rows } = await withRetries(() =>
      system.query<{ id: string }>({
        name: "find_decided",
        text: "select id from requests where id = any ($1) and status <> 'pending'",
        values: [[...waiting.keys()]],
      }),
    );
    answeredAt = performance.now();
    rows.forEach((row) => wake(row.id));
  };

  const tellWhenAway = (error: unknown) => {
    if (performance.now() - answeredAt < AWAY_MS_MAX) return;
    for (const each of [...waiting.values()]) each.forEach((done) => done(error as Error));
  };

  const schedulePoll = () => {
    poll ??= setTimeout(() => {
      poll = undefined;
      if (waiting.size === 0) return;
      void pollOnce().catch(tellWhenAway).finally(schedulePoll);
    }, POLL_MS).unref();
  };

  const wait: WaitForDecision = (requestId, timeoutMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        // It would never say so again.
        resolve();
        return;
      }
      const done = (away?: Error) => {
        clearTimeout(timer);
        const others = waiting.get(requestId);
        others?.delete(done);
        if (others?.size === 0) waiting.delete(requestId);
        signal?.removeEventListener("abort", stop);
        if (away) reject(away);
        else resolve();
      };
      const stop = () => done();
      const timer = setTimeout(stop, timeoutMs);
      if (waiting.size === 0) answeredAt = performance.now();
      waiting.set(requestId, (waiting.get(requestId) ?? new Set()).add(done));
      signal?.addEventListener("abort", stop, { once: true });
      schedulePoll();
    });

  return { wait, changed: (requestIds) => requestIds.forEach(wake) };
}

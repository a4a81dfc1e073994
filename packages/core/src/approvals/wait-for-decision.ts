import type { Pool } from "pg";
import { withRetries } from "../transactions/database-errors.ts";

/**
 * Resolves when the request has left "pending", after `timeoutMs`, or when the signal aborts. The caller then reads the
 * request.
 *
 * @throws DomainError `unavailable`: the database has not answered for seconds
 */
export type WaitForDecision = (
  organizationId: string,
  requestId: string,
  timeoutMs: number,
  signal?: AbortSignal,
) => Promise<void>;

export interface DecisionWaiter {
  waitForDecision: WaitForDecision;
}

/** The callers that wait for one request. */
interface Waiting {
  organizationId: string;
  waiters: Set<(away?: Error) => void>;
}

const POLL_MS = 1000;
const AWAY_MS_MAX = 3000;

/**
 * Lets callers wait for decisions. `changed` wakes the callers in this process at once. For decisions of other
 * processes, one query a second covers all requests that callers wait for. If the database is away for a moment,
 * callers go on waiting; if it is away for longer, their promises reject.
 */
export function createDecisionWaiter(system: Pool): {
  wait: WaitForDecision;
  changed: (requestIds: readonly string[]) => void;
} {
  const waiting = new Map<string, Waiting>();
  let poll: NodeJS.Timeout | undefined;
  let answeredAt = 0;

  const wake = (requestId: string) =>
    waiting.get(requestId)?.waiters.forEach((resolve) => resolve());

  const pollOnce = async () => {
    const { rows } = await withRetries(() =>
      system.query<{ id: string }>({
        name: "find_decided",
        text: `select r.id from unnest($1::uuid[], $2::uuid[]) as waited (organization_id, id)
               cross join lateral (
                 select id from requests where organization_id = waited.organization_id and id = waited.id and status <> 'pending'
                 limit 1) r`,
        values: [
          [...waiting.values()].map(({ organizationId }) => organizationId),
          [...waiting.keys()],
        ],
      }),
    );
    answeredAt = performance.now();
    rows.forEach((row) => wake(row.id));
  };

  const reportOutage = (error: unknown) => {
    if (performance.now() - answeredAt < AWAY_MS_MAX) return;
    const away = error instanceof Error ? error : new Error(String(error));
    for (const { waiters } of [...waiting.values()]) waiters.forEach((done) => done(away));
  };

  const schedulePoll = () => {
    poll ??= setTimeout(() => {
      poll = undefined;
      if (waiting.size === 0) return;
      void pollOnce().catch(reportOutage).finally(schedulePoll);
    }, POLL_MS).unref();
  };

  const wait: WaitForDecision = (organizationId, requestId, timeoutMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        // The signal's abort event has passed and never comes again.
        resolve();
        return;
      }
      const done = (away?: Error) => {
        clearTimeout(timer);
        const others = waiting.get(requestId)?.waiters;
        others?.delete(done);
        if (others?.size === 0) waiting.delete(requestId);
        signal?.removeEventListener("abort", stop);
        if (away) reject(away);
        else resolve();
      };
      const stop = () => done();
      const timer = setTimeout(stop, timeoutMs);
      if (waiting.size === 0) answeredAt = performance.now();
      const here = waiting.get(requestId) ?? { organizationId, waiters: new Set() };
      waiting.set(requestId, here);
      here.waiters.add(done);
      signal?.addEventListener("abort", stop, { once: true });
      schedulePoll();
    });

  return { wait, changed: (requestIds) => requestIds.forEach(wake) };
}

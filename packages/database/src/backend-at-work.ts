import { setTimeout as sleep } from "node:timers/promises";
import { connectionTo } from "./connection.ts";
import { WatchedClient } from "./watched-client.ts";

const LOOKS = 3;

/**
 * Checks, over a connection of its own, that the database still works on a statement. Returns false when three looks,
 * `apartMillis` apart, could not show that: the link is silent, the backend is gone, or it has long finished and its
 * answer was lost. A refusal (too many connections) proves that the link works.
 *
 * @param pid the backend's process id, `pg_backend_pid()`
 */
export async function isBackendAtWork(
  url: string,
  pid: number,
  apartMillis: number,
): Promise<boolean> {
  for (let look = 1; ; look++) {
    if (await isSeenAtWork(url, pid, apartMillis)) return true;
    if (look === LOOKS) return false;
    await sleep(apartMillis);
  }
}

async function isSeenAtWork(url: string, pid: number, silentMillisMax: number): Promise<boolean> {
  const client = new WatchedClient({
    ...connectionTo(url),
    application_name: "sayso migrate",
    silentMillisMax,
  });
  try {
    await client.connect();
    const { rows } = await client.query<{ state: string | null }>(
      "select state from pg_stat_activity where pid = $1",
      [pid],
    );
    // The state is null where the operator has switched off `track_activities`.
    return rows.some(({ state }) => state === null || !state.startsWith("idle"));
  } catch (error) {
    return error instanceof Error && "severity" in error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

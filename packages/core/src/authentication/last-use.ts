import type { Pool } from "pg";

/** Records which keys or grants were used, without delaying their requests. */
export interface LastUseRecorder {
  note(id: string): void;
  /** Writes the recorded uses. After a failure they are kept for the next time. */
  flush(): Promise<void>;
  /** Stops the timer and writes what is left. */
  close(): Promise<void>;
}

const FLUSH_EVERY_MS = 10_000;

/**
 * Gathers uses in memory and writes them with the database's clock, in one statement at most every 10 s. The statement
 * updates the keys or grants and their connections. A later use that another replica has written stays.
 *
 * @param of the table of the recorded ids
 * @param onError called when a write failed; the uses are written later
 */
export function createLastUseRecorder(
  system: Pool,
  of: "connection_keys" | "oauth_grants",
  onError: (error: unknown) => void,
): LastUseRecorder {
  let uses = new Map<string, number>();
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    if (uses.size === 0) return;
    const written = uses;
    uses = new Map();
    const now = performance.now();
    // Sorted, so that two replicas never wait for each other's row locks.
    const sorted = [...written].sort(([one], [other]) => (one < other ? -1 : 1));
    const ids = sorted.map(([id]) => id);
    const secondsAgo = sorted.map(([, at]) => (now - at) / 1000);
    try {
      await system.query({
        name: `record_last_use_of_${of}`,
        text: recordUses(of),
        values: [ids, secondsAgo],
      });
    } catch (error) {
      uses = new Map([...written, ...uses]);
      onError(error);
    }
  };
  const flush = (): Promise<void> => (writing = writing.then(write));
  const timer = setInterval(() => void flush(), FLUSH_EVERY_MS).unref();

  return {
    note: (id) => void uses.set(id, performance.now()),
    flush,
    close: () => {
      clearInterval(timer);
      return flush();
    },
  };
}

const recordUses = (table: "connection_keys" | "oauth_grants"): string => `
  with used as (
    update ${table} k set last_used_at = greatest(k.last_used_at, now() - make_interval(secs => u.ago))
    from unnest($1::uuid[], $2::float8[]) as u (id, ago) where k.id = u.id
    returning k.organization_id, k.connection_id, k.last_used_at
  )
  update connections c set last_used_at = greatest(c.last_used_at, u.at)
  from (select organization_id, connection_id, max(last_used_at) as at from used group by organization_id, connection_id) u
  where c.organization_id = u.organization_id and c.id = u.connection_id`;

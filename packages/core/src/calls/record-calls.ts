import type { NewIds, SystemPool } from "../capabilities.ts";

/** A call of the API by a credential of a connection, as it ended. */
export interface EndedCall {
  organizationId: string;
  connectionId: string;
  method: string;
  /** Without its query. */
  path: string;
  /** `resource.verb`; null: no operation is there. */
  operation: string | null;
  /** 499: the caller hung up before the answer began. */
  status: number;
  durationMs: number;
  requestId: string;
  errorCode: string | null;
}

/** Notes calls for the request log, without costing them anything. */
export interface CallRecorder {
  note(call: EndedCall): void;
  /** Writes what was noted. Never rejects. */
  flush(): Promise<void>;
  /** Stops the timer and writes what is left; the pools must still be open. */
  close(): Promise<void>;
}

const FLUSH_EVERY_MS = 1000;
const FLUSH_FROM = 500;
/** Of one connection at once: the log holds its newest 1,000, so that many of a second tell enough. */
const PER_CONNECTION_MAX = 200;
/** What waits while the database is slow. */
const WAITING_MAX = 5000;

interface Waiting {
  call: EndedCall;
  /** `performance.now()` */
  endedAt: number;
}

/** One connection's calls since the last flush. */
interface Count {
  organizationId: string;
  calls: number;
  refused: number;
  failed: number;
  /** How many of them wait to be written down. */
  written: number;
}

/**
 * Gathers calls in memory and writes them in one statement every second, or as soon as there are 500, with the
 * database's clock and in the order in which they ended. A call never waits for it and never fails of it: while the
 * database is slow 5,000 may wait, and of one connection 200; what is more is only counted. A crash loses the last
 * second, a failed write what it held.
 *
 * @param onLost told how many calls the log lacks, and what kept them out where something did
 */
export function createCallRecorder(
  services: SystemPool & NewIds,
  onLost: (calls: number, error: unknown) => void = () => undefined,
): CallRecorder {
  let waiting: Waiting[] = [];
  let counts = new Map<string, Count>();
  let lost = 0;
  let writing: Promise<void> | null = null;
  /** When the last of those that are written ended, by the database's clock. */
  let newest: Date | null = null;

  const write = async (): Promise<void> => {
    if (counts.size === 0) return;
    const [calls, counted] = [waiting, counts];
    waiting = [];
    counts = new Map();
    try {
      const { rows } = await services.system.query<{ newest: Date | null }>({
        name: "log_calls",
        text: "select log_calls($1, $2, $3) as newest",
        values: [
          JSON.stringify(rowsOf(calls, services.newId)),
          JSON.stringify(countsOf(counted)),
          newest,
        ],
      });
      newest = rows[0]?.newest ?? newest;
      if (lost > 0) onLost(lost, null);
      lost = 0;
    } catch (error) {
      onLost(lost + calls.length, error);
      lost = 0;
    }
  };
  // One at a time: a slow database is not asked twice.
  const flush = (): Promise<void> => (writing ??= write().finally(() => (writing = null)));
  const timer = setInterval(() => void flush(), FLUSH_EVERY_MS).unref();

  return {
    note(call) {
      const count = counts.get(call.connectionId) ?? openCount(call.organizationId);
      counts.set(call.connectionId, count);
      count.calls++;
      if (call.status >= 500) count.failed++;
      else if (call.status >= 400) count.refused++;
      if (count.written >= PER_CONNECTION_MAX || waiting.length >= WAITING_MAX) {
        lost++;
        return;
      }
      count.written++;
      waiting.push({ call, endedAt: performance.now() });
      if (waiting.length >= FLUSH_FROM && writing === null) void flush();
    },
    flush,
    async close() {
      clearInterval(timer);
      await writing;
      await flush();
    },
  };
}

const openCount = (organizationId: string): Count => ({
  organizationId,
  calls: 0,
  refused: 0,
  failed: 0,
  written: 0,
});

function rowsOf(calls: readonly Waiting[], newId: () => string) {
  const now = performance.now();
  return calls.map(({ call, endedAt }) => ({
    id: newId(),
    organization_id: call.organizationId,
    connection_id: call.connectionId,
    ago_ms: now - endedAt,
    method: call.method,
    path: call.path,
    operation: call.operation,
    status: call.status,
    duration_ms: Math.round(call.durationMs),
    request_id: call.requestId,
    error_code: call.errorCode,
  }));
}

const countsOf = (counts: ReadonlyMap<string, Count>) =>
  [...counts].map(([connectionId, { organizationId, calls, refused, failed }]) => ({
    organization_id: organizationId,
    connection_id: connectionId,
    calls,
    refused,
    failed,
  }));

import type { NewIds, SystemPool } from "../capabilities.ts";

/** A call of the API by a credential of a connection, after its answer has ended. */
export interface EndedCall {
  organizationId: string;
  connectionId: string;
  method: string;
  /** The path without its query. */
  path: string;
  /** The operation, `resource.verb`. null: no operation has this path. */
  operation: string | null;
  /** The status of the answer. 499: the caller hung up before the answer began. */
  status: number;
  durationMs: number;
  requestId: string;
  errorCode: string | null;
}

/** The recorder of calls for the request log. It never delays a call. */
export interface CallRecorder {
  note(call: EndedCall): void;
  /** Writes the noted calls. Never rejects. */
  flush(): Promise<void>;
  /** Stops the timer and writes the calls that are left. The pools must still be open. */
  close(): Promise<void>;
}

const FLUSH_EVERY_MS = 1000;
const FLUSH_FROM = 500;
/** The number of calls of one connection between two flushes: enough, because the log keeps only its newest 1,000. */
const PER_CONNECTION_MAX = 200;
/** The number of calls that wait while the database is slow. */
const WAITING_MAX = 5000;

interface Waiting {
  call: EndedCall;
  /** The time by `performance.now()`. */
  endedAt: number;
}

/** One connection's calls since the last flush. */
interface Count {
  organizationId: string;
  calls: number;
  refused: number;
  failed: number;
  /** The number of these calls that wait to be written to the log. */
  written: number;
}

/**
 * Creates the recorder. It gathers calls in memory and writes them in one statement every second, or as soon as there
 * are 500, with times by the database's clock and in the order in which the calls ended. A call never waits for the
 * recorder, and never fails because of it. While the database is slow, up to 5,000 calls wait, and up to 200 of one
 * connection; further calls are only counted. A crash loses the last second, and a failed write loses its calls.
 *
 * @param onLost called with the number of calls that the log lacks, and the error of the write, or null if the calls
 *   were too many
 */
export function createCallRecorder(
  services: SystemPool & NewIds,
  onLost: (calls: number, error: unknown) => void = () => undefined,
): CallRecorder {
  let waiting: Waiting[] = [];
  let counts = new Map<string, Count>();
  let lost = 0;
  let writing: Promise<void> | null = null;
  /** The time at which the newest written call ended, by the database's clock. */
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
  // Writes one batch at a time, so that a slow database doesn't get a second one.
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

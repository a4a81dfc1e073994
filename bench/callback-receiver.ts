import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Counts callbacks by the `id` in their body, and lets callers wait for them. It does little work, because it shares
 * the two cores.
 */
export interface CallbackReceiver {
  /** The URL for callbacks; a path can be added. */
  readonly url: string;
  /** Resolves when the callback of this id has arrived, with `performance.now()` of its last byte. */
  arrival: (id: string) => Promise<number>;
  /** The number of callbacks by id, including those that nobody waited for. */
  readonly counts: ReadonlyMap<string, number>;
  forget: () => void;
  stop: () => Promise<void>;
}

export async function startCallbackReceiver(): Promise<CallbackReceiver> {
  const counts = new Map<string, number>();
  const arrivals = new Map<string, number>();
  const waiting = new Map<string, (at: number) => void>();

  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      const at = performance.now();
      const { id } = JSON.parse(text) as { id: string };
      counts.set(id, (counts.get(id) ?? 0) + 1);
      if (!arrivals.has(id)) arrivals.set(id, at);
      waiting.get(id)?.(at);
      waiting.delete(id);
      response.end();
    });
  });
  // A sender that keeps its connections must not find them closed.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    arrival: (id) => {
      const at = arrivals.get(id);
      if (at !== undefined) return Promise.resolve(at);
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    forget() {
      counts.clear();
      arrivals.clear();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

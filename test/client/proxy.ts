import {
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/**
 * A fault that hits one call on its way. "drop": the connection breaks. "hang": no answer ever comes. "lose": the
 * server handles the call, but its answer never arrives.
 */
export type Mishap =
  "drop" | "hang" | "lose" | { status: number; headers?: Record<string, string>; body?: string };

export interface Seen {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A proxy in front of a real server that puts faults into calls. */
export interface Proxy {
  readonly url: string;
  /** Every call that came in, in order. */
  readonly seen: readonly Seen[];
  /** Puts one fault into each of the next calls; later calls pass. Clears `seen`. */
  befall: (...mishaps: Mishap[]) => void;
  /** Does the same as `befall`, and breaks the connections of all calls under way. */
  breakOff: (...mishaps: Mishap[]) => void;
  close: () => Promise<void>;
}

/** @param target the URL of the real server */
export async function openProxy(target: string): Promise<Proxy> {
  const seen: Seen[] = [];
  const mishaps: Mishap[] = [];
  const server = createServer((incoming, response) => {
    void handle(incoming, response).catch(() => response.destroy());
  });

  async function handle(incoming: IncomingMessage, response: ServerResponse) {
    const { method = "", url = "", headers } = incoming;
    const body = await buffer(incoming);
    seen.push({ method, path: url, headers, body: body.toString() });
    const mishap = mishaps.shift();
    if (mishap === "hang") return;
    if (mishap === "drop") {
      response.destroy();
      return;
    }
    if (typeof mishap === "object") {
      response.writeHead(mishap.status, mishap.headers).end(mishap.body);
      return;
    }
    const onward = forward(new URL(url, target), { method, headers });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    onward.on("response", (answer) => {
      if (mishap === "lose") {
        answer.resume().on("end", () => response.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.end(body);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const befall = (...next: Mishap[]) => {
    seen.length = 0;
    mishaps.splice(0, mishaps.length, ...next);
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    befall,
    breakOff(...next) {
      befall(...next);
      server.closeAllConnections();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

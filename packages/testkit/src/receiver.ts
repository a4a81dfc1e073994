import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { HANG_MS } from "./hang.ts";

/** A request as it arrived. */
export interface Received {
  method: string;
  /** The path with the query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** The raw body, over which signatures are computed. */
  body: string;
  json: Record<string, unknown>;
  /** `performance.now()` and `Date.now()` at its last byte. */
  at: number;
  time: number;
}

/** The answer to a request. */
export interface ReceiverAnswer {
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** The delay before the first byte of the answer; default 0. */
  delayMs?: number;
  /**
   * `hang`: never answers. `drip`: sends a byte of the body every 100 ms, without an end. `cut`: closes the connection
   * without an answer.
   */
  fault?: "hang" | "drip" | "cut";
}

/** A webhook receiver on 127.0.0.1 that stores every request. */
export interface Receiver {
  /** The address to send to. A path can be appended. */
  readonly url: string;
  /** All requests so far, in the order of their arrival. */
  readonly requests: readonly Received[];
  /** The number of requests whose caller has closed the connection without an answer. */
  readonly abandoned: number;
  /** Sets the answer to all later requests. A function decides for each request (`index` counts from 0). */
  answerWith: (
    answer: ReceiverAnswer | ((request: Received, index: number) => ReceiverAnswer),
  ) => void;
  /** Resolves with the next n requests that no call of `next` has returned yet. */
  next: (n: number) => Promise<Received[]>;
  /** Resolves with the first request, past or future, for which the predicate is true. */
  waitFor: (predicate: (request: Received) => boolean) => Promise<Received>;
  stop: () => Promise<void>;
}

/** Starts a receiver. @param options.port default: any free one */
export async function startReceiver(options: { port?: number } = {}): Promise<Receiver> {
  const requests: Received[] = [];
  const listeners = new Set<() => void>();
  let answer: (request: Received, index: number) => ReceiverAnswer = () => ({});
  let returned = 0;
  let abandoned = 0;

  const server = createServer((request, response) => {
    void receive(request).then(
      (received) => {
        requests.push(received);
        response.once("close", () => void (!response.writableFinished && abandoned++));
        listeners.forEach((listener) => listener());
        return reply(response, answer(received, requests.length - 1));
      },
      () => undefined,
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });

  const until = <T>(find: () => T | undefined, what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        listeners.delete(look);
      };
      const look = () => {
        const found = find();
        if (found === undefined) return;
        end();
        resolve(found);
      };
      const timer = setTimeout(() => {
        end();
        reject(
          new Error(`${what} did not arrive within ${HANG_MS} ms; ${requests.length} requests did`),
        );
      }, HANG_MS);
      listeners.add(look);
      look();
    });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get abandoned() {
      return abandoned;
    },
    answerWith(next) {
      answer = typeof next === "function" ? next : () => next;
    },
    async next(n) {
      const from = returned;
      returned += n;
      return until(
        () => (requests.length >= from + n ? requests.slice(from, from + n) : undefined),
        `Request ${from + n}`,
      );
    },
    waitFor: (predicate) => until(() => requests.find(predicate), "The request"),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString("utf8");
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers: request.headers,
    body,
    json: parse(body),
    at: performance.now(),
    time: Date.now(),
  };
}

function parse(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}

async function reply(response: ServerResponse, answer: ReceiverAnswer): Promise<void> {
  const { status = 200, headers = {}, body = "", delayMs = 0, fault } = answer;
  if (delayMs > 0) await sleep(delayMs);
  if (fault === "hang") return;
  if (fault === "cut") {
    response.destroy();
    return;
  }
  response.writeHead(status, headers);
  if (fault !== "drip") {
    response.end(body);
    return;
  }
  while (!response.destroyed) {
    response.write("x");
    await sleep(100);
  }
}

import {
  type Agent,
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
} from "node:http";
import { request as requestHttps } from "node:https";
import { AttemptError } from "./describe-failure.ts";

/** One request and its answer, as far as the answer arrived. */
export type Exchange = {
  /** Null: no answer came. */
  statusCode: number | null;
  /** The `Retry-After` header as received, at most 100 characters. */
  retryAfter: string | null;
  /**
   * The beginning of the answer as UTF-8, with U+FFFD for bytes that are not text and for NUL, which PostgreSQL cannot
   * store. Null: no answer came.
   */
  responseBody: string | null;
  /** The answer's headers, as far as {@link keptHeaders} keeps them. Null: no answer came. */
  responseHeaders: Record<string, string> | null;
  /** The original error that ended the exchange early. Null: it completed, whatever the status. */
  error: unknown;
  /** True: the connection was a reused one, and ended before any byte of an answer. */
  isStaleConnection: boolean;
};

/**
 * Posts `body` once, follows no redirect, and reads at most `maxResponseBytes`. The connection of a longer answer is
 * cut, which completes the exchange. Aborting `signal` cuts the connection and settles at once with its reason. Never
 * rejects after the request has begun.
 *
 * @throws the reason of `signal` if it is aborted already; an error if `headers` or `body` cannot be sent at all
 */
export function exchangeHttp({
  url,
  agent,
  headers,
  body,
  maxResponseBytes,
  signal,
}: {
  url: URL;
  agent: Agent;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
  maxResponseBytes: number;
  signal: AbortSignal;
}): Promise<Exchange> {
  signal.throwIfAborted();
  const start = url.protocol === "https:" ? requestHttps : requestHttp;
  const request = start(url, { method: "POST", agent, headers });
  const answered = readAnswer(request, maxResponseBytes, signal);
  // As bytes, because a text body would make Node send the header block as UTF-8, too.
  request.end(Buffer.from(body));
  return answered;
}

function readAnswer(
  request: ClientRequest,
  maxResponseBytes: number,
  signal: AbortSignal,
): Promise<Exchange> {
  return new Promise((resolve) => {
    let response: IncomingMessage | null = null;
    let bytesReadBefore = 0;
    let isStaleConnection = false;
    let received = Buffer.alloc(0);

    // A promise settles once, so every later event below has no effect. The listeners stay, because a late socket error
    // without one would end the process.
    function settle(error: unknown): void {
      signal.removeEventListener("abort", abort);
      resolve({
        statusCode: response?.statusCode ?? null,
        retryAfter: response?.headers["retry-after"]?.slice(0, 100) ?? null,
        responseBody: response && storableText(received, maxResponseBytes),
        responseHeaders: response && keptHeaders(response),
        error,
        isStaleConnection,
      });
    }
    function abort(): void {
      settle(signal.reason);
      request.destroy();
    }

    signal.addEventListener("abort", abort);
    request.on("socket", (socket) => {
      bytesReadBefore = socket.bytesRead;
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      isStaleConnection =
        response === null &&
        request.reusedSocket &&
        request.socket?.bytesRead === bytesReadBefore &&
        (error.code === "ECONNRESET" || error.code === "EPIPE");
      settle(error);
    });
    request.on("close", () => {
      settle(new AttemptError("the connection was closed before the answer ended"));
    });
    request.on("response", (message) => {
      response = message;
      message.on("data", (chunk: Buffer) => {
        const room = maxResponseBytes - received.length;
        received = Buffer.concat([received, chunk.subarray(0, room)]);
        if (chunk.length > room) {
          settle(null);
          request.destroy();
        }
      });
      message.on("end", () => {
        settle(null);
      });
      message.on("error", (error) => {
        settle(error);
      });
    });
  });
}

const HEADER_BYTES_MAX = 4_096;
const HEADER_VALUE_MAX = 500;

/**
 * Keeps an answer's headers for the delivery log: at most 4 kB, each value cut to 500 characters, cookies without their
 * values.
 */
function keptHeaders({ headers }: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {};
  let room = HEADER_BYTES_MAX;
  for (const [name, value = ""] of Object.entries(headers)) {
    const text = name === "set-cookie" ? HIDDEN_VALUE : String(value).slice(0, HEADER_VALUE_MAX);
    room -= Buffer.byteLength(name) + Buffer.byteLength(text);
    if (room < 0) break;
    kept[name] = text;
  }
  return kept;
}

/** Replaces, in the delivery log, a header's value that nobody else may read. */
export const HIDDEN_VALUE = "(hidden)";

function storableText(bytes: Buffer, maxBytes: number): string {
  const text = decodeWhole(bytes).replaceAll("\0", "\uFFFD");
  return decodeWhole(Buffer.from(text).subarray(0, maxBytes));
}

// `stream` leaves out a character that was cut in the middle.
function decodeWhole(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}

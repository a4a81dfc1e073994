import {
  type Agent,
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
} from "node:http";
import { request as requestHttps } from "node:https";
import { AttemptError } from "./tell-failure.ts";

/** One request and its answer, as far as it came. */
export type Exchange = {
  /** Null when no answer came. */
  statusCode: number | null;
  /** The `Retry-After` header as received, at most 100 characters. */
  retryAfter: string | null;
  /**
   * The beginning of the answer as UTF-8, with U+FFFD for what is not text and
   * for NUL, which PostgreSQL cannot store. Null when no answer came.
   */
  responseBody: string | null;
  /** Of the answer, as far as {@link keptHeaders} keeps them. Null when no answer came. */
  responseHeaders: Record<string, string> | null;
  /** Why it did not complete, as it came; null when it did, whatever the status. */
  error: unknown;
  /** The connection was a reused one, and ended before any byte of an answer. */
  isStaleConnection: boolean;
};

/**
 * Posts `body` once, follows nothing, and reads at most `maxResponseBytes`; the
 * connection of a longer answer is cut, which completes it. Aborting `signal`
 * cuts the connection and settles at once with its reason.
 * Never rejects; throws when `signal` is aborted already, with its reason, or when
 * `headers` or `body` cannot be sent at all.
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
  // As bytes: a text body would take the header block along into UTF-8.
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

    // A promise settles once, so every later event below has no effect; the
    // listeners stay, or a late socket error would end the process.
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

/** An answer's headers for the delivery log: 4 kB at most, each value 500 characters, cookies without their values. */
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

/** Stands in the delivery log for a header's value that nobody else may read. */
export const HIDDEN_VALUE = "(hidden)";

function storableText(bytes: Buffer, maxBytes: number): string {
  const text = decodeWhole(bytes).replaceAll("\0", "\uFFFD");
  return decodeWhole(Buffer.from(text).subarray(0, maxBytes));
}

// `stream` leaves out a character that was cut in the middle.
function decodeWhole(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}

import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { version } from "../version.ts";
import type { AddressGuard } from "./address-guard.ts";
import { exchangeHttp, HIDDEN_VALUE, type Exchange } from "./http-exchange.ts";
import { AttemptError, detailOf, describeFailure } from "./describe-failure.ts";

/** One webhook to send. */
export type WebhookRequest = {
  url: string;
  /** The headers that Sayso sets, such as the signature. The content type is JSON unless it is set here. */
  headers: Readonly<Record<string, string>>;
  /**
   * The headers that the caller adds. They cannot replace one of `headers`, nor any that describes the body or the
   * connection, nor webhook-* and X-OKRunit-Signature: those are left out.
   */
  callbackHeaders?: Readonly<Record<string, string>> | undefined;
  /** Exactly the signed bytes; a string is sent as UTF-8. */
  body: string | Uint8Array;
  /** Ends the attempt early, as a failure. */
  signal?: AbortSignal | undefined;
  /** The longest time of the whole exchange, in milliseconds, if it is less than the sender's own. */
  timeoutMs?: number;
};

/** The result of one attempt. */
export type AttemptResult = {
  /** True: a complete 2xx answer came. Equivalent to `error` being null. */
  ok: boolean;
  /** Null: no answer came. */
  statusCode: number | null;
  /**
   * The failure for people, in our words. It holds no header value, no body, and no address that the caller did not
   * write.
   */
  error: string | null;
  /** The failure in its original words, for the operator's log only. */
  detail: string | null;
  /** True: the attempt failed because no complete answer came in time. */
  isTimeOut: boolean;
  /** At most `maxResponseBytes` of UTF-8 without NUL; null: no answer came. */
  responseBody: string | null;
  /** The `Retry-After` header as received, at most 100 characters. */
  retryAfter: string | null;
  /**
   * The headers as sent. The values of the caller's own headers are hidden, because they can be keys. Null: nothing was
   * sent.
   */
  requestHeaders: Record<string, string> | null;
  /** At most 4 kB; cookies without their values. Null: no answer came. */
  responseHeaders: Record<string, string> | null;
  /** The time from the call to the result, name resolution included. */
  durationMs: number;
};

/** Sends webhooks over connections that are kept alive in between. */
export type WebhookSender = {
  /** Makes one attempt. Never rejects. */
  send(request: WebhookRequest): Promise<AttemptResult>;
  /** Fails running and later attempts, and ends all connections. */
  close(): void;
};

const USER_AGENT = `Sayso/${version}`;

const RESERVED_HEADERS =
  /^(content-.*|webhook-.*|proxy-.*|x-okrunit-signature|host|user-agent|accept-encoding|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect)$/i;

// Below the 5 s after which Node's own servers close an idle connection.
const IDLE_CONNECTION_MS = 4_000;

const CLOSED = "the sender was closed";

/**
 * Creates a sender that connects only where `guard` allows, and directly (it ignores a proxy in the environment). It
 * verifies TLS whatever NODE_TLS_REJECT_UNAUTHORIZED says, and follows no redirect.
 *
 * - `timeoutMs`: for the whole exchange, from resolving the name to the last byte of the answer; default 15,000.
 * - `maxResponseBytes`: the part of an answer that is read; default 4,096. The connection of a longer one is cut and
 *   its status counts.
 *
 * A receiver can close an idle connection at the moment at which it is used again. Such an attempt is made once more,
 * at once, over a new connection. The receiver can then see the same webhook-id twice.
 */
export function createWebhookSender({
  guard,
  timeoutMs = 15_000,
  maxResponseBytes = 4_096,
}: {
  guard: AddressGuard;
  timeoutMs?: number;
  maxResponseBytes?: number;
}): WebhookSender {
  const kept = createAgents(guard, true);
  const single = createAgents(guard, false);
  const underWay = new Set<AbortController>();
  let isClosed = false;

  async function post(request: WebhookRequest, signal: AbortSignal): Promise<Exchange> {
    const url = guard.checkUrl(request.url);
    const exchange = {
      url,
      headers: headersOf(request),
      body: request.body,
      maxResponseBytes,
      signal,
    };
    const first = await exchangeHttp({ ...exchange, agent: kept.for(url) });
    return first.isStaleConnection && !signal.aborted
      ? exchangeHttp({ ...exchange, agent: single.for(url) })
      : first;
  }

  return {
    async send(request) {
      const startedAt = performance.now();
      const controller = new AbortController();
      const end = (why: string, isTimeOut = false) => {
        controller.abort(new AttemptError(why, { isTimeOut }));
      };
      const cancel = () => {
        end("the attempt was cancelled");
      };
      const patienceMs = Math.min(timeoutMs, request.timeoutMs ?? timeoutMs);
      const deadline = setTimeout(
        end,
        patienceMs,
        `no complete answer within ${patienceMs} ms`,
        true,
      );
      request.signal?.addEventListener("abort", cancel);
      if (request.signal?.aborted) cancel();
      if (isClosed) end(CLOSED);
      underWay.add(controller);
      try {
        const exchange = await post(request, controller.signal);
        return resultOf(exchange, startedAt, shownHeadersOf(request));
      } catch (error) {
        return resultOf(neverSent(error), startedAt, null);
      } finally {
        underWay.delete(controller);
        request.signal?.removeEventListener("abort", cancel);
        clearTimeout(deadline);
      }
    },

    close() {
      isClosed = true;
      for (const controller of underWay) {
        controller.abort(new AttemptError(CLOSED));
      }
      kept.destroy();
      single.destroy();
    },
  };
}

function createAgents(guard: AddressGuard, keepAlive: boolean) {
  const options = {
    keepAlive,
    lookup: guard.lookup,
    timeout: IDLE_CONNECTION_MS,
    maxFreeSockets: 32,
  };
  const http = new HttpAgent(options);
  const https = new HttpsAgent({ ...options, rejectUnauthorized: true });
  return {
    for: (url: URL) => (url.protocol === "https:" ? https : http),
    destroy: () => {
      http.destroy();
      https.destroy();
    },
  };
}

/** Returns the sent headers for the delivery log. The caller's own headers are secrets, so their values are hidden. */
function shownHeadersOf(request: WebhookRequest): Record<string, string> {
  const callbackHeaders = Object.fromEntries(
    Object.keys(request.callbackHeaders ?? {}).map((name) => [name, HIDDEN_VALUE]),
  );
  return headersOf({ ...request, callbackHeaders });
}

function headersOf({
  headers,
  callbackHeaders = {},
  body,
}: WebhookRequest): Record<string, string> {
  const own = {
    "content-type": "application/json",
    ...headers,
    "content-length": String(Buffer.byteLength(body)),
    "user-agent": USER_AGENT,
    "accept-encoding": "identity",
  };
  const taken = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const added = Object.entries(callbackHeaders).filter(
    ([name]) => !taken.has(name.toLowerCase()) && !RESERVED_HEADERS.test(name),
  );
  return Object.fromEntries([...added, ...Object.entries(own)]);
}

function resultOf(
  exchange: Exchange,
  startedAt: number,
  requestHeaders: Record<string, string> | null,
): AttemptResult {
  const { statusCode, responseBody, responseHeaders, retryAfter } = exchange;
  const hasBrokenOff = exchange.error !== null;
  const error = hasBrokenOff ? describeFailure(exchange.error) : failureOf(statusCode);
  return {
    ok: error === null,
    statusCode,
    error,
    detail: hasBrokenOff ? detailOf(exchange.error) : error,
    isTimeOut: exchange.error instanceof AttemptError && exchange.error.isTimeOut,
    responseBody,
    retryAfter,
    requestHeaders,
    responseHeaders,
    durationMs: Math.round(performance.now() - startedAt),
  };
}

function failureOf(statusCode: number | null): string | null {
  if (statusCode === null) return "no answer";
  if (statusCode >= 200 && statusCode <= 299) return null;
  return statusCode >= 300 && statusCode <= 399
    ? `answered ${statusCode}; redirects are not followed`
    : `answered ${statusCode}`;
}

function neverSent(error: unknown): Exchange {
  return {
    statusCode: null,
    retryAfter: null,
    responseBody: null,
    responseHeaders: null,
    error,
    isStaleConnection: false,
  };
}

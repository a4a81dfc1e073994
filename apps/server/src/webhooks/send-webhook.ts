import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { version } from "../version.ts";
import type { AddressGuard } from "./address-guard.ts";
import { exchangeHttp, HIDDEN_VALUE, type Exchange } from "./http-exchange.ts";
import { AttemptError, detailOf, tellFailure } from "./tell-failure.ts";

/** One webhook to send. */
export type WebhookRequest = {
  url: string;
  /** What Sayso sets, such as the signature; JSON unless it says otherwise. */
  headers: Readonly<Record<string, string>>;
  /**
   * What the caller wants sent along. It cannot replace one of `headers`, nor
   * any that describes the body or the connection, nor webhook-* and
   * X-OKRunit-Signature: those are left out.
   */
  callbackHeaders?: Readonly<Record<string, string>> | undefined;
  /** Exactly what was signed; a string is sent as UTF-8. */
  body: string | Uint8Array;
  /** Ends the attempt early, as a failure. */
  signal?: AbortSignal | undefined;
  /** For the whole exchange, where it gets less than the sender's own. */
  timeoutMs?: number;
};

/** What came of one attempt. */
export type AttemptResult = {
  /** A complete 2xx answer; true exactly when `error` is null. */
  ok: boolean;
  /** Null when no answer came. */
  statusCode: number | null;
  /** Why it failed, for people, in our words; holds no header value, no body and no address that they did not write. */
  error: string | null;
  /** The same as it came, for the operator's log only. */
  detail: string | null;
  /** It failed since no complete answer came in time. */
  isTimeOut: boolean;
  /** At most `maxResponseBytes` of UTF-8 without NUL; null without an answer. */
  responseBody: string | null;
  /** The `Retry-After` header as received, at most 100 characters. */
  retryAfter: string | null;
  /** As sent, with the caller's own headers' values hidden: they may be keys. Null when nothing was sent. */
  requestHeaders: Record<string, string> | null;
  /** At most 4 kB; cookies without their values. Null when no answer came. */
  responseHeaders: Record<string, string> | null;
  /** From the call to the result, name resolution included. */
  durationMs: number;
};

/** Sends webhooks over connections that are kept alive in between. */
export type WebhookSender = {
  /** Makes one attempt. Never rejects. */
  send(request: WebhookRequest): Promise<AttemptResult>;
  /** Fails what is under way and all that follows; ends all connections. */
  close(): void;
};

const USER_AGENT = `Sayso/${version}`;

const RESERVED_HEADERS =
  /^(content-.*|webhook-.*|proxy-.*|x-okrunit-signature|host|user-agent|accept-encoding|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect)$/i;

// Below the 5 s after which Node's own servers close an idle connection.
const IDLE_CONNECTION_MS = 4_000;

const CLOSED = "the sender was closed";

/**
 * A sender that connects only where `guard` allows, directly (a proxy in the
 * environment is ignored), verifies TLS whatever NODE_TLS_REJECT_UNAUTHORIZED
 * says, and follows no redirect.
 *
 * - `timeoutMs`: for the whole exchange, from resolving the name to the last
 *   byte of the answer; default 15,000.
 * - `maxResponseBytes`: how much of an answer is read, default 4,096. The
 *   connection of a longer one is cut and its status counts.
 *
 * A receiver may close an idle connection at the moment it is used again. Such
 * an attempt is made once more, at once, over a new connection; the receiver
 * may then see the same webhook-id twice.
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

/** What is sent, for the delivery log: the caller's own headers are secrets. */
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
  const error = hasBrokenOff ? tellFailure(exchange.error) : failureOf(statusCode);
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

import { errorOf, isPassing, SaysoError } from "./errors.ts";
import { isObject } from "./is-object.ts";
import type { CallOptions, ClientOptions, OperationRoute } from "./options.ts";
import { backoffSeconds, pause } from "./pause.ts";

/** Calls an operation. `input` holds the fields of its path, query and body together. */
export type Send = (
  route: OperationRoute,
  input?: Record<string, unknown>,
  options?: CallOptions,
) => Promise<unknown>;

/** The longest pause that a call waits for when the server demands one. */
const RETRY_AFTER_SECONDS_MAX = 60;

/**
 * Creates the function through which every call goes. It repeats reads, and writes that carry an idempotency key, after
 * network errors, 429 and 502–504. A write that can carry a key and has none gets one. Waits as `Retry-After` says, up
 * to a minute.
 */
export function createSend(client: ClientOptions): Send {
  const authorize = createAuthorize(client.token);
  return async (route, input = {}, options = {}) => {
    const call = describeCall(client.url, route, input);
    const retries = call.isRepeatable ? (options.retries ?? client.retries ?? 3) : 0;
    const waitSeconds = typeof input.wait === "number" ? input.wait : 0;
    const timeoutSeconds = (options.timeoutSeconds ?? client.timeoutSeconds ?? 30) + waitSeconds;
    let refused: string | undefined;
    for (let attempt = 0; ;) {
      const token = await authorize(refused);
      try {
        return await attemptOnce(client, call, token, timeoutSeconds, options.signal);
      } catch (error) {
        if (!(error instanceof SaysoError)) throw error;
        if (error.status === 401 && typeof client.token === "function" && refused === undefined) {
          refused = token;
          continue;
        }
        const seconds = error.retryAfterSeconds ?? backoffSeconds(attempt);
        if (!isPassing(error) || attempt >= retries || seconds > RETRY_AFTER_SECONDS_MAX)
          throw error;
        attempt += 1;
        await pause(seconds, options.signal);
      }
    }
  };
}

/**
 * Returns the token of an attempt. Calls that were refused with the same token share one renewal, even when a refusal
 * arrives after the renewal.
 */
function createAuthorize(
  token: ClientOptions["token"],
): (refused?: string) => Promise<string | undefined> {
  if (typeof token !== "function") return () => Promise.resolve(token);
  let last: { refused: string; renewed: Promise<string> } | undefined;
  return async (refused) => {
    if (refused === undefined) return token();
    if (last?.refused !== refused) {
      const renewal = { refused, renewed: Promise.resolve(refused).then(token) };
      last = renewal;
      renewal.renewed.catch(() => {
        // Lets the next refused call renew again.
        if (last === renewal) last = undefined;
      });
    }
    return last.renewed;
  };
}

interface DescribedCall {
  url: string;
  /** Returns true for an answer to the call, false for a 200 that something between client and server sent. */
  isAnswer: (body: unknown, status: number) => boolean;
  method: string;
  body: string | undefined;
  isRepeatable: boolean;
}

function describeCall(
  base: string,
  route: OperationRoute,
  input: Record<string, unknown>,
): DescribedCall {
  const rest = { ...input };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    delete rest[name];
    if (typeof value !== "string" || value === "")
      throw new TypeError(`${route.method} ${route.path} needs ${name}, a text that isn't empty`);
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) {
    if (route.hasBody && !route.query?.includes(name)) continue;
    delete rest[name];
    if (value !== undefined && value !== null) query.set(name, queryText(value));
  }
  const search = query.toString();
  if (route.isKeyed) rest.idempotency_key ??= createKey();
  return {
    url: `${base.replace(/\/+$/, "")}${path}${search && `?${search}`}`,
    isAnswer: (answer, status) => isAnswerTo(route, input, answer, status),
    method: route.method,
    body: route.hasBody ? JSON.stringify(rest) : undefined,
    isRepeatable: route.method === "GET" || rest.idempotency_key !== undefined,
  };
}

const queryText = (value: unknown): string =>
  Array.isArray(value) ? value.join(",") : String(value);

/**
 * Returns true for an answer to the operation: it has the property that all its answers have, and the id that the call
 * named. A 202 is about something else: the change that now waits for a yes.
 */
function isAnswerTo(
  { path, answer: mark }: OperationRoute,
  { id: wanted }: Record<string, unknown>,
  answer: unknown,
  status: number,
): boolean {
  if (!isObject(answer)) return false;
  if (mark !== undefined && (answer[mark] === undefined || answer[mark] === null)) return false;
  if (mark !== "id" || !path.endsWith("/{id}") || status === 202) return true;
  return String(answer.id).toLowerCase() === String(wanted).toLowerCase();
}

/** `randomUUID` is no alternative, because browsers have it only on pages that came over https. */
const createKey = (): string =>
  "client-" +
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

async function attemptOnce(
  { fetch = globalThis.fetch, headers }: ClientOptions,
  { url, method, body, isAnswer }: DescribedCall,
  token: string | undefined,
  timeoutSeconds: number,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  signal?.throwIfAborted();
  const attempt = new AbortController();
  const stop = () => attempt.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(() => {
    const message = `No answer from ${url} within ${timeoutSeconds} s`;
    attempt.abort(new SaysoError("TIMEOUT", message));
  }, timeoutSeconds * 1000);
  try {
    const response = await fetch(url, {
      method,
      headers: {
        Accept: "application/json",
        ...headers,
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      body,
      signal: attempt.signal,
      // Following a redirect would turn a POST into a GET.
      redirect: "manual",
    });
    return read(response, await response.text(), url, isAnswer);
  } catch (error) {
    if (error instanceof SaysoError) throw error;
    if (attempt.signal.aborted) throw attempt.signal.reason;
    throw new SaysoError("NETWORK_ERROR", `Could not reach ${url}`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function read(
  response: Response,
  text: string,
  url: string,
  isAnswer: DescribedCall["isAnswer"],
): unknown {
  const { status } = response;
  const isRedirect = response.type === "opaqueredirect" || (status >= 300 && status < 400);
  if (isRedirect) {
    const to = response.headers.get("location");
    const message = `${url} leads elsewhere${to === null ? "" : `, to ${to}`}: use the final address as url`;
    throw new SaysoError("REDIRECTED", message, { status });
  }
  const body = parse(text);
  if (!response.ok) throw errorOf(response, body);
  if (isAnswer(body, status)) return body;
  const what = body === undefined ? "something else than JSON" : "something else than its answer";
  throw new SaysoError("BAD_RESPONSE", `${url} answered ${status} with ${what}`, { status });
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

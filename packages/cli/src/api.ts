import { setTimeout as sleep } from "node:timers/promises";
import { isObject } from "@sayso/exact-json";
import { Option, type Command } from "commander";

/** The server to talk to, and the key to use. */
export interface ApiOptions {
  /** Without a trailing slash. */
  url: string;
  key: string;
}

/** A refusal by the API. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | null;

  constructor(status: number, code: string, message: string, retryAfterMs: number | null) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

const statuses = ["pending", "approved", "rejected", "cancelled", "expired"] as const;

/** A request as the API shows it. */
export interface Approval {
  id: string;
  title: string;
  description: string;
  metadata: Record<string, unknown> | null;
  status: (typeof statuses)[number];
  /** True: a log entry, which is stored as approved although nobody was asked. */
  is_log?: boolean;
  /** The page on which people decide. */
  url: string;
  decision_comment?: string | null;
  decided_by_name?: string | null;
  /** The person with the machine that decided. A server before this field leaves it out. */
  decided_by_full_name?: string | null;
  decided_via_connection_name?: string | null;
}

/** Adds --url and --key to a verb. */
export function addApiOptions(verb: Command): Command {
  const port = process.env.PORT?.trim() || "4747";
  return verb
    .addOption(
      new Option("--url <url>", "the URL of the server")
        .env("SAYSO_URL")
        .default(`http://localhost:${port}`)
        .argParser((value) => value.replace(/\/+$/, "")),
    )
    .addOption(
      new Option("--key <key>", "an API key or personal token; safer as an environment variable")
        .env("SAYSO_API_KEY")
        .makeOptionMandatory(),
    );
}

const ANSWER_PATIENCE_MS = 15_000;

/**
 * Makes one call of the API about one request.
 *
 * @param path below /api/v1; if it holds an id, the answer must be about that request
 * @param waitMs the time that the server may wait on purpose
 * @throws ApiError, also if the answer isn't Sayso's; fetch's own error if there is no connection
 */
export async function callApi(
  { url, key }: ApiOptions,
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  options: { body?: unknown; waitMs?: number; signal?: AbortSignal } = {},
): Promise<Approval> {
  const patience = AbortSignal.timeout(ANSWER_PATIENCE_MS + (options.waitMs ?? 0));
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      ...(options.body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    signal: options.signal ? AbortSignal.any([options.signal, patience]) : patience,
    // fetch would follow a redirected POST with a GET.
    redirect: "manual",
  });
  if (response.status >= 300 && response.status < 400) {
    const to = response.headers.get("location") ?? "another URL";
    // Permanent, or only while something else stands in for the server.
    const status = [301, 308].includes(response.status) ? 400 : 502;
    const message = `${url} redirects to ${to}: use the final URL as --url`;
    throw new ApiError(status, "REDIRECTED", message, null);
  }
  const text = await response.text();
  if (response.ok) return readApproval(text, url, path);
  const { error, code } = readError(text);
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  throw new ApiError(
    response.status,
    code ?? `HTTP_${response.status}`,
    error ?? `${url} answered ${response.status}`,
    Number.isNaN(seconds) ? null : seconds * 1000,
  );
}

/** Accepts only a request as the API shows it, because anything in between can also answer with a 200. */
function readApproval(text: string, url: string, path: string): Approval {
  const wanted = /^\/approvals\/([^/?]+)/.exec(path)?.[1]?.toLowerCase();
  try {
    const answer: unknown = JSON.parse(text);
    if (isApproval(answer) && (wanted === undefined || wanted === answer.id.toLowerCase()))
      return answer;
  } catch {
    // The error follows below.
  }
  throw new ApiError(502, "BAD_RESPONSE", `${url} is not a Sayso server`, null);
}

/** Recognises a request by its id and status, which nothing else that answers is likely to have. */
const isApproval = (value: unknown): value is Approval =>
  isObject(value) &&
  typeof value.id === "string" &&
  statuses.some((status) => status === value.status);

function readError(text: string): { error?: string; code?: string } {
  try {
    const answer: unknown = JSON.parse(text);
    const error = isObject(answer) && isObject(answer.error) ? answer.error : {};
    return { error: textOf(error.message), code: textOf(error.code) };
  } catch {
    return {};
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

/**
 * Returns true for errors that pass by themselves: no connection, a server that is starting or busy, too many requests.
 * An emergency stop is none.
 */
function isPassing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  return error.status === 429 || (error.status >= 500 && error.code !== "EMERGENCY_STOP");
}

const PAUSE_MS_MIN = 500;
const PAUSE_MS_MAX = 15_000;

/**
 * Repeats a call with growing pauses while its error can pass.
 *
 * A call that is refused because of its rate is repeated when the server says so, however long that takes.
 *
 * @param options.patienceMs gives up after this; default never
 * @param options.onTrouble called at the first failure, and at each refusal because of the rate
 */
export async function withBackoff<T>(
  call: () => Promise<T>,
  options: {
    patienceMs?: number;
    onTrouble: (error: unknown, pauseMs: number) => void;
    signal: AbortSignal;
  },
): Promise<T> {
  let beganAt = performance.now();
  for (let failures = 0; ; failures++) {
    try {
      return await call();
    } catch (error) {
      options.signal.throwIfAborted();
      if (!isPassing(error) || performance.now() - beganAt > (options.patienceMs ?? Infinity))
        throw error;
      const backoffMs =
        Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** failures) * (0.75 + Math.random() / 2);
      const askedMs = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
      const pauseMs = Math.max(backoffMs, Math.min(askedMs, 3_600_000));
      const isLimited = error instanceof ApiError && error.status === 429;
      if (failures === 0 || isLimited) options.onTrouble(error, pauseMs);
      await sleep(pauseMs, undefined, { signal: options.signal });
      // The server is there: its refusal and the pause that it asks for use up no patience.
      if (isLimited) beganAt = performance.now();
    }
  }
}

/** Describes an error in one line for people. A network error shows its code, without the address. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "the server did not answer in time";
  const failed =
    error.message === "fetch failed" && error.cause instanceof Error ? error.cause : error;
  const code = "code" in failed ? textOf(failed.code) : undefined;
  const systemCode = /^connect (E[A-Z]+)/.exec(failed.message)?.[1] ?? code;
  return failed !== error || failed.message.startsWith("connect E")
    ? `no connection (${systemCode ?? failed.message})`
    : error.message;
}

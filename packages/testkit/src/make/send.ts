import { must } from "@sayso/must";
import { fillIn, type Scope } from "./evaluate.ts";
import type { ErrorDirectives, RequestDirectives, ResponseDirectives } from "./directives.ts";
import { defaultErrorType, MakeError, type MakeErrorType } from "./make-error.ts";
import { isCollection, toText } from "./values.ts";

/** An answer in the form that the code after a request sees. */
export interface Answer {
  statusCode: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The body; parsed where it is JSON. */
  body: unknown;
}

/** An entry that Make would write into the scenario's log, after `log.sanitize`. */
export interface LogEntry {
  request: { url: string; method: string; headers: object; qs: object; body: unknown };
  response: Answer;
}

/** The time after which Make gives up on a request (…/component-blocks/api/making-requests/timeout). */
const TIMEOUT_MS = 40_000;

/**
 * Makes one request of the app's code, merged with its base: headers and query entry by entry, `response` directive by
 * directive. An address that begins with `/` is appended to the base's `baseUrl` (…/app-components/base).
 *
 * @param base null for connections, which don't inherit from it (…/app-components/connections/oauth2)
 * @throws MakeError for no answer, for a status from 400 to 599, and for an answer that `valid` refuses
 */
export async function send(
  request: RequestDirectives,
  base: RequestDirectives | null,
  scope: Scope,
  log: LogEntry[],
): Promise<{ answer: Answer; response: ResponseDirectives }> {
  const given = toRequest(request, base, scope);
  const response = { ...base?.response, ...request.response };
  const answer = await fetchAnswer(given, response.type);
  log.push(
    sanitize({ request: given.shown, response: answer }, request.log ?? base?.log ?? {}, scope),
  );
  const seen = { ...scope, ...answer };
  if (answer.statusCode >= 400) throw toError(answer, response.error, seen);
  return { answer, response };
}

interface Outgoing {
  url: URL;
  init: RequestInit;
  shown: LogEntry["request"];
}

/** Returns the request to fetch; for `authorize`, the address to which the browser is sent. */
export function toRequest(
  request: RequestDirectives,
  base: RequestDirectives | null,
  scope: Scope,
): Outgoing {
  const filled = (value: unknown) => fillIn(value, scope);
  const address = toText(filled(request.url ?? base?.url));
  const url = new URL(address.startsWith("/") ? toText(filled(base?.baseUrl)) + address : address);
  const qs = defined(filled({ ...base?.qs, ...request.qs }));
  for (const [name, value] of Object.entries(qs))
    for (const one of Array.isArray(value) ? value : [value])
      url.searchParams.append(name, toText(one));
  const method = toText(filled(request.method ?? base?.method ?? "GET")).toUpperCase();
  const headers = Object.fromEntries(
    Object.entries(defined(filled({ ...base?.headers, ...request.headers }))).map(
      ([name, value]) => [name.toLowerCase(), toText(value)],
    ),
  );
  const body = method === "GET" ? undefined : filled(request.body);
  const type = toText(filled(request.type ?? base?.type ?? "json"));
  const encoded = encode(body, type);
  if (encoded && encoded.contentType !== null) headers["content-type"] ??= encoded.contentType;
  return {
    url,
    init: { method, headers, ...(encoded && { body: encoded.text }) },
    shown: { url: url.origin + url.pathname, method, headers, qs, body },
  };
}

const defined = (value: unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value as Record<string, unknown>).filter(([, inner]) => inner !== undefined),
  );

/** Encodes a body. JSON leaves undefined out and keeps null (…/component-blocks/api/making-requests/type). */
function encode(body: unknown, type: string): { text: string; contentType: string | null } | null {
  if (body === undefined || body === null || body === "") return null;
  switch (type) {
    case "json":
      return { text: JSON.stringify(body), contentType: "application/json" };
    case "urlencoded": {
      const fields = Object.entries(defined(body)).map(([name, value]): [string, string] => [
        name,
        toText(value),
      ]);
      return {
        text: new URLSearchParams(fields).toString(),
        contentType: "application/x-www-form-urlencoded",
      };
    }
    case "text":
      return { text: toText(body), contentType: null };
    default:
      throw new TypeError(`The interpreter doesn't encode ${type}`);
  }
}

async function fetchAnswer({ url, init }: Outgoing, type = "automatic"): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    const isJson = type === "json" || response.headers.get("content-type")?.includes("json");
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: isJson && type !== "text" && text !== "" ? (JSON.parse(text) as unknown) : text,
    };
  } catch (error) {
    const cause = (error as { cause?: { message?: string } }).cause?.message;
    throw new MakeError("ConnectionError", cause ?? (error as Error).message);
  }
}

/**
 * Returns the error for an answer. A directive for the status wins over the general one
 * (…/component-blocks/api/handling-responses/error).
 */
function toError(answer: Answer, spec: ResponseDirectives["error"], scope: Scope): MakeError {
  const { statusCode } = answer;
  const general: ErrorDirectives = typeof spec === "string" ? { message: spec } : (spec ?? {});
  const own = general[`${statusCode}`];
  const message = toText(fillIn(own?.message ?? general.message, scope)) || `[${statusCode}]`;
  const type = toText(fillIn(own ? own.type : general.type, scope)) as MakeErrorType | "";
  return new MakeError(type || defaultErrorType(statusCode), message, statusCode);
}

/** Removes the parts of an entry that `log.sanitize` names, such as `request.headers.authorization`. */
function sanitize(
  entry: LogEntry,
  { sanitize: paths = [] }: { sanitize?: string[] },
  scope: Scope,
) {
  const copy = structuredClone(entry);
  for (const path of paths) {
    const keys = toText(fillIn(path, scope)).split(".");
    const last = must(keys.pop());
    const holder = keys.reduce<unknown>(
      (inner, key) => (isCollection(inner) ? inner[key] : undefined),
      copy,
    );
    if (isCollection(holder) && last in holder) holder[last] = "[sanitized]";
  }
  return copy;
}

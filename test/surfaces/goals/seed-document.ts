import { must } from "@sayso/must";
/** An endpoint as the document shows it. */
export interface DocumentedEndpoint {
  method: string;
  /** The path, with `:id` for its variable parts. */
  path: string;
  scope: string;
  /** The body that the curl command sends. */
  body: Record<string, unknown> | undefined;
  /** The path that the curl command calls, from `/api/v1` on. */
  sentTo: string;
  status: number;
  response: unknown;
  /** The errors under "Possible errors". */
  errors: { status: number; text: string }[];
}

export interface GoalsDocument {
  endpoints: DocumentedEndpoint[];
  /** The scopes that keys can have. */
  scopes: string[];
  statuses: { status: number; code: string }[];
  /** The two error bodies of the document. */
  tooMany: Record<string, unknown>;
  forbidden: { error: string; message: string };
  requestsPerMinute: number;
}

/**
 * Reads the goals API's documentation: every example and table that can be tried.
 *
 * @throws Error if the document has an unknown shape
 */
export function readGoalsDocument(text: string): GoalsDocument {
  const lines = text.split(/\r?\n/);
  const starts = lines.flatMap((line, i) => (isEndpoint(line) ? [i] : []));
  const rate = /rate-limited to (\d+) requests per minute/.exec(text)?.[1];
  if (starts.length === 0 || rate === undefined) throw new Error("This is another document");
  return {
    endpoints: starts.map((start, n) => readEndpoint(lines.slice(start, starts[n + 1]))),
    scopes: lines.flatMap((line) => /^([a-z-]+:(?:read|write))[A-Z]/.exec(line)?.[1] ?? []),
    statuses: lines.flatMap((line) => {
      const [, status, code] = /^(\d{3})([a-z_]+)[A-Z]/.exec(line) ?? [];
      return status && code ? [{ status: Number(status), code }] : [];
    }),
    tooMany: readJson(lines, lines.indexOf("429 Response")) as Record<string, unknown>,
    forbidden: readJson(lines, lines.indexOf("Standard error shape")) as GoalsDocument["forbidden"],
    requestsPerMinute: Number(rate),
  };
}

const endpoint = /^(GET|POST)(\/api\/v1\/\S+?)requires([a-z-]+:(?:read|write))$/;
const isEndpoint = (line: string): boolean => endpoint.test(line);

function readEndpoint(section: string[]): DocumentedEndpoint {
  const [, method = "", path = "", scope = ""] = must(endpoint.exec(must(section[0])));
  const responseAt = section.findIndex((line) => /^Response · \d{3}/.test(line));
  const requestAt = section.indexOf("Request");
  if (responseAt === -1 || requestAt === -1) throw new Error(`${section[0]} shows no example`);
  const request = section.slice(requestAt, responseAt).join("\n");
  const body = /-d '([^']*)'/.exec(request)?.[1];
  return {
    method,
    path,
    scope,
    body: body === undefined ? undefined : (JSON.parse(body) as Record<string, unknown>),
    sentTo: must(must(/https:\/\/[\w.-]+(\/api\/v1\/[^"'\s\\]*)/.exec(request))[1]),
    status: Number(must(/\d{3}/.exec(must(section[responseAt])))[0]),
    response: readJson(section, responseAt),
    errors: section.flatMap((line) => {
      const [, status, words] = /^\s*• (\d{3})(\D.*)$/.exec(line) ?? [];
      return status && words ? [{ status: Number(status), text: words }] : [];
    }),
  };
}

/** Reads the JSON value that begins at the next line that is `{` or `[`. */
function readJson(lines: string[], from: number): unknown {
  const start = lines.findIndex((line, i) => i > from && /^[{[]$/.test(line));
  const closing = lines[start] === "[" ? "]" : "}";
  const end = lines.findIndex((line, i) => i > start && line === closing);
  if (from === -1 || start === -1 || end === -1) throw new Error(`No JSON after line ${from + 1}`);
  return JSON.parse(lines.slice(start, end + 1).join("\n"));
}

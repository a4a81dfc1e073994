import { must } from "@sayso/must";
/** An endpoint as the document shows it. */
export interface DocumentedEndpoint {
  method: string;
  /** The path, with `:id` for its variable parts. */
  path: string;
  request: Record<string, unknown> | undefined;
  status: number;
  response: Record<string, unknown>;
}

/** A complete command or program of the document. */
export interface DocumentedCall {
  what: string;
  method: string;
  /** The path from `/api/v1` on, with the query. */
  path: string;
  body: Record<string, unknown> | undefined;
}

export interface SeedDocument {
  endpoints: DocumentedEndpoint[];
  error: Record<string, unknown>;
  statuses: number[];
  fields: { name: string; isRequired: boolean }[];
  parameters: { name: string; byDefault: string | undefined; description: string }[];
  rateLimitHeaders: { name: string; value: number }[];
  scopes: string[];
  calls: DocumentedCall[];
}

/**
 * Reads the approvals API's documentation: every example, table and program that can be tried.
 *
 * @throws Error if the document has an unknown shape
 */
export function readSeedDocument(text: string): SeedDocument {
  const lines = text.split(/\r?\n/);
  const error = readJson(
    lines,
    lines.findIndex((line) => line.startsWith("{")),
  );
  return {
    endpoints: readEndpoints(lines),
    error,
    statuses: matchAll(lines, /^(\d{3})[A-Z]/).map(([status]) => Number(status)),
    fields: matchAll(lines, /^(\w+) (required|optional) — /).map(([name, kind]) => ({
      name: must(name),
      isRequired: kind === "required",
    })),
    parameters: matchAll(lines, /^([a-z_]+?)(?:integer|string)(\d+)?([A-Z].*)$/).map(
      ([name, byDefault, description]) => ({
        name: must(name),
        byDefault,
        description: must(description),
      }),
    ),
    rateLimitHeaders: matchAll(lines, /^(X-RateLimit-\w+): (\d+)$/).map(([name, value]) => ({
      name: must(name),
      value: Number(value),
    })),
    scopes: matchAll(lines, /^\s*• (\w+:\w+) — /).map(([scope]) => must(scope)),
    calls: [...readCurls(lines), ...readPrograms(text)],
  };
}

function matchAll(lines: string[], pattern: RegExp): (string | undefined)[][] {
  return lines.flatMap((line) => {
    const match = pattern.exec(line);
    return match ? [match.slice(1)] : [];
  });
}

function readEndpoints(lines: string[]): DocumentedEndpoint[] {
  const starts = lines.flatMap((line, i) =>
    /^(?:GET|POST|PUT|PATCH|DELETE)\/api\/v1\/\S+$/.test(line) ? [i] : [],
  );
  return starts.map((start, n) => {
    const section = lines.slice(start, starts[n + 1] ?? lines.length);
    const [, method, path] = must(/^([A-Z]+)(\/.+)$/.exec(must(section[0])));
    const requestAt = section.indexOf("Request Body");
    const statusAt = section.findIndex((line) => /^\/\/ \d{3} /.test(line));
    if (statusAt === -1) throw new Error(`${section[0]} shows no response`);
    return {
      method: must(method),
      path: must(path),
      request: requestAt === -1 || requestAt > statusAt ? undefined : readJson(section, requestAt),
      status: Number(must(section[statusAt]).slice(3, 6)),
      response: readJson(section, statusAt),
    };
  });
}

/** Reads the JSON object that begins at the next line `{`; `{ ... }` stands for any object. */
function readJson(lines: string[], from: number): Record<string, unknown> {
  const start = lines.findIndex((line, i) => i >= from && line === "{");
  const end = lines.findIndex((line, i) => i > start && line === "}");
  if (start === -1 || end === -1) throw new Error(`No JSON after line ${from + 1}`);
  return parseLoosely(lines.slice(start, end + 1).join("\n"));
}

const parseLoosely = (text: string): Record<string, unknown> =>
  JSON.parse(text.replaceAll("{ ... }", "{}").replaceAll(/,(\s*[}\]])/g, "$1")) as Record<
    string,
    unknown
  >;

const address = /https:\/\/[\w.-]+(\/api\/v1\/[^"'\s\\]*)/;

function readCurls(lines: string[]): DocumentedCall[] {
  return lines.flatMap((line, i) => {
    if (!line.startsWith("curl ")) return [];
    const rest = lines.slice(i);
    const length = rest.findIndex((each) => each.trim() === "");
    const command = rest.slice(0, length === -1 ? undefined : length).join("\n");
    const data = /-d '([^']*)'/.exec(command)?.[1];
    return [
      {
        what: `curl ${data ? "-X POST" : ""}`.trim(),
        method: /-X (\w+)/.exec(command)?.[1] ?? "GET",
        path: must(must(address.exec(command))[1]),
        body: data === undefined ? undefined : parseLoosely(data),
      },
    ];
  });
}

function readPrograms(text: string): DocumentedCall[] {
  const patterns: [string, RegExp][] = [
    [
      "Node.js",
      /await fetch\((?<call>"https:[^"]+")[\s\S]*?JSON\.stringify\((?<body>\{[\s\S]*?\n {2}\})\)/,
    ],
    ["Python", /requests\.post\(\s*(?<call>"https:[^"]+")[\s\S]*?json=(?<body>\{[\s\S]*?\n {4}\})/],
  ];
  return patterns.map(([what, pattern]) => {
    const found = pattern.exec(text)?.groups;
    if (!found) throw new Error(`The ${what} example is not where it was`);
    const body = parseLoosely(must(found.body).replaceAll(/^(\s*)(\w+):/gm, '$1"$2":'));
    return { what, method: "POST", path: must(must(address.exec(must(found.call)))[1]), body };
  });
}

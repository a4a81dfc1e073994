import { operations } from "@sayso/client";
import { isObject } from "@sayso/exact-json";
import type { BuiltCall } from "./call.ts";

export const languages = ["curl", "typescript", "python"] as const;
export type Language = (typeof languages)[number];

/** The text in place of a key when none is filled in. */
const NO_KEY = "YOUR_KEY";

/** Writes a call as code that can be run unchanged. */
export function codeOf(language: Language, call: BuiltCall, key: string): string {
  return writers[language](call, key === "" ? NO_KEY : key);
}

const writers: Record<Language, (call: BuiltCall, key: string) => string> = {
  curl: curlOf,
  typescript: typescriptOf,
  python: pythonOf,
};

/** Quotes a text for the shell, which reads everything in single quotes literally except a single quote. */
const shell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function curlOf({ operation, url, body }: BuiltCall, key: string): string {
  const method = operation.method === "GET" ? [] : [`-X ${operation.method}`];
  const sent =
    body === undefined
      ? []
      : [
          `-H ${shell("Content-Type: application/json")}`,
          `-d ${shell(JSON.stringify(body, null, 2))}`,
        ];
  const stream = operation.isStream ? ["-N"] : [];
  return [
    `curl ${shell(url)}`,
    ...stream,
    ...method,
    `-H ${shell(`Authorization: Bearer ${key}`)}`,
    ...sent,
  ].join(" \\\n  ");
}

function typescriptOf(call: BuiltCall, key: string): string {
  const { operation, url, path, query, body } = call;
  const origin = new URL(url).origin;
  const head = [
    `import { createClient } from "@sayso/client";`,
    "",
    `const sayso = createClient({`,
    `  url: ${JSON.stringify(origin)},`,
    `  token: ${JSON.stringify(key)},`,
    `});`,
  ];
  if (operation.isStream)
    return [
      ...head,
      `for await (const event of sayso.events(${literal(query, 0)})) {`,
      `  console.log(event.type, event.id);`,
      `}`,
    ].join("\n");
  if (!(operation.id in operations)) return fetchOf(call, key);
  const input = { ...path, ...query, ...(isObject(body) ? body : {}) };
  return [
    ...head,
    `const answer = await sayso.${operation.id}(${literal(input, 0)});`,
    `console.log(answer);`,
  ].join("\n");
}

/** Writes the call with `fetch`, for operations that the client has no method for. */
function fetchOf({ operation, url, body }: BuiltCall, key: string): string {
  const headers = {
    Authorization: `Bearer ${key}`,
    ...(body !== undefined && { "Content-Type": "application/json" }),
  };
  return [
    `const response = await fetch(${JSON.stringify(url)}, {`,
    `  method: ${JSON.stringify(operation.method)},`,
    `  headers: ${literal(headers, 1)},`,
    ...(body === undefined ? [] : [`  body: JSON.stringify(${literal(body, 1)}),`]),
    `});`,
    `console.log(await response.json());`,
  ].join("\n");
}

/** Writes a value as JavaScript: as JSON, with unquoted field names where JavaScript allows them. */
const literal = (value: unknown, depth: number): string =>
  write(value, depth, {
    name: (key) => (/^[a-z_$][\w$]*$/i.test(key) ? key : JSON.stringify(key)),
  });

interface Spelling {
  name: (key: string) => string;
  words?: Readonly<Record<string, string>>;
}

function write(value: unknown, depth: number, spelling: Spelling): string {
  const inner = "  ".repeat(depth + 1);
  const close = "  ".repeat(depth);
  const lines = (open: string, parts: string[], end: string) =>
    parts.length === 0
      ? `${open}${end}`
      : `${open}\n${parts.map((part) => `${inner}${part},`).join("\n")}\n${close}${end}`;
  if (Array.isArray(value))
    return lines(
      "[",
      value.map((item) => write(item, depth + 1, spelling)),
      "]",
    );
  if (isObject(value))
    return lines(
      "{",
      Object.entries(value).map(
        ([key, item]) => `${spelling.name(key)}: ${write(item, depth + 1, spelling)}`,
      ),
      "}",
    );
  const text = JSON.stringify(value);
  return spelling.words?.[text] ?? text;
}

const pythonSpelling: Spelling = {
  name: JSON.stringify,
  words: { true: "True", false: "False", null: "None" },
};

/** Writes the call in Python with the standard library alone. */
function pythonOf({ operation, url, body }: BuiltCall, key: string): string {
  const headers = {
    Authorization: `Bearer ${key}`,
    ...(body !== undefined && { "Content-Type": "application/json" }),
  };
  const read = operation.isStream
    ? ["    for line in answer:", "        print(line.decode().rstrip())"]
    : ["    print(json.load(answer))"];
  return [
    "import json",
    "import urllib.request",
    "",
    "request = urllib.request.Request(",
    `    ${JSON.stringify(url)},`,
    `    method=${JSON.stringify(operation.method)},`,
    `    headers=${indented(write(headers, 0, pythonSpelling))},`,
    ...(body === undefined
      ? []
      : [`    data=json.dumps(${indented(write(body, 0, pythonSpelling))}).encode(),`]),
    ")",
    "with urllib.request.urlopen(request) as answer:",
    ...read,
  ].join("\n");
}

/** Indents all lines but the first by four spaces. */
const indented = (text: string): string => text.replaceAll("\n", "\n    ");

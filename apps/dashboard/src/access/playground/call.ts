import { parseExactJson } from "@sayso/exact-json";
import type { ApiOperation, Parameter } from "./document.ts";

/** The values that are typed into an operation's form. */
export interface TypedCall {
  /** The values by parameter. An empty value is left out of the call. */
  values: Readonly<Record<string, string>>;
  /** The body's text. Null: the operation takes no body. */
  body: string | null;
}

/** A call that can be sent, or written down as code. */
export interface BuiltCall {
  operation: ApiOperation;
  url: string;
  path: Record<string, string>;
  query: Record<string, unknown>;
  /** The parsed body. Undefined: the call has none. */
  body: unknown;
}

export const untypedCall = (operation: ApiOperation): TypedCall => ({
  values: {},
  body: operation.exampleBody,
});

/**
 * Builds the call from the typed values. A missing path parameter stays in the path as its name, in braces.
 *
 * @throws SyntaxError the body is no JSON; InexactNumberError it holds a number that would be sent as another one
 */
export function buildCall(operation: ApiOperation, typed: TypedCall, origin: string): BuiltCall {
  const filled = operation.parameters.filter(({ name }) => (typed.values[name] ?? "") !== "");
  const of = (place: Parameter["in"]) => filled.filter((parameter) => parameter.in === place);
  const path = Object.fromEntries(
    of("path").map(({ name }) => [name, typed.values[name]?.trim() ?? ""]),
  );
  const query = Object.fromEntries(
    of("query").map((parameter) => [
      parameter.name,
      valueOf(parameter, typed.values[parameter.name]?.trim() ?? ""),
    ]),
  );
  const address = new URL(
    operation.path.replaceAll(/\{(\w+)\}/g, (place, name: string) =>
      path[name] === undefined ? place : encodeURIComponent(path[name]),
    ),
    origin,
  );
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, String(value));
  const body = typed.body?.trim() ? parseExactJson(typed.body) : undefined;
  // Braces show better than %7B that a value is missing.
  const url = address.href.replaceAll("%7B", "{").replaceAll("%7D", "}");
  return { operation, url, path, query, body };
}

const valueOf = ({ schema }: Parameter, text: string): unknown => {
  const isNumber = schema.type === "integer" || schema.type === "number";
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : text;
};

/** An answer in the form that the page shows. */
export interface CallAnswer {
  status: number;
  durationMs: number;
  headers: [string, string][];
  body: string;
}

const SHOWN_MAX = 100_000;

/** Sends the call with this key, or with the session if the key is empty. Rejects when no answer came. */
export async function sendCall(call: BuiltCall, key: string): Promise<CallAnswer> {
  const startedAt = performance.now();
  const response = await fetch(call.url, {
    method: call.operation.method,
    headers: {
      ...(key !== "" && { Authorization: `Bearer ${key}` }),
      ...(call.body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
  });
  const body = await response.text();
  return {
    status: response.status,
    durationMs: Math.round(performance.now() - startedAt),
    headers: [...response.headers],
    body: body.length > SHOWN_MAX ? body.slice(0, SHOWN_MAX) : body,
  };
}

import type { RespondDirectives, WebhookDirectives } from "./directives.ts";
import { fillIn, type Scope } from "./evaluate.ts";
import { toText } from "./values.ts";

/** A call of a webhook's address. */
export interface Incoming {
  method: string;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  query: Record<string, string>;
  body: string;
}

/** The answer to the caller, and the payloads that wait for the scenario. */
export interface Taken {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Each payload starts the scenario once. */
  payloads: unknown[];
}

const known = ["verification", "condition", "respond", "iterate", "output", "uid"];

/**
 * Handles a call of a webhook's address as Make does, before any scenario runs. A verification is answered and goes no
 * further. Any other call is answered, and the items that `condition` and `iterate` pass are queued
 * (developers.make.com/custom-apps-documentation/app-components/webhooks). Make stores nothing of earlier calls.
 */
export function take(code: WebhookDirectives, incoming: Incoming, given: Scope): Taken {
  const unknown = Object.keys(code).filter((key) => !known.includes(key));
  if (unknown.length > 0)
    throw new TypeError(`The interpreter doesn't know the directive ${unknown.join(", ")}`);
  const { headers, query, method } = incoming;
  const scope: Scope = { ...given, headers, query, method, body: parse(incoming) };
  if (code.verification && isTrue(code.verification.condition, scope))
    return { ...respond(code.verification.respond, scope), payloads: [] };
  const answered = respond(code.respond, scope);
  if (code.condition !== undefined && !isTrue(code.condition, scope))
    return { ...answered, payloads: [] };
  const { container, condition } =
    typeof code.iterate === "object"
      ? code.iterate
      : { container: code.iterate, condition: undefined };
  const items = container === undefined ? [scope.body] : (fillIn(container, scope) as unknown[]);
  const payloads = items
    .map((item) => ({ item, scope: { ...scope, ...(container !== undefined && { item }) } }))
    .filter(({ scope: own }) => condition === undefined || isTrue(condition, own))
    .map(({ item, scope: own }) => (code.output === undefined ? item : fillIn(code.output, own)));
  return { ...answered, payloads };
}

const isTrue = (condition: unknown, scope: Scope): boolean => {
  const value = fillIn(condition, scope);
  return Boolean(value) && value !== "false";
};

function parse({ headers, body }: Incoming): unknown {
  if (!toText(headers["content-type"]).includes("json")) return body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

/** Builds the answer: "Accepted" with a 200 where the app names none (help.make.com/webhooks). */
function respond(
  spec: RespondDirectives | undefined,
  scope: Scope,
): Pick<Taken, "status" | "headers" | "body"> {
  if (!spec) return { status: 200, headers: { "content-type": "text/plain" }, body: "Accepted" };
  const body = fillIn(spec.body, scope);
  const headers = Object.entries(fillIn(spec.headers ?? {}, scope) ?? {}).map(
    ([name, value]) => [name.toLowerCase(), toText(value)] as const,
  );
  return {
    status: Number(fillIn(spec.status ?? 200, scope)),
    headers: Object.fromEntries(headers),
    body:
      spec.type === "text" || typeof body === "string"
        ? toText(body)
        : JSON.stringify(body ?? null),
  };
}

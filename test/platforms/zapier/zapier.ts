import zapier from "zapier-platform-core";
import { startReceiver, type Received, type Receiver } from "@sayso/testkit";
import app from "zapier-sayso";

/** What Zapier's runtime is told of a step: `core`'s bundle, as far as a step of ours reads it. */
export interface ZapBundle {
  authData?: Record<string, unknown>;
  inputData?: Record<string, unknown>;
  meta?: Record<string, unknown>;
  targetUrl?: string;
  subscribeData?: object;
  outputData?: object;
  cleanedRequest?: unknown;
  rawRequest?: RawRequest;
}

export interface RawRequest {
  method?: string;
  querystring?: string;
  headers?: Record<string, string>;
  content?: string;
}

/** What the runtime hands back to Zapier. */
export interface Outcome<Results = unknown> {
  results: Results;
  /** `CALLBACK`: the step waits for its callback address to be called. */
  status?: string;
}

/** An item or answer of the app. */
export type Item = Record<string, unknown>;

/** Zapier's own servers, as far as an app sees them. */
export interface Zapier {
  /** One invocation of the app, through the handler that Zapier's servers call. What the app throws is thrown. */
  run: <Results = unknown>(
    method: string,
    bundle?: ZapBundle,
    event?: { callback_url?: string; environment?: Record<string, string> },
  ) => Promise<Outcome<Results>>;
  /** What apps keep in Zapier's cache, for all Zaps of this Zapier. */
  cache: Record<string, unknown>;
  /** Where callbacks and webhooks arrive, and everything that arrived. */
  hooks: Receiver;
  stop: () => Promise<void>;
}

/** Zapier's `Retry-After`s, ids and errors as the runtime's errors carry them. */
export interface Thrown {
  name: string;
  message: string;
}

/**
 * @param environment the app's environment variables
 * @param authData of the account that its steps are run with
 * @param theApp default: the one of the sources
 */
export async function openZapier(
  environment: Record<string, string>,
  authData: () => Record<string, unknown> = () => ({}),
  theApp: object = app,
): Promise<Zapier> {
  // The types of the runtime leave it out.
  const { createAppHandler } = zapier as unknown as {
    createAppHandler: (app: object) => (event: object) => Promise<Outcome>;
  };
  const handler = createAppHandler(theApp);
  const cache: Record<string, unknown> = {};
  const hooks = await startReceiver();
  return {
    cache,
    hooks,
    run: (async (method: string, bundle: ZapBundle = {}, event = {}) =>
      handler({
        command: "execute",
        method,
        bundle: { authData: authData(), inputData: {}, meta: { zap: { id: "42" } }, ...bundle },
        zcacheTestObj: cache,
        ...event,
        environment: { ...environment, ...event.environment },
      })) as Zapier["run"],
    stop: () => hooks.stop(),
  };
}

/**
 * A message as Zapier hands it to an app: the body twice, parsed and as it came; `Http-` before the names of headers
 * but of those that say what the content is (github.com/zapier/zapier-platform, issue 290).
 */
export function asBundle({ method, headers, body, json }: Received): ZapBundle {
  const named = Object.entries(headers).map(([name, value]) => {
    const title = name.replaceAll(/(^|-)([a-z])/g, (letters) => letters.toUpperCase());
    return [title.startsWith("Content-") ? title : `Http-${title}`, String(value)];
  });
  return {
    cleanedRequest: json,
    rawRequest: {
      method,
      querystring: "",
      headers: Object.fromEntries(named) as Record<string, string>,
      content: body,
    },
  };
}

/** What a step threw, as Zapier sees it; fails if it threw nothing. */
export async function thrownBy(step: Promise<unknown>): Promise<Thrown> {
  const [settled] = await Promise.allSettled([step]);
  if (settled.status === "fulfilled")
    throw new Error(`nothing was thrown: ${JSON.stringify(settled.value).slice(0, 500)}`);
  return settled.reason as Thrown;
}

/** The words of an error, without what the runtime adds for developers. */
export const messageOf = ({ message }: Thrown): string =>
  message.split("\nWhat happened:")[0] ?? "";

/** The words and the code or delay in an error of the runtime, which puts them into the message as JSON. */
export const told = ({ message }: Thrown) =>
  JSON.parse(message.split("\n\nConsole logs:")[0] ?? "") as {
    message: string;
    code?: string;
    status?: number;
    delay?: number;
  };

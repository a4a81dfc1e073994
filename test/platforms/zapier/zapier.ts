import zapier from "zapier-platform-core";
import { startReceiver, type Received, type Receiver } from "@sayso/testkit";
import app from "zapier-sayso";

/** The input of a step in Zapier's runtime: the bundle of `zapier-platform-core`, as far as our steps read it. */
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

/** The result that the runtime returns to Zapier. */
export interface Outcome<Results = unknown> {
  results: Results;
  /** `CALLBACK`: the step waits until its callback address is called. */
  status?: string;
}

/** An item or answer of the app. */
export type Item = Record<string, unknown>;

/** Zapier's own servers, as far as an app sees them. */
export interface Zapier {
  /** Runs the app once through the handler that Zapier's servers call. Rejects with the app's own error. */
  run: <Results = unknown>(
    method: string,
    bundle?: ZapBundle,
    event?: { callback_url?: string; environment?: Record<string, string> },
  ) => Promise<Outcome<Results>>;
  /** The contents of Zapier's cache for apps, for all Zaps of this Zapier. */
  cache: Record<string, unknown>;
  /** The receiver of callbacks and webhooks, with everything that arrived. */
  hooks: Receiver;
  stop: () => Promise<void>;
}

/** An error of the runtime, which carries Zapier's `Retry-After`, ids and the app's error. */
export interface Thrown {
  name: string;
  message: string;
}

/**
 * @param environment the app's environment variables
 * @param authData returns the data of the account that its steps use
 * @param theApp default: the app of the sources
 */
export async function openZapier(
  environment: Record<string, string>,
  authData: () => Record<string, unknown> = () => ({}),
  theApp: object = app,
): Promise<Zapier> {
  // The runtime's types leave it out.
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
 * Converts a message as Zapier does for an app: it contains the body twice, parsed and as it came. The names of headers
 * get the prefix `Http-`, except those of the content (github.com/zapier/zapier-platform, issue 290).
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

/** Returns the error of a step as Zapier gets it; fails if the step threw nothing. */
export async function thrownBy(step: Promise<unknown>): Promise<Thrown> {
  const [settled] = await Promise.allSettled([step]);
  if (settled.status === "fulfilled")
    throw new Error(`nothing was thrown: ${JSON.stringify(settled.value).slice(0, 500)}`);
  return settled.reason as Thrown;
}

/** Returns the text of an error, without the runtime's additions for developers. */
export const messageOf = ({ message }: Thrown): string =>
  message.split("\nWhat happened:")[0] ?? "";

/** Returns the text and the code or delay of an error. The runtime puts them into the message as JSON. */
export const shownError = ({ message }: Thrown) =>
  JSON.parse(message.split("\n\nConsole logs:")[0] ?? "") as {
    message: string;
    code?: string;
    status?: number;
    delay?: number;
  };

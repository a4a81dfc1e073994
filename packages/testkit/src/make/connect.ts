import { randomBytes } from "node:crypto";
import { must } from "@sayso/must";
import { requireValid } from "./communicate.ts";
import type { RequestDirectives } from "./directives.ts";
import { requireKnown } from "./directives.ts";
import { fillIn, type Scope } from "./evaluate.ts";
import { MakeError } from "./make-error.ts";
import { readParameters } from "./parameters.ts";
import type { MakeApp, MakeConnection } from "./read-app.ts";
import { send, toRequest, type LogEntry } from "./send.ts";
import { isCollection, toText } from "./values.ts";

/** A connection that a user made, as Make stores it. */
export interface Connected {
  /** The id of its component in the app. */
  component: string;
  /**
   * The values that the user filled in, and those that the app's code saved (`response.data`). Modules see them as
   * `connection`.
   */
  data: Record<string, unknown>;
  /** The text that Make shows beside the connection's name. */
  metadata: { type: string; value: string } | null;
  uid: string | null;
}

/** The address at which Make takes a code (…/app-components/connections/oauth2). The app must be registered with it. */
const REDIRECT_URI = "https://www.make.com/oauth/cb/app";

/** Simulates a person's browser: goes to an address, and returns the one to which it is sent back. */
export type Browser = (url: URL) => Promise<URL>;

interface Flow {
  app: MakeApp;
  code: MakeConnection;
  log: LogEntry[];
  /** `parameters`, `data`, `connection`, `temp`, `query`, `oauth`. It grows from step to step. */
  scope: Record<string, unknown>;
}

/**
 * Makes a connection. For a basic one, the request of its communication must succeed
 * (developers.make.com/custom-apps-documentation/app-components/connections/basic). An OAuth one runs authorize → token
 * → info (…/connections/oauth2). It doesn't inherit from the app's base. The values in `temp` live through all steps.
 *
 * @param browse opens the page on which the person allows it; an OAuth connection needs it
 * @throws MakeError when the credentials are refused; then there is no connection
 */
export async function connect(
  app: MakeApp,
  component: string,
  given: Record<string, unknown>,
  log: LogEntry[],
  browse?: Browser,
): Promise<Connected> {
  const code = must(app.connections[component]);
  const parameters = readParameters(code.params, given);
  const connected: Connected = { component, data: { ...parameters }, metadata: null, uid: null };
  const flow: Flow = { app, code, log, scope: {} };
  begin(flow, connected, parameters);
  const { authorize, token, info } = code.communication;
  if (code.type === "basic") {
    await step(flow, connected, code.communication);
    return connected;
  }
  if (authorize) {
    if (!browse) throw new TypeError("An OAuth connection is made in a browser");
    await ask(flow, authorize, browse);
  }
  if (token) await step(flow, connected, token);
  if (info) await step(flow, connected, info);
  return connected;
}

/**
 * Runs `refresh` where its condition is true. @returns the connection to store; the same one where the condition is
 * false
 */
export async function refresh(
  app: MakeApp,
  connected: Connected,
  log: LogEntry[],
): Promise<Connected> {
  return later(app, connected, log, "refresh");
}

/** Runs `invalidate`, as Make does when a user deletes a connection. */
export async function invalidate(
  app: MakeApp,
  connected: Connected,
  log: LogEntry[],
): Promise<void> {
  await later(app, connected, log, "invalidate");
}

async function later(
  app: MakeApp,
  connected: Connected,
  log: LogEntry[],
  name: "refresh" | "invalidate",
): Promise<Connected> {
  const code = must(app.connections[connected.component]);
  const request = code.communication[name];
  if (!request) return connected;
  const copy: Connected = { ...connected, data: { ...connected.data } };
  const flow: Flow = { app, code, log, scope: {} };
  begin(flow, copy, connected.data);
  await step(flow, copy, request);
  return copy;
}

function begin(flow: Flow, { data }: Connected, parameters: Record<string, unknown>): void {
  flow.scope = {
    parameters,
    common: flow.app.common,
    data,
    connection: data,
    temp: {},
    oauth: {
      scope: flow.code.defaultScope ?? [],
      redirectUri: REDIRECT_URI,
      localRedirectUri: REDIRECT_URI,
      makeRedirectUri: REDIRECT_URI,
    },
  };
}

/** Makes one request, and stores `response.data` in the connection. */
async function step(flow: Flow, connected: Connected, request: RequestDirectives): Promise<void> {
  requireKnown(request);
  remember(flow, request.temp);
  const condition = request.condition === undefined || fillIn(request.condition, flow.scope);
  if (!condition || condition === "false") return;
  const { answer, response } = await send(request, null, flow.scope, flow.log);
  const seen: Scope = { ...flow.scope, ...answer };
  remember(flow, response.temp, seen);
  requireValid(response, answer, seen);
  Object.assign(connected.data, fillIn(response.data ?? {}, seen));
  if (response.uid !== undefined) connected.uid = toText(fillIn(response.uid, seen));
  if (response.metadata)
    connected.metadata = fillIn(response.metadata, seen) as Connected["metadata"];
}

function remember(flow: Flow, temp: RequestDirectives["temp"], scope: Scope = flow.scope): void {
  const known = isCollection(flow.scope.temp) ? flow.scope.temp : {};
  flow.scope.temp = { ...known, ...(fillIn(temp ?? {}, scope) as object) };
}

/** Sends the person to the server and back. Make adds a `state` of its own and checks it. */
async function ask(flow: Flow, request: RequestDirectives, browse: Browser): Promise<void> {
  requireKnown(request);
  remember(flow, request.temp);
  const { url } = toRequest(request, null, flow.scope);
  const state = randomBytes(16).toString("hex");
  url.searchParams.set("state", state);
  const back = await browse(url);
  if (!back.href.startsWith(REDIRECT_URI) || back.searchParams.get("state") !== state)
    throw new MakeError("RuntimeError", `Came back at another address: ${back.href}`);
  const query = Object.fromEntries(back.searchParams);
  flow.scope.query = query;
  if (query.error !== undefined)
    throw new MakeError("RuntimeError", query.error_description ?? query.error);
  remember(flow, request.response?.temp);
}

// An app that connects people's accounts over plain HTTP, so that tests see each step.
import { createHash, randomBytes } from "node:crypto";
import { createClient, type CreateClientInput, type OAuthClient } from "@sayso/core";
import {
  createOrganization,
  openServices,
  startServer,
  type TestOrganization,
  type TestPerson,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import { createVisitor, type Seen, type Visitor } from "../pages/visitor.ts";

export const REDIRECT_URI = "https://app.example.com/callback";

/** Two servers on one database, and an organization with a person who connects apps. */
export interface Replicas {
  server: TestServer;
  services: TestServices;
  here: string;
  there: string;
  organization: TestOrganization;
  ada: TestPerson;
  /** A web app of the organization. */
  app: App;
  close: () => Promise<void>;
}

export async function openReplicas(env: Record<string, string> = {}): Promise<Replicas> {
  const server = await startServer({ replicas: 2, env: { SAYSO_ROLE: "api", ...env } });
  const services = openServices(server);
  const [here, there] = server.replicas.map((replica) => replica.url) as [string, string];
  const organization = await createOrganization(services, { url: here });
  return {
    server,
    services,
    here,
    there,
    organization,
    ada: await organization.addPerson({ name: "Ada" }),
    app: await registerApp(organization),
    close: async () => {
      await services.close();
      await server.stop();
    },
  };
}

export interface App {
  client: OAuthClient;
  id: string;
  secret: string | null;
}

/** Registers an app. Default: a web app with one redirect address that may ask for every scope. */
export async function registerApp(
  organization: TestOrganization,
  input: Partial<CreateClientInput> = {},
): Promise<App> {
  const { client, secret } = await createClient(organization.context, {
    name: "Example app",
    redirectUris: [REDIRECT_URI],
    ...input,
  });
  return { client, id: client.id, secret };
}

export interface Pkce {
  verifier: string;
  challenge: string;
}

export function createPkce(): Pkce {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** Returns the address to which an app sends people. `more` overrides parameters; undefined leaves one out. */
export function authorizePath(
  app: { id: string },
  pkce: Pkce,
  more: Record<string, string | undefined> = {},
): string {
  const query = {
    response_type: "code",
    client_id: app.id,
    redirect_uri: REDIRECT_URI,
    scope: "approvals:read approvals:write",
    state: "xyz",
    code_challenge: pkce.challenge,
    code_challenge_method: "S256",
    ...more,
  };
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return `/oauth/authorize?${new URLSearchParams(given).toString()}`;
}

/**
 * Opens the app's consent page, ticks deciding if the app asks for it, and presses a button.
 * @returns the address of the final redirect
 */
export async function answerConsent(
  visitor: Visitor,
  path: string,
  answer: "allow" | "refuse" = "allow",
  ticked: { decide?: "yes" } = path.includes("approvals%3Adecide") ? { decide: "yes" } : {},
): Promise<URL> {
  const asked = await visitor.get(path);
  if (!asked.location?.startsWith("/oauth/consent/")) throw new Error(describe(asked));
  const page = await visitor.get(asked.location);
  const answered = await visitor.post(asked.location, {
    ...page.hidden(asked.location),
    ...ticked,
    answer,
  });
  if (!answered.location?.startsWith("/oauth/authorize/")) throw new Error(describe(answered));
  const back = await visitor.get(answered.location);
  if (!back.location) throw new Error(describe(back));
  return new URL(back.location);
}

const describe = ({ status, location, html }: Seen): string =>
  `not the next step: ${status} ${location} ${html.slice(0, 2000)}`;

const sessions = new WeakMap<TestPerson, Promise<string>>();
/** Creates one session for all consents of a person, because signing in is slow on purpose. */
function sessionOf(person: TestPerson): Promise<string> {
  const session = sessions.get(person) ?? person.signIn();
  sessions.set(person, session);
  return session;
}

/** Returns a code that a person has just allowed. `raw` is added to the address as it is. */
export async function obtainCode(
  url: string,
  person: TestPerson,
  app: App,
  more: Record<string, string | undefined> = {},
  raw = "",
): Promise<{ code: string; verifier: string; back: URL }> {
  const pkce = createPkce();
  const visitor = createVisitor(url);
  visitor.cookies.set("sayso_session", await sessionOf(person));
  const back = await answerConsent(visitor, authorizePath(app, pkce, more) + raw);
  const code = back.searchParams.get("code");
  if (!code) throw new Error(`no code: ${back.href}`);
  return { code, verifier: pkce.verifier, back };
}

export interface TokenAnswer {
  status: number;
  headers: Headers;
  body: {
    access_token?: string;
    refresh_token?: string;
    token_type?: string;
    expires_in?: number;
    scope?: string;
    org_name?: string;
    user_email?: string;
    error?: string;
    error_description?: string;
    active?: boolean;
    client_id?: string;
    sub?: string;
  };
}

/** Posts to an endpoint of the authorization server as the app, with its secret in the form. */
export async function post(
  url: string,
  path: "token" | "revoke" | "introspect" | "register",
  app: { id: string; secret: string | null } | null,
  form: Record<string, string>,
): Promise<TokenAnswer> {
  const credentials = app && {
    client_id: app.id,
    ...(app.secret && { client_secret: app.secret }),
  };
  const response = await fetch(`${url}/api/v1/oauth/${path}`, {
    method: "POST",
    body: new URLSearchParams({ ...credentials, ...form }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === "" ? {} : JSON.parse(text)) as TokenAnswer["body"],
  };
}

/** Posts any request to an endpoint of the authorization server. */
export const sendTo = (url: string) => async (path: string, init: RequestInit) => {
  const response = await fetch(`${url}/api/v1/oauth/${path}`, { method: "POST", ...init });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
};

export const exchange = (
  url: string,
  app: App,
  { code, verifier }: { code: string; verifier: string },
  more: Record<string, string> = {},
): Promise<TokenAnswer> =>
  post(url, "token", app, {
    grant_type: "authorization_code",
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
    ...more,
  });

export const refresh = (
  url: string,
  app: App,
  refreshToken: string,
  more: Record<string, string> = {},
): Promise<TokenAnswer> =>
  post(url, "token", app, { grant_type: "refresh_token", refresh_token: refreshToken, ...more });

/** Returns tokens that a person has just allowed an app. */
export async function connect(
  url: string,
  person: TestPerson,
  app: App,
  more: Record<string, string | undefined> = {},
  raw = "",
): Promise<{ access: string; refresh: string; answer: TokenAnswer }> {
  const answer = await exchange(url, app, await obtainCode(url, person, app, more, raw));
  const { access_token: access, refresh_token: refreshToken } = answer.body;
  if (!access || !refreshToken) throw new Error(`no tokens: ${JSON.stringify(answer.body)}`);
  return { access, refresh: refreshToken, answer };
}

/** Lets a person allow an app at one of its redirect addresses. @returns an access token */
export async function exchangeAt(
  url: string,
  person: TestPerson,
  app: App,
  redirect_uri: string,
): Promise<string> {
  const given = await obtainCode(url, person, app, { redirect_uri });
  const { body } = await exchange(url, app, given, { redirect_uri });
  if (!body.access_token) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.access_token;
}

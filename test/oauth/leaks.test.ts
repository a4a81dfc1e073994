// Creates one secret of every kind, uses each correctly and wrongly, and then searches every place where it could
// remain.
import {
  beginPasskeySignIn,
  createPerson,
  readSigningKeys,
  readWebhookSecrets,
  resetPassword,
  rotateClientSecret,
  rotateOrganizationSecret,
  setPassword,
  type Context,
} from "@sayso/core";
import { must } from "@sayso/must";
import {
  api,
  createOrganization,
  openServices,
  startReceiver,
  startServer,
  testSecret,
} from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { createVisitor } from "../pages/visitor.ts";
import {
  answerConsent,
  authorizePath,
  createPkce,
  exchange,
  post,
  REDIRECT_URI,
  refresh,
  registerApp,
} from "./app.ts";
import { secretsIn, spellingsOf } from "./spellings.ts";
import { hashOf } from "./traces.ts";

const server = await startServer({
  replicas: 2,
  hostname: "localhost",
  env: { LOG_LEVEL: "trace", SAYSO_OAUTH_REGISTRATION: "open" },
});
const receiver = await startReceiver();
const services = openServices(server);
afterAll(async () => {
  await services.close();
  await server.stop();
  await receiver.stop();
});
const [here, there] = server.replicas.map((replica) => replica.url) as [string, string];
const organization = await createOrganization(services, { url: here });
const { context, operator } = organization;
const withMail: Context = { ...context, services: { ...services, mail: { isEnabled: true } } };

const secrets = new Map<string, string>();
const keep = (name: string, secret: string | null | undefined): string => {
  if (!secret || secret.length < 16) throw new Error(`${name} is no secret: ${secret}`);
  secrets.set(name, secret);
  return secret;
};
/** The answers to callers who made a mistake. */
const refusals: string[] = [];

async function ask(path: string, init: RequestInit = {}, url = here): Promise<Response> {
  const response = await fetch(url + path, { redirect: "manual", ...init });
  if (response.status >= 400 || response.headers.get("location")?.includes("error=")) {
    const headers = [...response.headers].filter(([name]) => name !== "x-request-id");
    refusals.push(JSON.stringify(headers) + (await response.clone().text()));
  }
  return response;
}

// People: passwords, sessions, personal tokens, links, mail, passkeys.
const password = keep("password", "nine rare otters swim");
const created = await createPerson(operator, {
  email: "ada@example.com",
  name: "Ada",
  role: "owner",
});
const invitation = keep("invitation", created.invitation?.token);
await setPassword(services, {
  token: invitation,
  purposes: ["invitation"],
  password,
  userAgent: null,
  address: null,
});
const form = (fields: Record<string, string>): RequestInit => ({
  method: "POST",
  headers: { Origin: here },
  body: new URLSearchParams(fields),
});
const signedIn = await ask("/sign-in", form({ email: "ada@example.com", password, next: "/" }));
const session = keep(
  "session",
  /sayso_session=([^;]+)/.exec(signedIn.headers.getSetCookie().join())?.[1],
);
const bystander = await organization.addPerson();
const token = keep("personal token", (await bystander.createToken(["approvals:read"])).token);
const link = keep("reset link", (await resetPassword(context, bystander.id)).token);
const mailed = keep(
  "mailed link",
  (await resetPassword(withMail, (await organization.addPerson()).id)).token,
);
const prompt = await beginPasskeySignIn(services, null);
keep("passkey challenge", prompt.options.challenge);
keep("passkey's browser token", prompt.browserToken);

// Connections: keys, webhook secrets, callback headers.
const machine = await organization.addConnection();
const key = keep("API key", machine.key);
keep("webhook secret", machine.webhookSecret);
await rotateOrganizationSecret(context);
keep("person's webhook secret", (await readWebhookSecrets(context))[0]);
const subscribed = await machine.api.call<{ secret: string }>("POST", "/api/v1/subscriptions", {
  body: { target_url: receiver.url, event_types: ["approval.cancelled"] },
});
keep("subscription's secret", subscribed.body.secret);
const header = keep("callback header", "a-header-that-nobody-may-see");

// Apps: secrets, the path through the consent page, codes, tokens.
const app = await registerApp(organization, { allowsClientCredentials: true });
keep("replaced client secret", app.secret);
app.secret = keep("client secret", (await rotateClientSecret(context, app.id)).secret);
const registered = (await (
  await fetch(`${here}/api/v1/oauth/register`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
  })
).json()) as Record<string, string>;
keep("secret of an app that registered itself", registered.client_secret);
const visitor = createVisitor(here);
visitor.cookies.set("sayso_session", session);
const pkce = createPkce();
const asked = await visitor.get(authorizePath(app, pkce));
keep("interaction", must(asked.location).split("/").at(-1));
keep("interaction's signature", visitor.cookies.get("oauth_consent.sig"));
const back = await answerConsent(visitor, authorizePath(app, pkce));
const code = keep("code", back.searchParams.get("code"));
keep("code verifier", pkce.verifier);
const first = await exchange(here, app, { code, verifier: pkce.verifier });
const access = keep("access token", first.body.access_token);
const refreshToken = keep("used refresh token", first.body.refresh_token);
const second = await refresh(there, app, refreshToken);
keep("second access token", second.body.access_token);
keep("refresh token", second.body.refresh_token);
const own = await post(here, "token", app, { grant_type: "client_credentials" });
keep("app's own token", own.body.access_token);
const jwt = await post(here, "token", app, {
  grant_type: "client_credentials",
  resource: `${here}/organizations`,
});
keep("JWT's signature", jwt.body.access_token?.split(".")[2]);

// The server's own secrets.
keep("SAYSO_SECRET", testSecret);
keep("signing key", (await readSigningKeys(services))[0]?.d);

async function useRightly(): Promise<void> {
  for (const url of [here, there])
    for (const credential of [key, token, access, must(own.body.access_token)])
      expect((await api(url, credential).list()).status).toBe(200);
  expect((await ask("/waiting", { headers: { Cookie: `sayso_session=${session}` } })).status).toBe(
    200,
  );
  for (const path of [`/reset/${link}`, `/reset/${mailed}`])
    expect((await ask(path)).status).toBe(200);
  expect((await post(here, "introspect", app, { token: access })).body.active).toBe(true);
  const { body } = await machine.api.create({
    callback_url: `${receiver.url}/callback`,
    callback_headers: { "X-Secret": header },
  });
  expect((await organization.owner.api.approve(body.id)).status).toBe(200);
  const [delivered] = await receiver.next(1);
  expect(delivered?.headers["x-secret"]).toBe(header);
}

/** Sends a secret in places where people and machines put it by mistake. */
async function useWrongly(secret: string): Promise<void> {
  const json = (body: unknown): RequestInit => ({
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  const oauth = (fields: Record<string, string>): RequestInit => ({
    method: "POST",
    body: new URLSearchParams({ client_id: app.id, client_secret: must(app.secret), ...fields }),
  });
  const basic = (id: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
  const value = encodeURIComponent(secret);
  const calls: [string, RequestInit?][] = [
    ["/api/v1/approvals", { headers: { Authorization: `Bearer ${secret}x` } }],
    ["/api/v1/approvals", { headers: { Authorization: basic("me") } }],
    ["/api/v1/approvals", { headers: { Cookie: `sayso_session=${secret}x` } }],
    [`/api/v1/approvals?api_key=${value}`],
    [`/api/v1/approvals?client_secret=${value}`],
    [
      "/api/v1/approvals",
      json({ title: secret, priority: "wrong", callback_headers: { a: secret } }),
    ],
    ["/api/v1/approvals", json({ title: "t", callback_headers: { Host: secret } })],
    [`/reset/${value}x`],
    [`/welcome/${value}x`],
    ["/sign-in", form({ email: "ada@example.com", password: `${secret}x` })],
    [`/sign-in?token=${value}`],
    [
      "/api/v1/oauth/token",
      oauth({ grant_type: "authorization_code", code: secret, code_verifier: secret }),
    ],
    ["/api/v1/oauth/token", oauth({ grant_type: "refresh_token", refresh_token: `${secret}x` })],
    ["/api/v1/oauth/token", oauth({ grant_type: secret })],
    ["/api/v1/oauth/token", oauth({ client_id: secret })],
    ["/api/v1/oauth/token", oauth({ client_secret: `${secret}x` })],
    ["/api/v1/oauth/token", { method: "POST", headers: { Authorization: basic(app.id) } }],
    [`/api/v1/oauth/token?code=${value}&state=${value}`, { method: "POST" }],
    ["/api/v1/oauth/introspect", oauth({ token_type_hint: secret, client_secret: "" })],
    ["/api/v1/oauth/revoke", oauth({ client_secret: `${secret}x`, token: secret })],
    ["/api/v1/oauth/token", json({ grant_type: { nested: secret } })],
    [`/oauth/authorize?client_id=${value}&redirect_uri=${value}`],
    [`${authorizePath(app, pkce, { redirect_uri: secret })}`],
    [
      `/oauth/consent/${value}`,
      { headers: { Cookie: `sayso_session=${session}; oauth_consent=${secret}` } },
    ],
    [`/oauth/authorize/${value}`, { headers: { Cookie: `oauth_resume=${secret}` } }],
  ];
  for (const [path, init] of calls) await ask(path, init);
}

test("the instrument finds a secret in every spelling", () => {
  for (const secret of secrets.values()) {
    for (const written of [
      `"${secret}"`,
      `\\x${Buffer.from(`a ${secret}`).toString("hex")}`,
      Buffer.from(`${secret}!`).toString("base64"),
      Buffer.from(`ab${secret}`).toString("base64url"),
    ])
      expect(secretsIn(written, new Map([["it", secret]]))).toEqual(["it"]);
  }
  expect(spellingsOf(key).length).toBeGreaterThan(8);
  expect(secrets.size).toBeGreaterThanOrEqual(25);
});

test("each is used, and misused", async () => {
  await useRightly();
  for (const secret of secrets.values()) await useWrongly(secret);
  expect(refusals.length).toBeGreaterThan(secrets.size * 15);
});

test("nothing in the database is of use to who reads it", async () => {
  const tables = await services.sql<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
       and n.nspname not like 'pg_%'`,
  );
  expect(tables.length).toBeGreaterThan(25);
  let all = "";
  for (const { name } of tables) {
    const [row] = await services.sql<{ text: string }>(
      `select coalesce(string_agg(t::text, chr(10)), '') as text from ${name} t`,
    );
    expect([name, secretsIn(must(row).text, secrets)]).toEqual([name, []]);
    all += must(row).text;
  }
  // The created secrets are stored, as their hashes.
  for (const secret of [
    key,
    token,
    access,
    refreshToken,
    code,
    must(app.secret),
    link,
    mailed,
    session,
  ])
    expect(all).toContain(hashOf(secret).toString("hex"));
  const [mail] = await services.sql<{ n: number }>(
    "select count(*)::int as n from mails where body is not null",
  );
  expect(mail?.n).toBeGreaterThan(0);
});

test("nothing in the logs is, at their most talkative", () => {
  expect(server.replicas[0]?.logs()).toContain('"path":"/oauth/consent/…"');
  for (const replica of server.replicas) {
    const logs = replica.logs();
    expect(logs).toContain('"path":"/api/v1/oauth/token"');
    expect(secretsIn(logs, secrets)).toEqual([]);
    // The log contains no query, which could include a code or a state, and no library's warning.
    expect(logs).not.toMatch(/[?&](code|state|client_id)=/);
    expect(logs).not.toMatch(/oidc-provider|Warning/);
  }
});

test("nothing that is told to who made a mistake is", () => {
  for (const refusal of refusals) {
    const reported = secretsIn(refusal, secrets);
    expect([reported, reported.length > 0 ? refusal.slice(0, 2000) : ""]).toEqual([[], ""]);
  }
});

// Case 27 of docs/faults.md: a code goes only to an address that is registered exactly, character by character.
import { afterAll, describe, expect, test } from "vitest";
import { createVisitor, signedIn, type Seen } from "../pages/visitor.ts";
import {
  answerConsent,
  authorizePath,
  createPkce,
  exchange,
  obtainCode,
  openReplicas,
  REDIRECT_URI,
  registerApp,
  type App,
} from "./app.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { here, organization, ada, app } = replicas;
const phone = await registerApp(organization, {
  kind: "native",
  redirectUris: [
    "http://127.0.0.1/callback",
    "http://localhost:7000/callback?of=us",
    "com.example.phone:/callback",
  ],
});

const ask = (of: App, more: Record<string, string | undefined>): Promise<Seen> =>
  createVisitor(here).get(authorizePath(of, createPkce(), more));
const isAsked = (seen: Seen): boolean => /^\/oauth\/consent\/[\w-]+$/.test(seen.location ?? "");

describe("a redirect address that was not registered (case 27)", () => {
  test.each([
    ["a trailing slash", `${REDIRECT_URI}/`],
    ["a path below", `${REDIRECT_URI}/more`],
    ["a path that climbs back", `${REDIRECT_URI}/../callback`],
    ["another path", "https://app.example.com/callbacks"],
    ["capitals in the path", "https://app.example.com/Callback"],
    ["capitals in the host", "https://APP.example.com/callback"],
    ["capitals in the scheme", "HTTPS://app.example.com/callback"],
    ["a user name", "https://app.example.com@evil.example.com/callback"],
    ["a user name before the right host", "https://evil@app.example.com/callback"],
    ["an encoded letter", "https://app.example.com/c%61llback"],
    ["an encoded slash", "https://app.example.com%2fcallback"],
    ["an encoded at sign", "https://app.example.com%40evil.example.com/callback"],
    ["a fragment", `${REDIRECT_URI}#here`],
    ["an empty fragment", `${REDIRECT_URI}#`],
    ["a query", `${REDIRECT_URI}?next=https://evil.example.com`],
    ["an empty query", `${REDIRECT_URI}?`],
    ["the default port", "https://app.example.com:443/callback"],
    ["another port", "https://app.example.com:8443/callback"],
    ["another scheme", "http://app.example.com/callback"],
    ["a subdomain", "https://evil.app.example.com/callback"],
    ["a longer host", "https://app.example.com.evil.example.com/callback"],
    ["a final dot in the host", "https://app.example.com./callback"],
    ["a backslash", "https://app.example.com\\@evil.example.com/callback"],
    ["a space before", ` ${REDIRECT_URI}`],
    ["a line break", `${REDIRECT_URI}\r\nLocation: https://evil.example.com`],
    ["a NUL", `${REDIRECT_URI}\0`],
    ["a script", "javascript:alert(1)"],
    ["no address at all", "callback"],
    ["another app's", "com.example.phone:/callback"],
  ])("%s is a page that says so, with 400 and no redirect", async (_, redirect_uri) => {
    for (const more of [
      {},
      { scope: "nonsense" },
      { response_type: "token" },
      { prompt: "none" },
    ]) {
      const seen = await ask(app, { redirect_uri, ...more });
      expect([seen.status, seen.location]).toEqual([400, null]);
      expect(seen.html).toContain("This app could not be connected");
      expect(seen.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(seen.html).not.toContain('evil.example.com">');
    }
  });

  test("of two, none is followed: the app is told at the only one that it has, or nowhere", async () => {
    for (const second of [REDIRECT_URI, "https://evil.example.com/callback"]) {
      const more = `&redirect_uri=${encodeURIComponent(second)}`;
      const visitor = createVisitor(here);
      const seen = await visitor.get(authorizePath(app, createPkce()) + more);
      expect(seen.location).toMatch(
        /^https:\/\/app\.example\.com\/callback\?error=invalid_request&/,
      );
      const of = { redirect_uri: "com.example.phone:/callback" };
      const nowhere = await visitor.get(authorizePath(phone, createPkce(), of) + more);
      expect([nowhere.status, nowhere.location]).toEqual([400, null]);
    }
  });

  test("an app that nobody registered gets a page as well, whatever it calls itself", async () => {
    const ids = [
      "nobody",
      "01234567-89ab-7def-8123-456789abcdef",
      "",
      "\0",
      "a' or '1'='1",
      app.id.toUpperCase(),
    ];
    for (const id of ids) {
      const seen = await ask({ ...app, id }, {});
      expect([id, seen.status, seen.location]).toEqual([id, 400, null]);
    }
  });

  test("the app may leave it out when it has but one, and gets its code there", async () => {
    const visitor = await signedIn(here, ada);
    const pkce = createPkce();
    const path = authorizePath(app, pkce, { redirect_uri: undefined });
    const back = await answerConsent(visitor, path);
    expect(back.href.startsWith(`${REDIRECT_URI}?code=`)).toBe(true);
    const seen = await ask(phone, { redirect_uri: undefined });
    expect([seen.status, seen.location]).toEqual([400, null]);
  });
});

describe("the address of an app on a person's device (RFC 8252)", () => {
  test.each([
    "http://127.0.0.1/callback",
    "http://127.0.0.1:51004/callback",
    "http://127.0.0.1:1/callback",
    "http://localhost:8000/callback?of=us",
    "com.example.phone:/callback",
  ])("%s is fine: the port of a loopback address is free", async (redirect_uri) => {
    expect(isAsked(await ask(phone, { redirect_uri }))).toBe(true);
  });

  test.each([
    "http://127.0.0.1:51004/callback/",
    "http://127.0.0.1:51004/Callback",
    "http://127.0.0.1:51004/callback?of=them",
    "http://127.0.0.1:51004@evil.example.com/callback",
    "http://evil@127.0.0.1:51004/callback",
    "http://127.0.0.1.evil.example.com:51004/callback",
    "http://127.0.0.2:51004/callback",
    "http://[::1]:51004/callback",
    "http://localhost:51004/callback",
    "http://0x7f000001:51004/callback",
    "https://127.0.0.1:51004/callback",
    "http://127.0.0.1:99999/callback",
    "http://127.0.0.1:51004/callback#x",
    "com.example.phone:/callbacks",
    "com.example.phone://callback",
  ])("%s is not", async (redirect_uri) => {
    const seen = await ask(phone, { redirect_uri });
    expect([seen.status, seen.location]).toEqual([400, null]);
  });

  test("the port is not free for an app on the web", async () => {
    const local = await registerApp(organization, {
      redirectUris: ["http://127.0.0.1:5678/rest/oauth2-credential/callback"],
    });
    const at = (port: number) =>
      ask(local, { redirect_uri: `http://127.0.0.1:${port}/rest/oauth2-credential/callback` });
    expect(isAsked(await at(5678))).toBe(true);
    expect((await at(5679)).status).toBe(400);
  });

  test("the code is exchanged for the very address it was sent to", async () => {
    const redirect_uri = "http://127.0.0.1:51004/callback";
    const given = await obtainCode(here, ada, phone, { redirect_uri });
    const other = await exchange(here, phone, given, {
      redirect_uri: "http://127.0.0.1:51005/callback",
    });
    expect(other).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect((await exchange(here, phone, given, { redirect_uri })).status).toBe(200);
  });
});

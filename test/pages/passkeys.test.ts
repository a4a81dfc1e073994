import { disablePerson, listPasskeys } from "@sayso/core";
import { must } from "@sayso/must";
import {
  createOrganization,
  openServices,
  startServer,
  type TestOrganization,
  type TestPerson,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { looks, openTab, type Look, type Tab } from "./tab.ts";
import { createVisitor, signedIn } from "./visitor.ts";

let server: TestServer;
let services: TestServices;
let organization: TestOrganization;
let browser: TestBrowser;
let tab: Tab;
let context: BrowserContext;
let page: Page;
let authenticator: CDPSession;
let authenticatorId: string;

beforeAll(async () => {
  server = await startServer({ hostname: "localhost" });
  services = openServices(server);
  organization = await createOrganization(services, server);
  browser = await shareBrowser();
});
afterAll(async () => {
  await browser?.close();
  await services?.close();
  await server?.stop();
});
beforeEach(() => openContext({ viewport: { width: 390, height: 844 } }));
afterEach(() => context.close());

/**
 * Opens a browser of its own with an authenticator that stores passkeys and reports a present person. The authenticator
 * would choose an autofill passkey at once, so autofill is off unless `fillsIn` is true.
 */
async function openContext(
  options: Parameters<TestBrowser["newContext"]>[0],
  { fillsIn = false, look }: { fillsIn?: boolean; look?: Look } = {},
) {
  tab = await openTab(browser, server.url, options, look);
  ({ context, page } = tab);
  if (!fillsIn)
    await context.addInitScript("delete PublicKeyCredential.isConditionalMediationAvailable");
  authenticator = await context.newCDPSession(page);
  await authenticator.send("WebAuthn.enable");
  authenticatorId = await addAuthenticator();
}

const addAuthenticator = async () =>
  (
    await authenticator.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
  ).authenticatorId;

const enter = (person: TestPerson) => tab.enter(person);

/** Adds a passkey on the account page, and signs out. */
async function addPasskey(person: TestPerson) {
  await enter(person);
  await page.goto(`${server.url}/account/passkeys`);
  await page.click("text=Add passkey");
  await page.waitForURL(/done=added/);
  await context.clearCookies({ name: "sayso_session" });
}

const alert = () => page.textContent("[data-passkey] [role=alert]");
const sessionCookie = async () =>
  (await context.cookies()).find(({ name }) => name === "sayso_session")?.value;

test("the whole way: add a passkey, sign out, sign in with it to where one was going, rename it, remove it", async () => {
  const person = await organization.addPerson();
  await enter(person);
  await page.goto(`${server.url}/account/passkeys`);
  expect(await page.textContent("main")).toContain("No passkeys yet");
  await page.click("text=Add passkey");
  await page.waitForURL(/done=added/);
  expect(await page.textContent(".banner")).toMatch(/added/);
  expect(await page.textContent(".rows")).toMatch(/Passkey.*added just now.*never used/s);

  const first = await sessionCookie();
  await page.click("summary:has-text('Person')");
  await page.click("text=Sign out");
  await page.waitForURL(/\/sign-in$/);
  await page.goto(`${server.url}/account/passkeys`);
  await page.waitForURL(/\/sign-in\?next=/);
  await page.click("text=Sign in with a passkey");
  await page.waitForURL(`${server.url}/account/passkeys`);
  expect(await sessionCookie()).not.toBe(first);
  expect(await page.textContent(".rows")).toMatch(/used just now/);

  await page.click("summary:has-text('Rename')");
  await page.fill("input[name=name]", "My <laptop>");
  await page.click("text=Save name");
  await page.waitForURL(/done=renamed/);
  expect(await page.textContent(".rows .title")).toBe("My <laptop>");
  await page.click("summary:has-text('Remove')");
  await page.click("button.reject");
  await page.waitForURL(/done=removed/);
  expect(await listPasskeys(person.context)).toEqual([]);

  await context.clearCookies({ name: "sayso_session" });
  await page.goto(`${server.url}/sign-in`);
  await page.click("text=Sign in with a passkey");
  await page.waitForSelector(".banner.bad");
  expect(await page.textContent(".banner")).toMatch(/does not know this passkey/);
  expect(await sessionCookie()).toBeUndefined();
  expect(tab.complaints).toEqual([]);
});

test("somebody who signed in a while ago shows who they are before they add one", async () => {
  const person = await organization.addPerson();
  await addPasskey(person);
  await enter(person);
  const { system } = organization.context.services;
  await system.query(
    "update sessions set proven_at = now() - interval '16 minutes' where person_id = $1",
    [person.id],
  );
  await page.goto(`${server.url}/account/passkeys`);
  expect(await page.locator('button:has-text("Add passkey")').count()).toBe(0);
  expect(await tab.inspect()).toEqual([]);
  await page.click('a:has-text("Confirm your identity")');
  await page.waitForURL(/\/account\/confirm\?next=/);
  expect(await tab.inspect()).toEqual([]);
  await page.click("text=Confirm with a passkey");
  await page.waitForURL(`${server.url}/account/passkeys`);
  await page.waitForSelector('button:has-text("Add passkey")');
  expect(tab.complaints).toEqual([]);
});

test("a second passkey is not made in the same place", async () => {
  const person = await organization.addPerson();
  await addPasskey(person);
  await enter(person);
  await page.goto(`${server.url}/account/passkeys`);
  await page.click("text=Add passkey");
  await page.waitForSelector("[role=alert]:not(:empty)");
  expect(await alert()).toMatch(/already has a passkey/);
  await authenticator.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
  authenticatorId = await addAuthenticator();
  await page.click("text=Add passkey");
  await page.waitForURL(/done=added/);
  const names = (await listPasskeys(person.context)).map(({ name }) => name);
  expect(names).toEqual(["Passkey", "Passkey 2"]);
});

test("whoever is not recognised, or has no passkey here, is told so and can try again", async () => {
  const person = await organization.addPerson();
  await page.goto(`${server.url}/sign-in`);
  await page.click("text=Sign in with a passkey");
  await page.waitForSelector("[role=alert]:not(:empty)");
  expect(await alert()).toMatch(/no passkey for Sayso/);
  await addPasskey(person);
  await authenticator.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.goto(`${server.url}/sign-in`);
  await page.click("text=Sign in with a passkey");
  await page.waitForSelector("[role=alert]:not(:empty)");
  expect(await alert()).toMatch(/not signed in/);
  await authenticator.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await page.click("text=Sign in with a passkey");
  await page.waitForURL(`${server.url}/app/inbox`);
});

test("a browser that fills in passkeys offers them in the e-mail field, without any button", async () => {
  const person = await organization.addPerson();
  await context.close();
  await openContext({}, { fillsIn: true });
  await addPasskey(person);
  expect(await sessionCookie()).toBeUndefined();
  await page.goto(`${server.url}/sign-in?next=%2Faccount`, { waitUntil: "commit" });
  await page.waitForURL(`${server.url}/account`);
  expect(await page.textContent(".who")).toContain(person.name);
});

test("a session that somebody planted ends when its browser signs in by passkey", async () => {
  const person = await organization.addPerson();
  await addPasskey(person);
  await page.goto(`${server.url}/sign-in`);
  const planted = await organization.owner.signIn();
  await context.addCookies([
    { name: "sayso_session", value: planted, url: server.url, httpOnly: true },
  ]);
  await page.click("text=Sign in with a passkey");
  await page.waitForURL(`${server.url}/app/inbox`);
  await page.goto(`${server.url}/waiting`);
  expect(await page.textContent(".who")).toContain(person.name);
  const thief = createVisitor(server.url);
  thief.cookies.set("sayso_session", planted);
  expect((await thief.get("/")).location).toBe("/sign-in");
});

test("a disabled person's passkey opens nothing", async () => {
  const person = await organization.addPerson();
  await addPasskey(person);
  await disablePerson(organization.context, person.id);
  await page.goto(`${server.url}/sign-in`);
  await page.click("text=Sign in with a passkey");
  await page.waitForSelector(".banner.bad");
  expect(await page.textContent(".banner")).toMatch(/does not know this passkey/);
  expect(await sessionCookie()).toBeUndefined();
});

test("an answer that was sent once is worth nothing a second time, here or in another browser", async () => {
  const person = await organization.addPerson();
  await addPasskey(person);
  await page.goto(`${server.url}/sign-in`);
  const [request] = await Promise.all([
    page.waitForRequest(/\/sign-in\/passkey$/),
    page.click("text=Sign in with a passkey"),
  ]);
  await page.waitForURL(`${server.url}/app/inbox`);
  const credential = must(new URLSearchParams(must(request.postData())).get("credential"));
  // Signing in has removed this token from the browser since.
  const { cookie = "" } = await request.allHeaders();
  const browserToken = must(must(/sayso_passkey=([^;]+)/.exec(cookie))[1]);
  for (const token of [browserToken, "A".repeat(43), null]) {
    const visitor = createVisitor(server.url);
    if (token) visitor.cookies.set("sayso_passkey", token);
    const again = await visitor.post("/sign-in/passkey", { credential });
    expect(again.status).toBe(401);
    expect(again.html).toMatch(/sent twice/);
    expect(visitor.cookies.has("sayso_session")).toBe(false);
  }
});

test("a copy that is behind the original is refused", async () => {
  const person = await organization.addPerson();
  await addPasskey(person);
  const { credentials } = await authenticator.send("WebAuthn.getCredentials", { authenticatorId });
  const signInOnce = async () => {
    await context.clearCookies({ name: "sayso_session" });
    await page.goto(`${server.url}/sign-in`);
    await page.click("text=Sign in with a passkey");
    await page.waitForURL((url) => url.pathname !== "/sign-in");
  };
  await signInOnce();
  await signInOnce();
  expect(await sessionCookie()).toBeDefined();
  await authenticator.send("WebAuthn.clearCredentials", { authenticatorId });
  const [credential] = credentials;
  await authenticator.send("WebAuthn.addCredential", {
    authenticatorId,
    credential: must(credential),
  });
  await signInOnce();
  expect(await page.textContent(".banner")).toMatch(/copied/);
  expect(await sessionCookie()).toBeUndefined();
});

describe("what is sent by hand", () => {
  const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

  test("is answered with options for whoever asks from a page of Sayso, and its cookie that no script reads", async () => {
    const visitor = createVisitor(server.url);
    const prompt = await visitor.post("/sign-in/passkey/options", {});
    expect(prompt.status).toBe(200);
    expect(json(prompt.html)).toMatchObject({ rpId: "localhost", userVerification: "required" });
    expect(prompt.headers.get("cache-control")).toBe("no-store");
    expect(prompt.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^sayso_passkey=[\w-]{43}; .*Path=\/;.*HttpOnly; SameSite=Lax$/),
    ]);
    const member = await signedIn(server.url, await organization.addPerson());
    const { csrf } = (await member.get("/account/passkeys")).hidden("/account/passkeys");
    const options = await member.post("/account/passkeys/options", { csrf: must(csrf) });
    expect(json(options.html)).toMatchObject({ rp: { id: "localhost" }, excludeCredentials: [] });
  });

  test("from another origin, or without the session's token, is refused and makes no challenge", async () => {
    const person = await organization.addPerson();
    const member = await signedIn(server.url, person);
    const { csrf } = (await member.get("/account/passkeys")).hidden("/account/passkeys");
    const count = async () =>
      must(
        (await services.sql<{ n: number }>("select count(*)::int as n from passkey_challenges"))[0],
      ).n;
    const before = await count();
    const fields = { csrf: must(csrf), credential: "{}", name: "x" };
    const evil = { origin: "https://evil.example" };
    for (const path of [
      "/sign-in/passkey",
      "/sign-in/passkey/options",
      "/account/passkeys",
      "/account/passkeys/options",
      "/account/passkeys/x/name",
      "/account/passkeys/x/remove",
    ]) {
      expect((await member.post(path, fields, evil)).status).toBe(403);
      expect((await member.post(path, fields, {})).status).toBe(403);
      if (!path.startsWith("/account")) continue;
      expect((await member.post(path, { ...fields, csrf: "x" })).status).toBe(403);
      expect((await createVisitor(server.url).post(path, fields)).location).toBe(
        "/sign-in?next=%2Faccount%2Fpasskeys",
      );
    }
    expect(await count()).toBe(before);
  });

  test("and is no passkey, too long, or of somebody else, is refused in words", async () => {
    const member = await signedIn(server.url, await organization.addPerson());
    const { csrf } = (await member.get("/account/passkeys")).hidden("/account/passkeys");
    for (const credential of [
      "",
      "{",
      "[]",
      '{"id":"AAAA","response":{"clientDataJSON":"AAAA"}}',
    ]) {
      const added = await member.post("/account/passkeys", { csrf: must(csrf), credential });
      expect(added.status).toBe(422);
      expect(added.html).toMatch(/sent no passkey/);
      const entered = await createVisitor(server.url).post("/sign-in/passkey", { credential });
      expect(entered.status).toBe(422);
    }
    const long = "x".repeat(70_000);
    expect((await member.post("/sign-in/passkey", { credential: long })).status).toBe(413);
    const theirs = await organization.addPerson();
    await addPasskey(theirs);
    const [{ id } = { id: "" }] = await listPasskeys(theirs.context);
    const fields = { csrf: must(csrf), name: "Mine" };
    expect((await member.post(`/account/passkeys/${id}/name`, fields)).status).toBe(404);
    expect((await member.post(`/account/passkeys/${id}/remove`, fields)).status).toBe(404);
    expect(await listPasskeys(theirs.context)).toMatchObject([{ id, name: "Passkey" }]);
  });

  test("a name that can't be is said at its field; the last way in stays", async () => {
    const person = await organization.addPerson();
    await addPasskey(person);
    const [{ id } = { id: "" }] = await listPasskeys(person.context);
    const member = await signedIn(server.url, person);
    const { csrf } = (await member.get("/account/passkeys")).hidden("/account/passkeys");
    const named = await member.post(`/account/passkeys/${id}/name`, {
      csrf: must(csrf),
      name: "a\u200bb",
    });
    expect(named.status).toBe(422);
    expect(named.html).toMatch(/aria-invalid="true"[^]*invisible characters/);
    await services.sql("update people set password_hash = null where id = $1", [person.id]);
    const removed = await member.post(`/account/passkeys/${id}/remove`, { csrf: must(csrf) });
    expect(removed.status).toBe(409);
    expect(removed.html).toMatch(/only way to sign in/);
  });
});

describe("a page", () => {
  test("runs scripts only where passkeys need one, and then only ours", async () => {
    const member = await signedIn(server.url, organization.owner);
    const script = "script-src 'self'; connect-src 'self'; ";
    const policy = (more: string) =>
      `default-src 'none'; ${more}style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`;
    for (const [visitor, path, more] of [
      [createVisitor(server.url), "/sign-in", script],
      [member, "/account/passkeys", script],
      [member, "/waiting", ""],
      [member, "/nowhere", ""],
    ] as const) {
      const { html, headers } = await visitor.get(path);
      expect(headers.get("content-security-policy")).toBe(policy(more));
      expect(html).not.toMatch(/<script[^>]*>[^<]|style=|\son\w+=/i);
      const [address] = [...html.matchAll(/<script type="module" src="([^"]+)">/g)];
      expect(address?.[1] !== undefined).toBe(more !== "");
      if (!address) continue;
      const served = await visitor.get(must(address[1]));
      expect(served.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
      expect(served.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    }
  });

  test("without JavaScript shows no button that does nothing, and says what is needed", async () => {
    await context.close();
    await openContext({ javaScriptEnabled: false });
    await page.goto(`${server.url}/sign-in`);
    expect(await page.isVisible("text=Sign in with a passkey")).toBe(false);
    await enter(organization.owner);
    await page.goto(`${server.url}/account/passkeys`);
    expect(await page.isVisible("text=Add passkey")).toBe(false);
    expect(await page.isVisible(`text=${server.url}/account/passkeys`)).toBe(true);
  });

  test("at another name than the public one shows none either", async () => {
    const elsewhere = server.url.replace("localhost", "127.0.0.1");
    await page.goto(`${elsewhere}/sign-in`, { waitUntil: "networkidle" });
    expect(await page.isVisible("text=Sign in with a passkey")).toBe(false);
  });

  test("of a server that is reached by an IP address offers none and says why", async () => {
    const numeric = await startServer();
    const core = openServices(numeric);
    try {
      const { owner } = await createOrganization(core, numeric);
      const signInPage = await createVisitor(numeric.url).get("/sign-in");
      expect(signInPage.html).not.toMatch(/passkey|webauthn|<script/i);
      const member = await signedIn(numeric.url, owner);
      const { html } = await member.get("/account/passkeys");
      expect(html).toMatch(/reached by an IP address here \(127\.0\.0\.1\)/);
      expect(html).not.toContain("Add passkey");
      const refused = await createVisitor(numeric.url).post("/sign-in/passkey/options", {});
      expect(refused.status).toBe(409);
      expect(json(refused.html).message).toMatch(/IP address/);
    } finally {
      await core.close();
      await numeric.stop();
    }
  });

  const json = (text: string) => JSON.parse(text) as { message: string };

  test.each([
    ["phone", { viewport: { width: 390, height: 844 } }],
    ["smallest phone", { viewport: { width: 320, height: 568 } }],
    ["phone, dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
    ["desktop", { viewport: { width: 1280, height: 900 } }],
    ["desktop, dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
  ] as const)("on a %s is free of axe violations and fits", async (name, shape) => {
    await context.close();
    await openContext(shape, { look: looks[name] });
    const found: string[] = [];
    const person = await organization.addPerson();
    await page.goto(`${server.url}/sign-in`);
    await page.click("text=Sign in with a passkey");
    await page.waitForSelector("[role=alert]:not(:empty)");
    found.push(...(await tab.inspect()));
    await enter(person);
    await page.goto(`${server.url}/account/passkeys`);
    found.push(...(await tab.inspect()));
    await addPasskey(person);
    await enter(person);
    await page.goto(`${server.url}/account/passkeys?done=added`);
    found.push(...(await tab.inspect()));
    await page.click("summary:has-text('Rename')");
    await page.click("summary:has-text('Remove')");
    await page.click("text=Add passkey");
    await page.waitForSelector("[role=alert]:not(:empty)");
    found.push(...(await tab.inspect()));
    expect(found).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });
});

// A person connects an app in a real browser, with the keyboard, from an address that openid-client creates.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient, type OAuthClient } from "@sayso/core";
import { must } from "@sayso/must";
import {
  api,
  createOrganization,
  openServices,
  startServer,
  type TestOrganization,
  type TestPerson,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import * as oauth from "openid-client";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { openTab, type Tab } from "../pages/tab.ts";

let server: TestServer;
let services: TestServices;
let organization: TestOrganization;
let ada: TestPerson;
let browser: TestBrowser;
let tab: Tab;
let page: Page;
/** The app's own server. It shows that the app is done, on any path that people are sent back to. */
let app: Server;
let redirectUri: string;
let client: OAuthClient;
let config: oauth.Configuration;

beforeAll(async () => {
  app = createServer((_request, response) => response.end("<title>The app</title>Connected"));
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  redirectUri = `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`;
  server = await startServer();
  services = openServices(server);
  organization = await createOrganization(services, server, { name: "Acme" });
  ada = await organization.addPerson({ name: "Ada Lovelace" });
  const made = await createClient(organization.context, {
    name: "Night shift robot",
    redirectUris: [redirectUri],
  });
  client = made.client;
  config = await oauth.discovery(new URL(server.url), client.id, must(made.secret), undefined, {
    algorithm: "oauth2",
    execute: [oauth.allowInsecureRequests],
  });
  browser = await shareBrowser();
});
afterAll(async () => {
  await browser?.close();
  app?.close();
  await services?.close();
  await server?.stop();
});
beforeEach(async () => {
  tab = await openTab(browser, server.url, { viewport: { width: 320, height: 700 } });
  ({ page } = tab);
});
afterEach(() => tab.context.close());

async function startConnecting() {
  const verifier = oauth.randomPKCECodeVerifier();
  const state = oauth.randomState();
  const url = oauth.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: "approvals:read approvals:write",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
  });
  await page.goto(url.href);
  return { verifier, state };
}

async function signIn() {
  await page.getByLabel("Email").fill(ada.email);
  await page.getByLabel("Password").fill(ada.password);
  await page.keyboard.press("Enter");
}

test("signs in, reads what the app may do, allows it by keyboard, and the app acts for them", async () => {
  const { verifier, state } = await startConnecting();
  await expect.poll(() => page.title()).toContain("Sign in");
  await signIn();
  await expect.poll(() => page.title()).toContain("Connect Night shift robot");
  const words = await page.locator("main").innerText();
  expect(words).toContain("Ada Lovelace");
  expect(words).toContain("Acme");
  expect(words).toContain("Vote in your name");
  expect(await page.getByLabel("Vote in your name").isChecked()).toBe(false);
  expect(words).not.toContain("approvals:write");
  expect(await tab.inspect()).toEqual([]);
  await page.getByRole("button", { name: "Allow", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.title()).toBe("The app");

  const tokens = await oauth.authorizationCodeGrant(config, new URL(page.url()), {
    pkceCodeVerifier: verifier,
    expectedState: state,
  });
  expect(tokens).toMatchObject({ org_name: "Acme", user_email: ada.email });
  const asked = await api(server.url, tokens.access_token).create({ title: "Through the app" });
  expect(asked.body.created_by).toBe(ada.id);
  expect(tab.complaints).toEqual([]);
});

test("says no, and the app is told that", async () => {
  const { verifier, state } = await startConnecting();
  await signIn();
  await page.getByRole("button", { name: "Don't allow" }).click();
  await expect.poll(() => page.title()).toBe("The app");
  await expect(
    oauth.authorizationCodeGrant(config, new URL(page.url()), {
      pkceCodeVerifier: verifier,
      expectedState: state,
    }),
  ).rejects.toMatchObject({ error: "access_denied" });
});

test("another browser, or an answered question, is told to start again", async () => {
  await startConnecting();
  await signIn();
  await expect.poll(() => page.title()).toContain("Connect Night shift robot");
  const question = page.url();
  const elsewhere = await browser.newContext();
  await elsewhere.addCookies([
    { name: "sayso_session", value: await ada.signIn(), url: server.url, httpOnly: true },
  ]);
  const other = await elsewhere.newPage();
  await other.goto(question);
  expect(await other.title()).toContain("Start again");
  await elsewhere.close();
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await expect.poll(() => page.title()).toBe("The app");
  await page.goto(question);
  expect(await page.title()).toContain("Start again");
  expect(await tab.inspect()).toEqual([]);
});

test("an app's wrong redirect address leads nowhere, and the page says so", async () => {
  await page.goto(
    `${server.url}/oauth/authorize?response_type=code&client_id=${client.id}&scope=approvals:read&redirect_uri=${encodeURIComponent(`${redirectUri}/more`)}&code_challenge_method=S256&code_challenge=${"a".repeat(43)}`,
  );
  expect(page.url()).toContain(server.url);
  expect(await page.locator("main").innerText()).toContain("redirect_uri");
  expect(await tab.inspect()).toEqual([]);
});

test("the question is not shown in a frame", async () => {
  await startConnecting();
  await signIn();
  await expect.poll(() => page.title()).toContain("Connect Night shift robot");
  const question = page.url();
  await page.goto(redirectUri);
  await page.setContent(`<title>Trap</title><iframe src="${question}"></iframe>`);
  await expect.poll(() => tab.complaints.join()).toMatch(/frame-ancestors|X-Frame-Options/i);
});

// The frame of the dashboard: access, response headers, navigation, palette, keys.
import { shareStage } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { looks } from "../pages/tab.ts";
import { openDashboard, screenNames, screens } from "./dashboard-tab.ts";
import { holdTimers } from "./page-timers.ts";

const stage = await shareStage();
const { server, organization } = stage;
const ann = await organization.addPerson({ name: "Ann Abel", role: "admin" });
let browser: TestBrowser;
beforeAll(async () => {
  browser = await shareBrowser();
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

test("who is not signed in goes to sign in, and comes back to where they wanted to go", async () => {
  const response = await fetch(`${server.url}/app/requests?search=a`, { redirect: "manual" });
  expect(response.status).toBe(303);
  expect(response.headers.get("location")).toBe("/sign-in?next=%2Fapp%2Frequests%3Fsearch%3Da");
});

test("the document allows no inline script and no inline style; files are kept for good and come compressed", async () => {
  const cookie = `sayso_session=${await ann.signIn()}`;
  const page = await fetch(`${server.url}/app/inbox`, { headers: { cookie } });
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
  expect(policy).not.toContain("unsafe");
  const html = await page.text();
  const script = /src="(\/app\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? "";
  const answer = await fetch(server.url + script, { headers: { "accept-encoding": "br" } });
  expect(answer.headers.get("content-encoding")).toBe("br");
  expect(answer.headers.get("cache-control")).toContain("immutable");
  expect(await answer.text()).toContain("createRoot");
});

describe.each(screenNames)("on a %s", (name) => {
  test("the frame has no fault that axe finds, and is not too wide", async () => {
    const tab = await openDashboard(browser, server.url, ann, screens[name], looks[name]);
    await tab.show("/teams");
    expect(await tab.inspect()).toEqual([]);
    expect(tab.complaints).toEqual([]);
    await tab.context.close();
  });
});

test("a page doesn't draw itself without end where each drawing takes longer than the clock's next step", async () => {
  const tab = await openDashboard(browser, server.url, ann, screens.phone);
  // Imitates a slow phone, all the time: no two reads of the clock return the same time.
  await tab.page.addInitScript(`{
    const { now } = Date;
    let last = 0;
    Date.now = () => (last = Math.max(now(), last + 1));
  }`);
  await tab.show("/tokens");
  await tab.page.getByRole("button", { name: "New token" }).click();
  await tab.dialog("New token").waitFor();
  expect(tab.complaints).toEqual([]);
  await tab.context.close();
});

test("a hidden tab reads nothing again for having slept, until it is shown", async () => {
  const tab = await openDashboard(browser, server.url, ann);
  const { page } = tab;
  await page.clock.install();
  await tab.show("/teams");
  let readings = 0;
  page.on("request", (request) => {
    if (request.url().includes("/api/v1/inbox")) readings++;
  });
  const turn = (to: "hidden" | "visible") =>
    page.evaluate(`
      Object.defineProperty(document, "hidden", { configurable: true, value: ${to === "hidden"} });
      Object.defineProperty(document, "visibilityState", { configurable: true, value: "${to}" });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    `);
  await turn("hidden");
  await page.clock.fastForward(50_000);
  // This call comes after any read that the page had already begun, so such a read would have been counted.
  await page.evaluate(() => fetch("/api/v1/me"));
  expect(readings).toBe(0);
  await turn("visible");
  await expect.poll(() => readings).toBe(1);
  await tab.context.close();
});

test("who can't be signed out is told so; who is, is so in every tab", async () => {
  const tab = await openDashboard(browser, server.url, ann);
  const { page } = tab;
  await tab.show("/teams");
  const other = await tab.context.newPage();
  // Its own regular reads, which would notice it too, don't come.
  await holdTimers(other, 5000);
  await other.goto(`${server.url}/app/people`);
  await other.getByRole("heading", { name: "People" }).first().waitFor();
  const signOut = async () => {
    await page.getByRole("button", { name: "Your account and organizations" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
  };
  await page.route("**/me/sign-out", (route) => route.abort());
  await signOut();
  await page.getByText("Can't reach Sayso").first().waitFor();
  await page.unroute("**/me/sign-out");
  await signOut();
  await page.waitForURL("**/sign-in");
  await other.waitForURL("**/sign-in?next=*people&ended=0");
  await tab.context.close();
});

test("g and a letter, the palette and the list of keys lead around without a mouse", async () => {
  const tab = await openDashboard(browser, server.url, ann);
  const { page } = tab;
  await tab.show("/teams");
  await tab.chord("g", "p");
  await page.waitForURL("**/app/people");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("deliv");
  await expect.poll(() => page.getByRole("option").first().textContent()).toContain("Deliveries");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/app/deliveries");
  await tab.dialog().waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await tab.dialog("Keyboard shortcuts").waitFor();
  await page.keyboard.press("Escape");
  await tab.dialog().waitFor({ state: "detached" });
  expect(tab.complaints).toEqual([]);
  await tab.context.close();
});

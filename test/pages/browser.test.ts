import { addComment, createApproval, listVotes, resetPassword } from "@sayso/core";
import {
  createOrganization,
  openServices,
  startServer,
  type TestOrganization,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { looks, openTab, type Look, type Tab } from "./tab.ts";

let server: TestServer;
let services: TestServices;
let organization: TestOrganization;
let browser: TestBrowser;
let tab: Tab;
let page: Page;

beforeAll(async () => {
  server = await startServer();
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
afterEach(() => tab.context.close());

async function openContext(options: BrowserContextOptions, look?: Look) {
  tab = await openTab(browser, server.url, options, look);
  ({ page } = tab);
}

const enter = (person = organization.owner) => tab.enter(person);

const ask = async (more: Partial<Parameters<typeof createApproval>[1]> = {}) =>
  (
    await createApproval(organization.context, {
      title: "Deploy v2",
      description: "All tests passed.",
      priority: "medium",
      ...more,
    })
  ).record.id;

/** Creates a request that has everything a request can show. */
async function askForMuch() {
  const others = [await organization.addPerson(), await organization.addPerson()];
  const id = await ask({
    title: "Pay \u202Egpj.exe\u202C — and a longword".padEnd(120, "w"),
    priority: "critical",
    requireRejectionReason: true,
    assignedApprovers: [organization.owner.id, ...others.map((person) => person.id)],
    isSequential: true,
    expiresAt: new Date(Date.now() + 7_200_000),
    autoAction: "reject",
    autoActionAfterMinutes: 30,
    sourceName: "Pipeline",
    sourceUrl: "https://ci.example.com/1",
    actionType: "deploy",
    metadata: {
      list: ["a", { b: [1, true, null] }],
      link: "https://example.com",
      empty: {},
      long: "x".repeat(300),
    },
    contextHtml:
      '<h3>What changes</h3><table><tr><th>a</th><td>b</td></tr></table><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="4000"><a href="https://example.com">x</a>',
  });
  await addComment(organization.context, id, "Look <b>here</b>\n".repeat(3));
  return id;
}

const shapes = {
  phone: { viewport: { width: 390, height: 844 } },
  "smallest phone": { viewport: { width: 320, height: 568 } },
  "desktop at 200 %": { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 },
  desktop: { viewport: { width: 1280, height: 900 } },
  "desktop, dark": { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  "phone, dark": { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
} as const;

/** Waits a second, because a page can only approve after a second: nobody reads faster. */
const read = (page: Page) => page.waitForTimeout(1000);

describe.each(Object.keys(shapes) as (keyof typeof shapes)[])("on a %s", (name) => {
  test("every page is free of axe violations and needs no scrolling sideways", async () => {
    await tab.context.close();
    await openContext(shapes[name], looks[name]);
    const found: string[] = [];
    const visit = async (path: string) => {
      await page.goto(server.url + path);
      found.push(...(await tab.inspect()));
    };
    const link = await resetPassword(organization.context, (await organization.addPerson()).id);
    await visit("/sign-in");
    await visit(`/reset/${link.token}`);
    await page.fill("#password", "password1");
    await page.click("main button");
    await page.waitForSelector("#password-fault");
    found.push(...(await tab.inspect()));
    await visit("/reset/used");
    await enter();
    const much = await askForMuch();
    await visit("/waiting");
    await visit("/waiting?tab=decided");
    await visit("/requests/none");
    await visit(`/requests/${await ask()}`);
    await visit(`/requests/${much}`);
    await page.click("summary");
    await page.click("button.reject");
    await page.waitForSelector("#decision-comment-fault");
    found.push(...(await tab.inspect()));
    await page.check("#confirmed");
    await read(page);
    await page.click("button.approve");
    await page.waitForURL(/done=vote/);
    found.push(...(await tab.inspect()));
    expect(found).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });
});

test("the whole way by keyboard: sign in, open the request, skip to it, comment, approve", async () => {
  const id = await ask({ title: "By keyboard" });
  const { keyboard } = page;
  await page.goto(`${server.url}/requests/${id}`);
  await expect.poll(() => tab.focused("id")).toBe("email");
  await keyboard.type(organization.owner.email);
  await tab.tabTo("#password");
  await keyboard.type(organization.owner.password);
  await keyboard.press("Enter");
  await page.waitForURL(`${server.url}/requests/${id}`);
  await keyboard.press("Tab");
  await expect.poll(() => tab.focused("className")).toBe("skip");
  await keyboard.press("Enter");
  await tab.tabTo("#decision-comment");
  await keyboard.type("Typed");
  await tab.tabTo("button.approve");
  expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe(
    "solid",
  );
  await read(page);
  await keyboard.press("Enter");
  await page.waitForURL(/done=vote/);
  // The outcome has the focus, so that a screen reader reads it out.
  await expect.poll(() => tab.focused("textContent.trim()")).toMatch(/^Approved\./);
  expect(await listVotes(organization.context, id)).toMatchObject([
    { decision: "approve", comment: "Typed" },
  ]);
});

test("a double click is one vote", async () => {
  const id = await ask({ requiredApprovals: 2 });
  await enter();
  await page.goto(`${server.url}/requests/${id}`);
  await read(page);
  await page.dblclick("button.approve");
  await page
    .getByText(/vote was counted|earlier vote counts once/)
    .first()
    .waitFor();
  await page.waitForLoadState("networkidle");
  expect(await listVotes(organization.context, id)).toHaveLength(1);
});

test("on a phone the buttons are in reach at once, large enough for a thumb; critical ones come after everything that was said", async () => {
  await enter();
  const positions = async (id: string) => {
    await page.goto(`${server.url}/requests/${id}`);
    return page.evaluate<{ isInView: boolean; height: number; width: number }>(`(() => {
      const box = document.querySelector("button.approve").getBoundingClientRect();
      return { isInView: box.bottom <= innerHeight && box.top >= 0, height: box.height, width: box.width };
    })()`);
  };
  const much = {
    metadata: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`field ${i}`, i])),
  };
  const usual = await positions(await ask(much));
  expect(usual.isInView).toBe(true);
  expect(usual.height).toBeGreaterThanOrEqual(48);
  expect(usual.width).toBeGreaterThanOrEqual(120);
  expect((await positions(await ask({ ...much, priority: "critical" }))).isInView).toBe(false);
});

test("the browser holds a critical approval back until the box is ticked", async () => {
  const id = await ask({ priority: "critical" });
  await enter();
  await page.goto(`${server.url}/requests/${id}`);
  await page.click("button.approve");
  expect(page.url()).toBe(`${server.url}/requests/${id}`);
  expect(await listVotes(organization.context, id)).toEqual([]);
  await page.check("#confirmed");
  await read(page);
  await page.click("button.approve");
  await page.waitForURL(/done=vote/);
});

test("a browser that only looks, scripts and all, decides nothing, whatever the context would run", async () => {
  const id = await ask({
    contextHtml:
      '<script>document.forms[1].submit()</script><img src=x onerror="alert(1)"><form><button autofocus>Go</button></form>',
    title: "<script>alert(1)</script>",
  });
  await enter();
  for (const path of [`/requests/${id}`, `/requests/${id}/decision?decision=approve`]) {
    await page.goto(server.url + path);
    await page.waitForLoadState("networkidle");
  }
  expect(await listVotes(organization.context, id)).toEqual([]);
  expect(tab.complaints).toEqual([]);
});

test("another site's form does not vote, nor does a frame show the page", async () => {
  const id = await ask();
  await enter();
  await page.goto(`${server.url}/requests/${id}`);
  const csrf = await page.getAttribute("form.decide input[name=csrf]", "value");
  const evil = `<form method="post" action="${server.url}/requests/${id}/decision"><input name="csrf" value="${csrf}"><input name="version" value="1"><input name="decision" value="approve"><button>Win</button></form>
    <iframe src="${server.url}/requests/${id}"></iframe>`;
  await page.route("http://evil.example/", (route) =>
    route.fulfill({ contentType: "text/html", body: evil }),
  );
  await page.goto("http://evil.example/");
  expect(await page.frames()[1]?.evaluate(`document.querySelector("button.approve")`)).toBeFalsy();
  const [response] = await Promise.all([
    page.waitForResponse((r) => r.url().endsWith("/decision")),
    page.click("button"),
  ]);
  expect([303, 403]).toContain(response.status());
  expect(await listVotes(organization.context, id)).toEqual([]);
});

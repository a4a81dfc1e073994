// Fault 98 in the dashboard: text from a caller stays text. Even if it became markup, the policy (CSP) would run
// nothing.
import { createConnection } from "@sayso/core";
import { must } from "@sayso/must";
import { api, shareStage } from "@sayso/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { hostileTexts } from "../pages/hostile-texts.ts";
import { openDashboard, type DashboardTab } from "./dashboard-tab.ts";

const stage = await shareStage();
const { server, organization, services } = stage;
const evilName = '"><img src=x onerror=alert(1)>';
const mallory = await organization.addPerson({ name: evilName, role: "admin" });
let browser: TestBrowser;
let tab: DashboardTab;
let page: Page;
beforeAll(async () => {
  browser = await shareBrowser();
  tab = await openDashboard(browser, server.url, mallory);
  ({ page } = tab);
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

/** Finds active content that Sayso didn't put into the page: elements, handlers, addresses. */
const findLife = (): Promise<string[]> =>
  page.evaluate<string[]>(`(() => {
    const elements = [...document.body.querySelectorAll(
      "script, iframe, object, embed, base, meta, style, link, math, form[action]"
    )].map((element) => element.outerHTML);
    const attributes = [...document.body.querySelectorAll("*")]
      .flatMap((element) => [...element.attributes])
      .filter(({ name, value }) =>
        /^(?:on|srcdoc|formaction)/.test(name) ||
        (/^(?:href|src|action)$/.test(name) &&
          /^\\s*(?:javascript|vbscript):|^\\/\\/|^data:(?!image\\/)/i.test(value)))
      .map(({ name, value }) => name + "=" + value);
    return [...elements, ...attributes];
  })()`);

test("the finder finds what it looks for", async () => {
  await tab.show("/inbox");
  await page.evaluate(`{
    const box = document.createElement("p");
    box.innerHTML = "<iframe></iframe><a href='javascript:x'>a</a><b onclick='y'></b>";
    document.body.append(box);
  }`);
  expect(await findLife()).toHaveLength(3);
});

async function askEvil(evil: string): Promise<string> {
  const made = await createConnection(organization.context, { name: evil, rateLimitPerHour: 1000 });
  const { status, body } = await api(server.url, made.key).create({
    title: evil,
    description: evil,
    priority: "high",
    action_type: evil,
    source: evil,
    source_id: evil,
    source_name: evil,
    context_html: `${evil}<p>after</p>`,
    required_approvals: 2,
    metadata: {
      [evil]: evil,
      list: [evil, { [evil]: [evil] }],
      before: { [evil]: evil },
      after: { [evil]: `${evil}\nmore` },
    },
  });
  expect(status).toBe(201);
  // The API refuses such an address. Stored past the API, it must do nothing on the page either.
  await services.sql("update requests set source_url = $2 where id = $1", [body.id, evil]);
  return body.id;
}

/** Goes to another page of the dashboard without a reload. */
const goTo = (path: string) =>
  page.evaluate(
    `history.pushState(null, "", "/app${path}"); dispatchEvent(new PopStateEvent("popstate"))`,
  );

test("every text of a request is inert: in lists, on its page, and as JSON", async () => {
  const ids = await Promise.all(hostileTexts.map(askEvil));
  for (const path of ["/inbox", "/requests"]) {
    await tab.show(path);
    await expect
      .poll(async () => {
        const shown = (await page.locator("main").textContent()) ?? "";
        return hostileTexts.filter((evil) => shown.includes(evil)).length;
      })
      .toBeGreaterThan(5);
    expect(await findLife()).toEqual([]);
  }
  for (const [index, evil] of hostileTexts.entries()) {
    const id = must(ids[index]);
    await mallory.api.comment(id, evil);
    await mallory.api.decide(id, { decision: "approve", comment: evil, source: evil });
    await goTo(`/requests/${id}`);
    // Title, description, fields, lists, difference, comment, vote, source, action: word for word.
    await expect
      .poll(async () => ((await page.locator("main").textContent()) ?? "").split(evil).length - 1)
      .toBeGreaterThanOrEqual(10);
    await page.getByText("You approved this.").waitFor();
    expect([evil, await findLife()]).toEqual([evil, []]);
  }
  await page.keyboard.press("e");
  await page.getByRole("region", { name: "JSON" }).waitFor();
  expect(await findLife()).toEqual([]);
  expect(tab.complaints).toEqual([]);
});

test("what deceives the eye is marked, in the title, the fields, the difference and the tab", async () => {
  const text = "pay\u202epal";
  const { body } = await stage.machine.api.create({
    title: text,
    description: text,
    metadata: { [text]: text, before: {}, after: { [text]: text } },
  });
  await tab.show(`/requests/${body.id}`);
  await page.locator("dl").getByText("U+202E").first().waitFor();
  await page.keyboard.press("e");
  await page.getByRole("region", { name: "JSON" }).waitFor();
  await page.keyboard.press("e");
  await page.locator("dl").getByText("U+202E").first().waitFor();
  expect(await page.locator("main").innerHTML()).not.toContain("\u202e");
  expect(await page.locator("main h1").textContent()).toBe("payU+202Epal");
  const marks = page.locator("main").getByTitle(/^U\+202E/);
  await expect.poll(() => marks.count()).toBeGreaterThanOrEqual(6);
  expect(await page.locator("main").innerHTML()).not.toContain("\u202e");
  await expect.poll(() => page.title()).toContain("pay[U+202E]pal");
});

test("links lead out only over http(s), alone, and without telling where from", async () => {
  const { body } = await stage.machine.api.create({
    source_name: "Pipeline",
    source_url: "https://ci.example.com/1",
    metadata: {
      good: "https://example.com/?a=1&b=2",
      bad: "https://user:pass@example.com",
      ftp: "ftp://example.com/x",
      script: "javascript:alert(1)",
    },
  });
  await tab.show(`/requests/${body.id}`);
  const links = () =>
    page.evaluate<string[][]>(
      `[...document.querySelectorAll("main a[href*=':']")].map((link) =>
       ["href", "rel", "target"].map((name) => link.getAttribute(name)))`,
    );
  const alone = ["noopener noreferrer nofollow", "_blank"];
  await expect.poll(links).toEqual([
    ["https://example.com/?a=1&b=2", ...alone],
    ["https://ci.example.com/1", ...alone],
  ]);
});

test("were the context not sanitised, the page's policy would still let nothing run or load", async () => {
  const { body } = await stage.machine.api.create({ context_html: "<p>x</p>" });
  await services.sql("update requests set context_html = $2 where id = $1", [
    body.id,
    `<p>here</p><img src=x onerror=alert(1)><script>alert(1)</script><iframe src="javascript:alert(1)"></iframe>
     <a id="lure" href="javascript:alert(1)">lure</a><style>main{display:none}</style><form action="https://evil.example/"><button>Send</button></form>`,
  ]);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).host));
  await tab.show(`/requests/${body.id}`);
  await page.getByText("here", { exact: true }).waitFor();
  await page.locator("#lure").click();
  // The form leads nowhere, so the click starts no navigation to wait for.
  await page.getByRole("button", { name: "Send" }).click({ noWaitAfter: true });
  await expect.poll(() => tab.complaints.length).toBeGreaterThanOrEqual(3);
  expect(tab.complaints.filter((text) => text.startsWith("dialog"))).toEqual([]);
  expect(tab.complaints.filter((text) => !/Content Security Policy/i.test(text))).toEqual([]);
  expect(new Set(asked)).toEqual(new Set([new URL(server.url).host]));
  expect(page.url()).toContain(body.id);
});

// Rich context is text of somebody else. Showing it sends no call: neither to Sayso with the reader's session, nor to
// another site.
import { shareStage } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDashboard } from "../dashboard/dashboard-tab.ts";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";

const stage = await shareStage();
const { server, machine, alice } = stage;
let browser: TestBrowser;
beforeAll(async () => {
  browser = await shareBrowser();
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

const pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";
const calling = [
  '<img src="/api/v1/activity/export">',
  '<img src="api/v1/figures">',
  '<img src="?again">',
  '<img src="//127.0.0.1:9/x.png">',
  '<img src="https://example.com/pixel.png">',
  '<img src=" /api/v1/org">',
  '<img src="\t/api/v1/me">',
  '<img src="" srcset="/api/v1/org 2x">',
  '<img src="data:text/html,<p>hello">',
  '<a href="/oauth/authorize?client_id=x">look</a>',
  '<a href="account/tokens">here</a>',
  '<a href="//example.com/x">there</a>',
  '<a href="javascript:alert(1)">run</a>',
];

test("no address without a host of its own is kept, in images and in links", async () => {
  const { body } = await machine.api.create({
    context_html: `${calling.join("\n")}<img src="${pixel}" alt="dot"><a href="https://example.com/run/1">run 1</a>`,
  });
  const html = String(body.context_html);
  expect(html.match(/(?:src|href|srcset)="[^"]*"/g)).toEqual([
    `src="${pixel}"`,
    'href="https://example.com/run/1"',
  ]);
});

test.each(["/requests/", "/app/requests/"])(
  "looking at a request on %s makes no call that its context asks for",
  async (page) => {
    const { body } = await machine.api.create({
      title: "Look at me",
      context_html: `<p>The context</p>${calling.join("").repeat(20)}`,
    });
    const tab = await openDashboard(browser, server.url, alice);
    const called: string[] = [];
    tab.page.on("request", (request) => {
      if (request.resourceType() === "image" && !request.url().startsWith("data:"))
        called.push(request.url());
    });
    await tab.open(`${page}${body.id}${page === "/requests/" ? "?plain=1" : ""}`);
    await tab.page.getByText("The context").waitFor();
    await tab.page.waitForLoadState("load");
    expect(called.filter((url) => !url.includes("/assets/"))).toEqual([]);
    expect(tab.complaints).toEqual([]);
    await tab.context.close();
  },
);

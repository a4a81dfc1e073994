// Descriptions and comments are Markdown of somebody else. It can't hide a part of what is asked, lead elsewhere than it
// says, call anything, or push the question out of sight; on the dashboard and on the plain page.
import { must } from "@sayso/must";
import { shareStage } from "@sayso/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDashboard, screens, type DashboardTab } from "../dashboard/dashboard-tab.ts";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";

const stage = await shareStage();
const { server, machine, alice } = stage;
let browser: TestBrowser;
let tab: DashboardTab;
beforeAll(async () => {
  browser = await shareBrowser();
  tab = await openDashboard(browser, server.url, alice, screens.phone);
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

const pages = [
  { name: "the dashboard", path: "/app/requests/", asked: "" },
  { name: "the plain page", path: "/requests/", asked: "?plain=1" },
] as const;

const addressOf = (path: string, id: string) =>
  path + id + (pages.find((page) => page.path === path)?.asked ?? "");

const open = async (path: string, description: string, more: Record<string, unknown> = {}) => {
  const { body } = await machine.api.create({ title: "Look at this", description, ...more });
  await tab.open(addressOf(path, body.id));
  await tab.page.getByRole("heading", { name: "Look at this" }).first().waitFor();
  return { id: body.id, description: tab.page.locator("[class*=markdown]").first() };
};
/** Returns the text that a person sees, without elements that take no place or have no colour of their own. */
const seen = (page: Page) =>
  page.evaluate<string>(`(() => {
    const root = document.querySelector("[class*=markdown]");
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    let text = "";
    while (walker.nextNode()) {
      const { parentElement: parent } = walker.currentNode;
      const { color, fontSize, visibility, opacity } = getComputedStyle(parent);
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      const { width, height } = range.getBoundingClientRect();
      const isSeen = width > 0 && height > 0 && visibility === "visible" && opacity === "1" && parseFloat(fontSize) >= 9 && color !== "rgba(0, 0, 0, 0)";
      if (isSeen) text += walker.currentNode.data;
    }
    return text;
  })()`);

describe.each(pages)("on $name", ({ path }) => {
  test.each([
    ["a definition of a link, which Markdown never shows", "Pay 5\n\n[//]: # (SECRET)"],
    ["a comment", "Pay 5 <!-- SECRET -->"],
    [
      "an element that is hidden",
      '<div style="display:none">SECRET</div><span hidden>SECRET</span>',
    ],
    ["a cell that its table has no place for", "| Pay |\n|---|\n| 5 | SECRET |"],
    ["what stands behind a fence", "```js SECRET\nx\n```"],
    ["the title of a link", '[Pay 5](https://a.example "SECRET")'],
    ["the words for a picture", "![SECRET](https://a.example/x.png)"],
    ["a quote in a quote in a quote …", `${">".repeat(300)} SECRET`],
    ["a foldable part", "<details><summary>Pay 5</summary>SECRET</details>"],
  ])("%s is seen", async (_, description) => {
    await open(path, description);
    expect(await seen(tab.page)).toContain("SECRET");
    expect(tab.complaints).toEqual([]);
  });

  test("characters that show nothing are named in every part", async () => {
    const hidden = "a\u202eb";
    await open(
      path,
      [
        `# ${hidden}`,
        `- ${hidden}`,
        `**${hidden}**`,
        `\`${hidden}\``,
        `[${hidden}](https://a.example)`,
        `| ${hidden} |\n|---|\n| x |`,
      ].join("\n\n"),
    );
    expect((await seen(tab.page)).match(/U\+202E/g)).toHaveLength(6);
    expect(await tab.page.content()).not.toContain("\u202e");
  });

  test("a link says its host, wherever its words pretend to lead, and takes nothing along", async () => {
    await open(
      path,
      "[https://bank.example/login](https://evil.example/x) and [here](/account/tokens) and [run](javascript:alert(1))",
    );
    const link = tab.page.locator("[class*=markdown] a");
    expect(await link.count()).toBe(1);
    expect(await link.innerText()).toBe("https://bank.example/login (evil.example)");
    expect(await link.getAttribute("href")).toBe("https://evil.example/x");
    expect(await link.getAttribute("rel")).toBe("noopener noreferrer nofollow");
    expect(await link.getAttribute("target")).toBe("_blank");
    expect(await seen(tab.page)).toContain("here (/account/tokens) and [run](javascript:alert(1))");
  });

  test("looking calls nothing that the text names", async () => {
    const called: string[] = [];
    const listen = (request: { url: () => string }) => {
      if (!request.url().startsWith(server.url) || request.url().includes("figures"))
        called.push(request.url());
    };
    tab.page.on("request", listen);
    await open(
      path,
      "![x](https://evil.example/pixel.png) ![y](/api/v1/figures) ![z](data:image/svg+xml,<svg/>) <img src=//evil.example>",
    );
    await tab.page.waitForLoadState("load");
    tab.page.off("request", listen);
    expect(called).toEqual([]);
    expect(await tab.page.locator("[class*=markdown] img").count()).toBe(0);
  });

  test("headings are no larger than the rest, so that they push nothing away", async () => {
    await open(path, "# GIANT\n\nsmall\n\nGIANT\n=====\n\n###### tiny");
    const sizes = await tab.page.evaluate<string[]>(
      `[...document.querySelectorAll("[class*=markdown] :is(p, strong, h1, h2, h3, h6)")].map((each) => getComputedStyle(each).fontSize)`,
    );
    expect(new Set(sizes).size).toBe(1);
  });

  test("numbers and marks stay as they were written", async () => {
    const text = "Pay 2*3*4 EUR to C:\\\\x\\_y &amp; co";
    await open(path, `${text}\n\n7. seven\n9. nine\n\n- 500 EUR`);
    expect(await seen(tab.page)).toContain(text);
    const marks = await tab.page.evaluate<string[]>(
      `[...document.querySelectorAll("[class*=markdown] li")].map((li) => li.value + getComputedStyle(li).listStyleType)`,
    );
    expect(marks).toEqual(["7decimal", "9decimal", '0"-  "']);
  });

  test("nothing scrolls the page sideways, and a wide table scrolls in its place", async () => {
    const cells = Array.from({ length: 12 }, (_, i) => `column ${i}`);
    await open(
      path,
      `| ${cells.join(" | ")} |\n|${"---|".repeat(12)}\n| ${cells.join(" | ")} |\n\n${"x".repeat(600)}\n\n\`${"y".repeat(600)}\``,
    );
    expect(await tab.inspect()).toEqual([]);
    const [inner, outer] = await tab.page.evaluate<number[]>(
      `(() => { const box = document.querySelector("[class*=markdown] [role=region]"); return [box.scrollWidth, box.clientWidth]; })()`,
    );
    expect(inner).toBeGreaterThan(must(outer));
  });

  test("a comment is read in the same way", async () => {
    const { id } = await open(path, "Calm");
    await machine.api.comment(
      id,
      "**Bold** [x](https://evil.example) <!-- SECRET --> ![p](https://evil.example/p.png)",
    );
    await tab.open(addressOf(path, id));
    const comment = tab.page.locator("[class*=markdown]", { hasText: "Bold" });
    await comment.waitFor();
    expect(await comment.innerText()).toBe(
      "Bold x (evil.example) <!-- SECRET --> Picture: p (evil.example)",
    );
    expect(await comment.locator("strong").innerText()).toBe("Bold");
  });
});

test("a table's part that lies beside its place has to be seen before an approval", async () => {
  const cells = Array.from({ length: 12 }, (_, i) => `column ${i}`);
  const { id } = await open(
    "/app/requests/",
    `| ${cells.join(" | ")} |\n|${"---|".repeat(12)}\n| ${cells.join(" | ")} |`,
  );
  await tab.canDecide();
  await tab.readOn();
  const approve = tab.page
    .getByRole("group", { name: "Your decision" })
    .getByRole("button", { name: "Approve" });
  expect(await approve.getAttribute("aria-disabled")).toBe("true");
  await approve.tap({ force: true });
  expect((await alice.api.get(id)).body.status).toBe("pending");
  await tab.page.evaluate(
    `document.querySelector("[class*=markdown] [role=region]").scrollLeft = 9999`,
  );
  await expect.poll(() => approve.getAttribute("aria-disabled")).not.toBe("true");
});

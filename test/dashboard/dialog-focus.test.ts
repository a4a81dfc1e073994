// A dialog takes the keys that a person types as soon as it is open: into its first field; or Cancel has the focus, if the
// answer can't be undone. No dialog starts on the button that closes it.
import { shareStage } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { openDashboard, screens, type DashboardTab } from "./dashboard-tab.ts";
import { furnishGoalPages } from "./goals-furniture.ts";

const stage = await shareStage();
const { server, owner, alice, machine } = stage;
let browser: TestBrowser;
let desk: DashboardTab;
let requestId: string;
let goalId: string;
beforeAll(async () => {
  browser = await shareBrowser();
  const { objective } = await furnishGoalPages(stage);
  goalId = objective.id;
  requestId = (await machine.api.create({ title: "Refund", assigned_approvers: [owner.id] })).body
    .id;
  await owner.api.call("POST", "/api/v1/teams", { body: { name: "Operations" } });
  desk = await openDashboard(browser, server.url, owner);
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

/** The text that is typed: letters that are shortcuts of many pages as well. */
const TEXT = "a jar c";

/** What has the focus, in words. */
const focused = ({ page }: DashboardTab) =>
  page.evaluate<string>(`(() => {
    const one = document.activeElement;
    if (one.matches("[role=dialog]")) return "the dialog";
    if (one.closest("[role=dialog]") === null) return "nothing in the dialog";
    return one.matches("input, select, textarea") ? "a field" : (one.textContent || one.ariaLabel);
  })()`);

interface Case {
  path: string | (() => string);
  /** The key, or the name of the button, that opens the dialog. */
  key?: string;
  button?: string | RegExp;
  /** The name of the link that opens the dialog. */
  link?: string;
  /** What has the focus at first. Default: a field that takes the typed text. */
  starts?: "a field" | "Cancel" | "the dialog";
}

const goal = () => `/goals/objectives/${goalId}`;
const request = () => `/requests/${requestId}`;
const cases: Record<string, Case> = {
  "the palette, by key": { path: "/inbox", key: "Control+k" },
  "the palette, by its button": { path: "/inbox", button: /^Search/ },
  "the filters": { path: "/inbox", button: "Filter", starts: "a field" },
  "saving a view": { path: "/inbox?search=refund", button: "Save view" },
  "the keys of a page": { path: "/inbox", key: "?", starts: "the dialog" },
  "a rejection": { path: request, key: "r" },
  "delegating a vote": { path: request, button: "Delegate", starts: "a field" },
  "a token": { path: "/tokens", button: "New token" },
  "a connection": { path: "/connections", button: "New connection", starts: "a field" },
  "an app": { path: "/apps", button: "New app", starts: "a field" },
  "a subscription": { path: "/subscriptions", button: "New subscription" },
  "an invitation": { path: "/people", button: "Invite people" },
  "a person": { path: "/people", link: "Alice Approver" },
  "a team": { path: "/teams", button: "New team" },
  "a template": { path: "/templates", button: "New template" },
  "an objective": { path: "/goals", button: "New objective" },
  "a key result": { path: goal, button: "Add key result" },
  "a KPI": { path: "/goals/kpis", button: "New KPI" },
  "a cycle": { path: "/goals/cycles", button: "New cycle" },
  "a key for goals": { path: "/goals/keys", button: "New key" },
  "the emergency stop": { path: "/settings", button: "Stop everything…" },
};

/** Opens the page, and then the dialog: by keyboard, as a person without a mouse does. */
async function openCase({ path, key, button, link }: Case): Promise<void> {
  await desk.show(typeof path === "string" ? path : path());
  if (path === request) await desk.canDecide();
  if (key !== undefined) return desk.page.keyboard.press(key);
  const opener = desk.page.getByRole("main").or(desk.page.getByRole("complementary"));
  const name = link ?? button ?? "";
  await opener
    .getByRole(link === undefined ? "button" : "link", { name, exact: typeof name === "string" })
    .locator("visible=true")
    .first()
    .focus();
  await desk.page.keyboard.press("Enter");
}

describe("what is typed first in the dialog of", () => {
  test.each(Object.entries(cases))("%s", async (_, one) => {
    await openCase(one);
    await desk.dialog().waitFor();
    const { starts } = one;
    await expect.poll(() => focused(desk)).toBe(starts ?? "a field");
    if (starts === undefined) {
      await desk.page.keyboard.press("End");
      await desk.page.keyboard.type(TEXT);
      expect(await desk.focused("value")).toContain(TEXT);
    }
    // The rule is kept: nothing takes the focus away later.
    await desk.drawn();
    expect(await focused(desk)).toBe(starts ?? "a field");
    await desk.page.keyboard.press("Escape");
  });
});

test("is in no field of a question whose answer can't be undone: Cancel has the focus", async () => {
  const own = (await owner.api.create({ title: "Own" })).body;
  const { page } = desk;
  const press = async (role: "button" | "menuitem", name: RegExp) => {
    await page.getByRole(role, { name }).locator("visible=true").first().focus();
    await page.keyboard.press("Enter");
  };
  for (const [path, ...buttons] of [
    [`/requests/${own.id}`, /^Withdraw request/],
    ["/teams", /^Edit the team Operations/, /^Delete team/],
    [goal(), /^More/, /^Archive/],
  ] as const) {
    await desk.show(path);
    for (const name of buttons)
      await press(name.source === "^Archive" ? "menuitem" : "button", name);
    await expect.poll(() => focused(desk), { message: path }).toBe("Cancel");
    await page.keyboard.press("Enter");
    await expect.poll(() => desk.dialog().count()).toBe(path === "/teams" ? 1 : 0);
    await page.keyboard.press("Escape");
  }
  expect((await owner.api.get(own.id)).body.status).toBe("pending");
});

test("of a secret that is shown once, no key puts it away", async () => {
  await desk.show("/tokens");
  const { page } = desk;
  await page.getByRole("button", { name: "New token" }).click();
  await expect.poll(() => focused(desk)).toBe("a field");
  await page.keyboard.type("Night watch");
  await page.keyboard.press("Enter");
  const token = page.getByLabel("Token", { exact: true });
  await token.waitFor();
  await expect.poll(() => focused(desk)).toBe("the dialog");
  for (let i = 0; i < 3; i++) await page.keyboard.press("Enter");
  expect(await token.inputValue()).not.toBe("");
  await page.keyboard.press("Escape");
});

test("closing a dialog returns the focus to the row that it was opened from", async () => {
  const tab = await openDashboard(browser, server.url, alice, screens.desktop);
  const { page } = tab;
  await machine.api.create({ title: "The row", priority: "medium" });
  await tab.show("/inbox");
  await page.getByRole("link", { name: "The row" }).focus();
  for (const key of ["c", "r", "a", "Control+k"]) {
    await page.keyboard.press(key);
    await tab.dialog().waitFor();
    await expect.poll(() => focused(tab)).toBe(key === "a" ? "Approve" : "a field");
    await page.keyboard.press("Escape");
    await tab.dialog().waitFor({ state: "detached" });
    await expect.poll(() => tab.focused("innerText"), { message: key }).toBe("The row");
  }
  await tab.context.close();
});

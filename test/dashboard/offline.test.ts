// The dashboard without a connection, and the link of a request, which leads to the page that the browser can show.
import { must } from "@sayso/must";
import { shareStage } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { openTab } from "../pages/tab.ts";
import { openDashboard, screens } from "./dashboard-tab.ts";
import { holdTimers } from "./page-timers.ts";

const stage = await shareStage();
const { server, machine, owner, alice } = stage;
let browser: TestBrowser;
beforeAll(async () => {
  browser = await shareBrowser();
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

test.each(["phone", "desktop"] as const)(
  "offline on a %s: it says so at once, keeps what was typed, names no address, and goes on by itself",
  async (screen) => {
    const { body } = await machine.api.create({ title: "Open the lock" });
    const tab = await openDashboard(browser, server.url, alice, screens[screen]);
    const { page } = tab;
    // The page says so before any of its longer timers has run.
    await holdTimers(page, 2000);
    await tab.show(`/requests/${body.id}`);
    const banner = page.getByText("You are offline.");
    const field = page.getByRole("textbox", { name: "Add a comment" });
    await field.pressSequentially("Which key?");
    await tab.context.setOffline(true);
    await banner.waitFor();
    await page.getByRole("button", { name: "Comment", exact: true }).click();
    const fault = page.getByText("Can't reach Sayso. Check your internet connection.");
    await fault.waitFor();
    expect(await field.inputValue()).toBe("Which key?");
    const shown = await page.locator("body").innerText();
    expect(shown).not.toMatch(/https?:|127\.0\.0\.1|localhost|fetch/i);
    // What happens meanwhile is there once the connection is back, without a reload.
    await machine.api.comment(body.id, "Said meanwhile");
    await tab.context.setOffline(false);
    await banner.waitFor({ state: "detached" });
    await page.getByText("Said meanwhile").waitFor();
    expect(await field.inputValue()).toBe("Which key?");
    await page.getByRole("button", { name: "Comment", exact: true }).click();
    await expect.poll(async () => (await owner.api.get(body.id)).body.comments_count).toBe(2);
    await tab.context.close();
  },
);

test("a dialog that was not opened before opens without a connection, and is sent once there is one", async () => {
  const { body } = await machine.api.create({ title: "Rest a while" });
  const tab = await openDashboard(browser, server.url, alice);
  const { page } = tab;
  const loaded = page.waitForResponse(/comment-dialog/);
  await tab.show("/inbox");
  await (await loaded).finished();
  await page.getByRole("link", { name: "Rest a while" }).focus();
  await tab.context.setOffline(true);
  await page.getByText("You are offline.").waitFor();
  await page.keyboard.press("c");
  await page.keyboard.type("Until noon");
  const send = tab.dialog().getByRole("button", { name: "Add comment" });
  await send.click();
  await tab.dialog().getByText("Can't reach Sayso. Check your internet connection.").waitFor();
  expect(await tab.dialog().getByRole("textbox").inputValue()).toBe("Until noon");
  await tab.context.setOffline(false);
  await send.click();
  await tab.dialog().waitFor({ state: "detached" });
  expect(must((await owner.api.comments(body.id)).body.data[0]).body).toBe("Until noon");
  await tab.context.close();
});

test("the link of a request leads to the dashboard where it has run, and to the plain page elsewhere", async () => {
  const { body } = await machine.api.create({ title: "Follow me" });
  expect(body.url).toBe(`${server.url}/requests/${body.id}`);
  const fresh = await openTab(browser, server.url, screens.phone);
  await fresh.enter(alice);
  await fresh.page.goto(body.url);
  await fresh.page.getByText("Your vote counts at once.").waitFor();
  await fresh.open("/app/inbox");
  await fresh.page.getByRole("link", { name: "Follow me" }).waitFor();
  await fresh.page.goto(body.url);
  await fresh.page.waitForURL(`**/app/requests/${body.id}`);
  await fresh.page.getByRole("heading", { name: "Follow me" }).waitFor();
  // The plain page stays where it was, and its forms stay on it.
  await fresh.open(`/requests/${body.id}?plain=1`);
  await fresh.page.getByLabel("Add a comment").fill("On the plain page");
  await fresh.page.getByRole("button", { name: "Add comment" }).click();
  await fresh.page.getByText("On the plain page").waitFor();
  expect(new URL(fresh.page.url()).pathname).toBe(`/requests/${body.id}`);
  await fresh.context.close();

  // Nobody is led to a request that they may not see, or past signing in.
  const cookie = "sayso_app=1";
  const answer = await fetch(body.url, { headers: { cookie }, redirect: "manual" });
  expect(answer.headers.get("location")).toMatch(/^\/sign-in\?next=/);
});

test("the plain page and the dashboard use the same words for the decision", async () => {
  const { body } = await machine.api.create({ title: "Same words", required_approvals: 2 });
  const tab = await openDashboard(browser, server.url, alice, screens.desktop);
  const words = async (path: string) => {
    await tab.open(path);
    await tab.page.getByRole("heading", { name: "Your decision" }).first().waitFor();
    const buttons = await tab.page.getByRole("button").allInnerTexts();
    return buttons
      .filter((text) => ["Approve", "Reject"].includes(text.trim()))
      .map((text) => text.trim());
  };
  expect(await words(`/app/requests/${body.id}`)).toEqual(["Reject", "Approve"]);
  expect(await words(`/requests/${body.id}?plain=1`)).toEqual(["Reject", "Approve"]);
  await tab.context.close();
});

// Goals in the dashboard: setting, reporting and reviewing them, by hand and with live updates, on a desktop and a
// phone.
import { readFile } from "node:fs/promises";
import { shareStage } from "@sayso/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { goalsApi, type Kpi, type Objective } from "../surfaces/goals/goals-api.ts";
import { another } from "../pages/another.ts";
import { openDashboard, screens, type DashboardTab } from "./dashboard-tab.ts";
import { furnishGoalPages } from "./goals-furniture.ts";

const stage = await shareStage();
const { server, owner, alice } = stage;
const other = await stage.organization.addPerson({ name: "Ada Admin", role: "admin" });
const admin = goalsApi(server.url, owner.token);
let browser: TestBrowser;
/** The owner's tab at a desk, and a member's on a phone. */
let desk: DashboardTab;
let phone: DashboardTab;
beforeAll(async () => {
  browser = await shareBrowser();
  desk = await openDashboard(browser, server.url, owner);
  phone = await openDashboard(browser, server.url, alice, screens.phone);
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const reported = (page: Page, text: string) => page.getByText(text).first().waitFor();
/** Chooses an item from the menu of this name. */
async function choose(page: Page, menu: string, item: string): Promise<void> {
  await button(page, menu).click();
  await page.getByRole("menuitem", { name: item }).click();
}
/** The open dialog. Notices in a corner don't count, because they don't keep the focus. */
const dialog = (page: Page) => (page === desk.page ? desk : phone).dialog();
/** A control of the open dialog. */
const field = (page: Page, label: string) => dialog(page).getByLabel(label);
/** Sends the open dialog's form with the keyboard, and waits until the dialog has closed. */
async function send(page: Page): Promise<void> {
  await page.keyboard.press("Enter");
  await dialog(page).waitFor({ state: "detached" });
}

test("from nothing to a check-in: what is empty says how to begin, and what is made is there", async () => {
  const { page } = desk;
  await desk.show("/goals");
  await page.getByRole("heading", { name: "No objectives yet" }).waitFor();
  await expect(page.locator("main pre").innerText()).resolves.toContain(
    `${server.url}/api/v1/okrs`,
  );

  await page.keyboard.press("n");
  await field(page, "Title").fill("Grow");
  await send(page);
  await page.waitForURL("**/app/goals/objectives/*");
  await page.getByRole("heading", { name: "Grow", level: 1 }).waitFor();

  await button(page, "Add key result").click();
  await field(page, "Title").fill("Revenue");
  await field(page, "Target").fill("many");
  await page.keyboard.press("Enter");
  await reported(page, "Target must be a number, such as 12.5");
  await field(page, "Target").fill("12,5");
  await field(page, "Unit").fill("M€");
  await send(page);

  await button(page, "Check in: Revenue").click();
  await field(page, "Current value").fill("5");
  await field(page, "Status").selectOption("at risk");
  await field(page, "Comment").fill("Late, but coming");
  await dialog(page).getByRole("button", { name: "Check in" }).click();
  await dialog(page).waitFor({ state: "detached" });
  const bar = page.getByRole("progressbar", { name: "Progress of Revenue: 40 %" });
  await bar.waitFor();
  await reported(page, "Late, but coming");
  const [made] = (await admin.get<Objective[]>("/okrs")).body;
  onTestFinished(async () => void (await admin.remove(`/okrs/${made?.id}`)));
  expect(made).toMatchObject({
    title: "Grow",
    owner_id: owner.id,
    key_results: [{ title: "Revenue", target: 12.5, unit: "M€", current: 5, status: "at_risk" }],
  });
  expect(desk.complaints).toEqual([]);
});

describe("with a quarter's goals", () => {
  let goals: Awaited<ReturnType<typeof furnishGoalPages>>;
  beforeAll(async () => {
    goals = await furnishGoalPages(stage);
  });

  test("no page has a fault that axe finds, is too wide or complains, on any screen", async () => {
    const paths = [
      "/goals",
      `/goals?cycle=${goals.last.id}`,
      `/goals/objectives/${goals.objective.id}`,
      "/goals/kpis",
      `/goals/kpis/${goals.kpi.id}`,
      "/goals/cycles",
      "/goals/reviews",
      `/goals/reviews/${goals.draft.id}`,
      `/goals/reviews/${goals.shared.id}`,
      "/goals/keys",
      "/goals/tables",
    ];
    const { page } = desk;
    for (const path of paths) {
      await desk.show(path);
      // Folded parts are inspected as well.
      for (const summary of await page.locator("main details > summary").all())
        await summary.click();
      expect(await desk.inspectOnAll()).toEqual([]);
    }
    expect(desk.complaints).toEqual([]);
  });

  test("objectives are shown by cycle, the running one first; foreign text stays text", async () => {
    const { page } = desk;
    await desk.show("/goals");
    await page.getByRole("link", { name: "Improve onboarding" }).waitFor();
    await reported(page, "waiting for approval");
    await page.getByLabel("Cycle").selectOption("Q1");
    const old = page.getByRole("article");
    await old.getByText("<img src=x onerror=alert(1)>").waitFor();
    await old.getByTitle("U+202E RIGHT-TO-LEFT OVERRIDE").waitFor();
    await expect.poll(() => page.url()).toContain(`cycle=${goals.last.id}`);
    await page.getByLabel("Cycle").selectOption("All objectives");
    await page.locator("h1").click();
    await expect.poll(() => page.getByRole("article").count()).toBeGreaterThan(1);
    await page.keyboard.press("/");
    await expect.poll(() => desk.focused("tagName")).toBe("INPUT");
    await page.keyboard.type("READ");
    await expect.poll(() => page.getByRole("article").count()).toBe(1);
    await page.getByRole("link", { name: "Improve onboarding" }).waitFor();
  });

  test("a member's change waits for a yes, and both see what becomes of it without reloading", async () => {
    const { page } = phone;
    const path = `/goals/objectives/${goals.objective.id}`;
    await phone.show(path);
    await desk.show(path);
    for (const each of [page, desk.page])
      await each.getByRole("heading", { name: "1 change is waiting for approval" }).waitFor();
    await choose(page, "More actions for Guides that are read", "Edit");
    await reported(page, "Changes need approval here");
    expect(await phone.inspect()).toEqual([]);
    await field(page, "Target").fill("6");
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await reported(page, "Sent for approval.");
    const link = dialog(page).getByRole("link", { name: "View request" });
    const requestId = /requests\/(.+)$/.exec((await link.getAttribute("href")) ?? "")?.[1] ?? "";
    await dialog(page).getByRole("button", { name: "Close" }).last().click();
    for (const each of [page, desk.page])
      await each.getByRole("heading", { name: "2 changes are waiting for approval" }).waitFor();
    expect((await other.api.reject(goals.held.id)).status).toBe(200);
    expect((await other.api.approve(requestId)).status).toBe(200);
    for (const each of [page, desk.page]) {
      await each.getByText("from 0 to 6").waitFor();
      await each.getByText("are waiting for approval").waitFor({ state: "detached" });
    }
  });

  test("a form sends what was changed only, and tells what others changed meanwhile", async () => {
    const { page } = desk;
    const path = `/okrs/${goals.objective.id}`;
    await desk.show(`/goals/objectives/${goals.objective.id}`);
    await page.keyboard.press("e");
    await field(page, "Description").fill("Mine");
    await field(page, "Title").fill("My title");
    await admin.patch(path, { title: "Their title", type: "team" });
    await reported(page, "Somebody set “Title” to Their title in the meantime.");
    expect(await field(page, "Title").inputValue()).toBe("My title");
    await expect.poll(() => field(page, "Level").inputValue()).toBe("team");
    await field(page, "Title").fill("Their title");
    await page.getByText("in the meantime").waitFor({ state: "detached" });
    await send(page);
    expect((await admin.get<Objective>(path)).body).toMatchObject({
      title: "Their title",
      description: "Mine",
      type: "team",
    });
    await reported(page, "Description: Mine");
  });

  test("a KPI's line can be read, and a new value is in it; the bands say what the status says", async () => {
    const { page } = desk;
    await desk.show("/goals/kpis");
    await page.getByRole("img", { name: "Weekly active users: latest 7 values" }).waitFor();
    await page.getByRole("link", { name: "Weekly active users" }).click();
    const chart = page.getByRole("img", { name: "Weekly active users: 7 values" });
    const { width = 0 } = (await chart.boundingBox()) ?? {};
    // Waits until the chart stops moving.
    await chart.hover({ position: { x: width - 2, y: 40 } });
    await reported(page, "4,120 users, ");
    await button(page, "Record value").click();
    await field(page, "Current value").fill("2000");
    await dialog(page).getByRole("button", { name: "Record value" }).click();
    await dialog(page).waitFor({ state: "detached" });
    await page.getByRole("img", { name: /8 values, from 3,100 users to 2,000 users/ }).waitFor();
    await reported(page, "off track");
    expect((await admin.get<Kpi>(`/kpis/${goals.kpi.id}`)).body).toMatchObject({
      current: 2000,
      status: "off_track",
    });
  });

  test("a review is saved while it is written, shared for good, and read by whom it is about", async () => {
    const { page } = desk;
    await desk.show("/goals/reviews");
    await button(page, /^New review$/).click();
    await field(page, "About").selectOption("Alice Approver");
    await field(page, "Review type").selectOption("Manager review");
    await dialog(page).getByRole("button", { name: "Create" }).click();
    await page.waitForURL("**/app/goals/reviews/*");
    const answer = page.getByRole("group", { name: "Question 1" }).getByLabel("Answer");
    await answer.fill("She ships.");
    await page.locator("main [data-is=saved]").waitFor();
    await page.reload();
    await expect.poll(() => answer.inputValue()).toBe("She ships.");
    // The draft is still there when its writer comes back from another page before it was saved.
    await answer.fill("She ships, and helps.");
    await page.getByRole("link", { name: "All reviews" }).click();
    await page.getByRole("heading", { name: "Reviews", level: 1 }).waitFor();
    await page.goBack();
    await expect.poll(() => answer.inputValue()).toBe("She ships, and helps.");
    await button(page, "Share").click();
    await dialog(page).getByRole("button", { name: "Share" }).click();
    await page.getByText("Written by").waitFor();

    await phone.show("/goals/reviews");
    const mine = phone.page.getByRole("listitem").filter({ hasText: `by ${owner.name}` });
    await mine.getByRole("link").click();
    await reported(phone.page, "She ships, and helps.");
    // The published review leaves out questions without an answer.
    await expect
      .poll(() => phone.page.locator("main h2").allInnerTexts())
      .toEqual(["What went well this cycle?"]);
  });

  test("a key is shown once and works until it is revoked; a member makes none", async () => {
    const { page } = desk;
    await desk.show("/goals/keys");
    await button(page, "New key").click();
    const name = another("Wall");
    await field(page, "Name").fill(name);
    await field(page, "Record values of KPIs").check();
    await dialog(page).getByRole("button", { name: "Create" }).click();
    const key = await page.getByLabel("Key", { exact: true }).inputValue();
    expect((await goalsApi(server.url, key).get("/kpis")).status).toBe(200);
    await button(page, "I've copied it").click();
    await dialog(page).waitFor({ state: "detached" });
    await page.getByText("kpis:write").waitFor();
    expect(await page.content()).not.toContain(key);
    await button(page, `Revoke ${name}`).click();
    await dialog(page).getByRole("button", { name: "Revoke" }).click();
    await page.getByText("Revoked (1)").waitFor();
    await expect.poll(async () => (await goalsApi(server.url, key).get("/kpis")).status).toBe(401);
    await phone.show("/goals/keys");
    await reported(phone.page, "Only admins manage keys.");
    expect(await button(phone.page, "New key").count()).toBe(0);
  });

  test("a table is imported whole or told line by line what is wrong, and exported again", async () => {
    const { page } = desk;
    await desk.show("/goals/tables");
    await page.getByLabel("Content").selectOption("KPIs");
    await page.getByLabel("File").setInputFiles({
      name: "kpis.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("name,target\n,1\nNet <b>margin</b>,many\n"),
    });
    const rows = page.getByLabel("Rows", { exact: true });
    await expect.poll(() => rows.inputValue()).toContain("many");
    await button(page, "Import").click();
    await reported(page, "Nothing was imported: 2 errors");
    const cells = async () =>
      (await page.locator("tbody tr").last().locator("td").allInnerTexts()).map((cell) =>
        cell.trim(),
      );
    await expect
      .poll(cells)
      .toEqual(["3", "2", "target must be a number, such as 12.5", "Net <b>margin</b>,many"]);
    await rows.fill("name,target\nNet <b>margin</b>,7\n");
    await button(page, "Import").click();
    await reported(page, "1 KPI imported.");
    const download = page.waitForEvent("download");
    await button(page, "Export KPIs").click();
    const file = await download;
    expect(file.suggestedFilename()).toBe("kpis.csv");
    expect(await readFile(await file.path(), "utf8")).toContain("Net <b>margin</b>");
  });

  test("nothing complained all the while", () => {
    expect([desk.complaints, phone.complaints]).toEqual([[], []]);
  });
});

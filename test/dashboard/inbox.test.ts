// The inbox and the lists of requests, as people use them: with keyboard or thumb, and two people at a time.
import { shareStage, type Approval } from "@sayso/testkit";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { looks } from "../pages/tab.ts";
import { openDashboard, screenNames, screens, type DashboardTab } from "./dashboard-tab.ts";

const stage = await shareStage();
const { server, services, organization, owner, machine, alice, bob } = stage;
let browser: TestBrowser;
let alices: DashboardTab;
beforeAll(async () => {
  browser = await shareBrowser();
  alices = await openDashboard(browser, server.url, alice);
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

const eventually = <T>(look: () => T) => expect.poll(look);

/** Cancels all pending requests, which belong to other tests. */
beforeEach(async () => {
  for (;;) {
    const { body } = await machine.api.list({ status: "pending", page_size: 100 });
    if (body.data.length === 0) return;
    await Promise.all(body.data.map(({ id }) => owner.api.cancel(id)));
  }
});

const ask = async (title: string, more: Record<string, unknown> = {}): Promise<Approval> =>
  (await machine.api.create({ title, priority: "medium", ...more })).body;
/** Creates enough requests to fill several screens, one after another, because that is the order of the list. */
const askMany = async (count: number, more: Record<string, unknown> = {}) => {
  const many: Approval[] = [];
  for (let i = 0; i < count; i++) many.push(await ask(`Routine ${i}`, more));
  return many;
};
const row = ({ page }: DashboardTab, title: string): Locator =>
  page.getByRole("listitem").filter({ has: page.getByRole("link", { name: title, exact: true }) });
const titles = ({ page }: DashboardTab) => page.locator("[data-row]").allInnerTexts();
const focusedTitle = (tab: DashboardTab) => tab.focused("innerText");
/** Moves the focus to the first row with the keyboard. */
const goToFirst = async (tab: DashboardTab, title: string) => {
  await eventually(async () => (await titles(tab))[0]).toBe(title);
  await tab.page.keyboard.press("j");
  await eventually(() => focusedTitle(tab)).toBe(title);
};
/** Approves the focused row. The row shows the vote for a moment only, so `told` must watch for it before the key. */
const approveByKey = async (tab: DashboardTab, reported: Promise<void>) => {
  await tab.page.keyboard.press("a");
  await tab.canConfirm("Approve");
  await Promise.all([reported, tab.page.keyboard.press("Enter")]);
};
const topOf = async (of: Locator) => Math.round((await of.boundingBox())?.y ?? Number.NaN);

describe("by keyboard", () => {
  test("j and k move, x selects nothing high, a approves: the row says so, leaves, and the next one is at hand", async () => {
    await ask("Deploy", { priority: "high" });
    await ask("Refund");
    await ask("Rename", { priority: "low", expires_at: inMinutes(600) });
    await ask("Archive", { priority: "low" });
    const { page } = alices;
    await alices.show("/inbox");
    await page.getByText("4 requests need you").waitFor();
    await eventually(() => titles(alices)).toEqual(["Deploy", "Refund", "Rename", "Archive"]);
    await eventually(() => page.title()).toMatch(/^\(4\) Inbox/);

    await goToFirst(alices, "Deploy");
    await page.keyboard.press("x");
    expect(await page.getByRole("checkbox", { name: /Deploy.*one by one/ }).isDisabled()).toBe(
      true,
    );
    expect(await page.getByRole("button", { name: "Clear selection" }).count()).toBe(0);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await eventually(() => focusedTitle(alices)).toBe("Refund");
    await approveByKey(alices, row(alices, "Refund").getByText("You approved this").waitFor());
    await eventually(() => focusedTitle(alices)).toBe("Rename");
    await page.getByText("3 requests need you").waitFor();
    await eventually(() => titles(alices)).toEqual(["Deploy", "Rename", "Archive"]);
    await eventually(() => page.title()).toMatch(/^\(3\) Inbox/);
    // The focused row has moved up one place, and the keys still apply to it.
    await page.locator('li[aria-setsize="3"]').first().waitFor();
    await eventually(() => focusedTitle(alices)).toBe("Rename");
    await page.keyboard.press("a");
    await alices.dialog().getByText("Rename", { exact: true }).waitFor();
    expect(alices.complaints).toEqual([]);
  });

  test("a critical one is armed first, and Escape decides nothing", async () => {
    const { id } = await ask("Drop the database", { priority: "critical" });
    const { page } = alices;
    await alices.show("/inbox");
    await goToFirst(alices, "Drop the database");
    await page.keyboard.press("r");
    await alices.dialog(/critical/i).waitFor();
    await page.keyboard.press("Escape");
    await alices.dialog().waitFor({ state: "detached" });
    expect((await machine.api.get(id)).body.status).toBe("pending");
    await eventually(() => focusedTitle(alices)).toBe("Drop the database");
  });

  test("Enter opens, c comments, / searches, Escape leaves the search", async () => {
    const { id } = await ask("Publish the newsletter");
    await ask("Something else");
    const { page } = alices;
    await alices.show("/inbox");
    await goToFirst(alices, "Publish the newsletter");
    await page.keyboard.press("c");
    await alices.dialog().waitFor();
    await eventually(() => alices.focused("tagName")).toBe("TEXTAREA");
    await page.keyboard.type("Looks good");
    // Submitting twice within one frame still creates one comment.
    await page.evaluate("[1, 2].forEach(() => document.activeElement.form.requestSubmit())");
    await page.getByText("Comment added").waitFor();
    expect((await machine.api.comments(id)).body.data).toMatchObject([{ body: "Looks good" }]);
    await alices.dialog().waitFor({ state: "detached" });

    await page.keyboard.press("/");
    await eventually(() => alices.focused("tagName")).toBe("INPUT");
    await page.keyboard.type("newsletter");
    await eventually(() => titles(alices)).toEqual(["Publish the newsletter"]);
    await eventually(() => new URL(page.url()).searchParams.get("search")).toBe("newsletter");
    await page.keyboard.press("Escape");
    await eventually(() => titles(alices)).toHaveLength(2);
    await page.keyboard.press("Escape");
    await eventually(() => alices.focused("tagName")).not.toBe("INPUT");
    await goToFirst(alices, "Publish the newsletter");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/app/requests/${id}?from=inbox`);
    await page.goBack();
    await eventually(() => titles(alices)).toHaveLength(2);
  });

  test("what was decided on its own page is not in the inbox any more on coming back", async () => {
    for (const priority of ["high", "medium", "low"]) await ask(`A ${priority} one`, { priority });
    const { page } = alices;
    const decideFirst = async (title: string) => {
      await goToFirst(alices, title);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: title }).waitFor();
      await alices.canDecide();
      await page.keyboard.press("a");
      if (title === "A high one") {
        await eventually(() => alices.focused("innerText")).toBe("Cancel");
        await page.keyboard.press("Tab");
      }
      await alices.canConfirm(title === "A high one" ? "Yes, approve it" : "Approve");
      await page.keyboard.press("Enter");
    };
    await alices.show("/inbox");
    await decideFirst("A high one");
    await page.getByRole("heading", { name: "A medium one" }).waitFor();
    await page.goBack();
    await eventually(() => titles(alices)).toEqual(["A medium one", "A low one"]);
    // The list has been loaded again by now.
    await decideFirst("A medium one");
    await page.getByRole("heading", { name: "A low one" }).waitFor();
    await page.goBack();
    await eventually(() => titles(alices)).toEqual(["A low one"]);
    expect(alices.complaints).toEqual([]);
  });
});

describe("live", () => {
  test("what somebody else decides in another browser is said in the row, which then leaves", async () => {
    await ask("Pay the invoice");
    await ask("Stays here");
    const bobs = await openDashboard(browser, server.url, bob);
    await Promise.all([alices.show("/inbox"), bobs.show("/inbox")]);
    await goToFirst(bobs, "Pay the invoice");
    const paid = row(alices, "Pay the invoice");
    await paid.waitFor();
    await approveByKey(bobs, paid.getByText("Bob Approver approved this").waitFor());
    await eventually(() => titles(alices)).toEqual(["Stays here"]);
    await alices.page.getByText("1 request needs you").waitFor();
    expect([...alices.complaints, ...bobs.complaints]).toEqual([]);
    await bobs.context.close();
  });

  test("at the top what is new comes by itself; further down it waits in a pill and nothing moves", async () => {
    const many = await askMany(60);
    const { page } = alices;
    await alices.show("/inbox");
    await ask("Urgent", { priority: "critical" });
    await eventually(async () => (await titles(alices))[0]).toBe("Urgent");

    await page.mouse.wheel(0, 1500);
    await eventually(() => page.evaluate("scrollY")).toBe(1500);
    const held = row(alices, "Routine 30");
    await held.waitFor();
    const before = await topOf(held);
    await ask("More urgent", { priority: "critical", expires_at: inMinutes(30) });
    const pill = page.getByRole("button", { name: /1 new/ });
    await pill.waitFor();
    expect(await topOf(held)).toBe(before);

    // The list also keeps its place when rows above it disappear.
    const above = many.find(({ title }) => title === "Routine 3");
    const height = async () =>
      (await page.getByRole("list", { name: "Requests" }).boundingBox())?.height ?? 0;
    const full = await height();
    await bob.api.approve(above?.id ?? "");
    await page.getByText("60 requests need you").waitFor();
    await eventually(height).toBeLessThan(full);
    await eventually(() => topOf(held)).toBe(before);

    await pill.click();
    await eventually(async () => (await titles(alices)).slice(0, 2)).toEqual([
      "More urgent",
      "Urgent",
    ]);
    await page.getByText("61 requests need you").waitFor();
  });

  test("a vote that leaves a request open leaves only the voter's inbox, and counts in the others'", async () => {
    const { id } = await ask("Needs two", { required_approvals: 2 });
    const bobs = await openDashboard(browser, server.url, bob);
    await Promise.all([alices.show("/inbox"), bobs.show("/inbox")]);
    await row(bobs, "Needs two").getByText("0 of 2").first().waitFor();
    await row(alices, "Needs two").waitFor();
    await Promise.all([
      row(alices, "Needs two").getByText("Your vote was counted").waitFor(),
      alice.api.approve(id),
    ]);
    await row(bobs, "Needs two").getByText("1 of 2", { exact: true }).waitFor();
    await alices.page.getByRole("heading", { name: "You're all caught up" }).waitFor();
    await bobs.context.close();
  });
});

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

test("several of little weight are decided together, each with its own result", async () => {
  const [, , late] = await askMany(4, { priority: "low" });
  await ask("Too weighty", { priority: "high" });
  const { page } = alices;
  await alices.show("/inbox");
  // The page gets no event about the decision that comes in between.
  await page.route("**/api/v1/events/stream*", (route) => route.abort());
  onTestFinished(() => page.unroute("**/api/v1/events/stream*"));
  await alices.show("/inbox");
  await page.getByRole("link", { name: "Routine 0" }).focus();
  await page.keyboard.press("x");
  for (let i = 0; i < 3; i++) await page.keyboard.press("j");
  await eventually(() => focusedTitle(alices)).toBe("Routine 3");
  await page.keyboard.press("X");
  await page.getByText("4 selected").waitFor();
  expect(await alices.inspect()).toEqual([]);
  await bob.api.approve(late?.id ?? "");

  const bar = page.getByRole("region", { name: "Selected requests" });
  await bar.getByRole("button", { name: "Reject" }).click();
  const dialog = alices.dialog();
  await dialog.getByRole("textbox").fill("Not this week");
  await dialog.getByRole("button", { name: "Reject", exact: true }).click();
  const note = page.getByRole("region", { name: "Your votes" });
  await note.getByText("Your rejection was not counted: Routine 2").waitFor();
  await note.getByText("3 requests rejected").waitFor();
  await note.getByText(/already approved/).waitFor();
  expect(await alices.inspect()).toEqual([]);
  await note.getByRole("button", { name: "Close" }).click();
  await note.waitFor({ state: "detached" });
  const { body } = await machine.api.list({ status: "rejected", search: "routine" });
  expect(
    body.data.filter(({ decision_comment }) => decision_comment === "Not this week"),
  ).toHaveLength(3);
  await row(alices, "Too weighty").waitFor();
});

describe("all requests", () => {
  test("filters stand in the address, and as chips that take them away; a view keeps them", async () => {
    await ask("Release blue", { action_type: "deploy", priority: "high" });
    const { id } = await ask("Release green", { action_type: "deploy", priority: "low" });
    await ask("Mail", { action_type: "mail", priority: "high" });
    await alice.api.reject(id);
    const { page } = alices;
    await alices.show("/requests?search=release");
    await eventually(() => titles(alices)).toEqual(["Release green", "Release blue"]);
    await row(alices, "Release green").getByText("rejected").waitFor();
    await page.getByRole("button", { name: "Filter" }).click();
    const dialog = alices.dialog();
    await dialog.getByRole("checkbox", { name: "high", exact: true }).check();
    await dialog.getByLabel("Action type").selectOption("deploy");
    expect(await alices.inspect()).toEqual([]);
    await dialog.getByRole("button", { name: "Show", exact: true }).click();
    await eventually(() => titles(alices)).toEqual(["Release blue"]);
    await eventually(() => Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      search: "release",
      priority: "high",
      action: "deploy",
    });

    await page.getByRole("button", { name: "Save view" }).click();
    await dialog.getByLabel("Name").fill("Deployments");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: /Remove filter Priority/ }).click();
    await eventually(() => titles(alices)).toHaveLength(2);
    await page.getByRole("link", { name: "Decided" }).click();
    await eventually(() => titles(alices)).toEqual(["Release green"]);
    const view = page.getByRole("navigation", { name: "Your views" }).getByRole("link");
    await view.click();
    await eventually(() => titles(alices)).toEqual(["Release blue"]);
    await eventually(() => view.getAttribute("aria-current")).toBeTruthy();
    await page.getByRole("button", { name: /Options for the view/ }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await alices.send("Delete");
    await view.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Save view" }).waitFor();
  });

  test("what whoever looks asked for is a list of its own; nothing found says how to go on", async () => {
    await ask("The machine's");
    await alice.api.create({ title: "Her own" });
    const { page } = alices;
    await alices.show("/requests?list=mine");
    await eventually(() => titles(alices)).toEqual(["Her own"]);
    await alices.show("/requests?list=mine&search=zebra");
    await page.getByRole("button", { name: "Clear search and filters" }).click();
    await eventually(() => titles(alices)).toEqual(["Her own"]);
  });

  test("a list that can't be read says so and can be tried again", async () => {
    await ask("Here after all");
    const { page } = alices;
    await page.route("**/api/v1/approvals?*", (route) =>
      route.fulfill({ status: 500, body: "{}" }),
    );
    await alices.open("/app/requests");
    const again = page.getByRole("button", { name: "Try again" });
    await again.waitFor();
    await page.unroute("**/api/v1/approvals?*");
    await again.click();
    await row(alices, "Here after all").waitFor();
  });
});

test("thousands are scrolled through: only what is in sight exists, any place is reached", async () => {
  const other = await organization.addPerson({ name: "Olga" });
  const [tab] = await Promise.all([
    openDashboard(browser, server.url, other),
    services.sql(
      `insert into requests (id, organization_id, connection_id, title, description, status, priority,
         required_approvals, assigned_approvers)
       select gen_random_uuid(), $1, $2, 'Bulk ' || n, 'd', 'pending', 'low', 1, array[$3::uuid]
       from generate_series(1, 3000) n`,
      [organization.id, machine.id, other.id],
    ),
  ]);
  await tab.show("/inbox");
  await tab.page.getByText("3,000 requests need you").waitFor();
  /**
   * Scrolls until this row is visible. The page measures rows after it draws them, so the middle and the end of the
   * list can still move.
   */
  const reach = (part: number, place: number) =>
    eventually(async () => {
      await tab.page.evaluate(`window.scrollTo(0, document.body.scrollHeight * ${part})`);
      return tab.page.locator(`li[aria-posinset="${place}"]`).getByRole("link").isVisible();
    }).toBe(true);
  await reach(1, 3000);
  expect(await tab.page.locator("[data-row]").count()).toBeLessThan(60);
  await reach(0.5, 1500);
  await tab.context.close();
  await services.sql(
    "update requests set status = 'cancelled' where organization_id = $1 and title like 'Bulk %'",
    [organization.id],
  );
});

describe.each(screenNames)("on a %s", (name) => {
  test("no fault that axe finds, with rows and without", async () => {
    const tab = await openDashboard(browser, server.url, bob, screens[name], looks[name]);
    const { page } = tab;
    // Content that differs only in width is inspected on the two most different screens.
    const isFirst = name === "phone" || name === "desktop, dark";
    await tab.show("/inbox");
    await page.getByRole("heading", { name: "You're all caught up" }).waitFor();
    if (isFirst) expect(await tab.inspect()).toEqual([]);
    await ask("Delete what is older than seven years from the archive of all customers", {
      priority: "critical",
      required_approvals: 2,
      expires_at: inMinutes(30),
      source_name: "A workflow whose name is rather long for a phone",
    });
    await ask("Refund", { priority: "low", ...(await organization.approvingItself(90)) });
    await row(tab, "Refund").waitFor();
    // The row names the connection that asked, because Sayso knows it. The asker's own source name is only added.
    const title = "Delete what is older than seven years from the archive of all customers";
    expect(await row(tab, title).innerText()).toMatch(/machine\s+\(A workflow whose name/);
    expect(await tab.inspect()).toEqual([]);
    if (isFirst) {
      await tab.show("/requests?status=pending&priority=low,medium&days=7");
      await row(tab, "Refund").waitFor();
      expect(await tab.inspect()).toEqual([]);
    }
    if (name === "phone") {
      await tab.show("/inbox");
      await row(tab, "Refund").getByRole("link").tap();
      await page.waitForURL("**/app/requests/*");
    }
    expect(tab.complaints).toEqual([]);
    await tab.context.close();
  });
});

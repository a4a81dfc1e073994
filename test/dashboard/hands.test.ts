// What an approver's hands meet: keys that follow a shortcut at once, the place in the list after a decision, notes that
// cover no button, and a vote that can still be changed.
import { must } from "@sayso/must";
import { shareStage, type Approval } from "@sayso/testkit";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { openDashboard, screens, type DashboardTab } from "./dashboard-tab.ts";
import { holdTimers } from "./page-timers.ts";

const stage = await shareStage();
const { server, owner, machine, alice, bob } = stage;
let browser: TestBrowser;
let desk: DashboardTab;
beforeAll(async () => {
  browser = await shareBrowser();
  desk = await openDashboard(browser, server.url, alice);
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

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
const statusOf = async (id: string) => (await owner.api.get(id)).body.status;

describe("what is typed at once after a shortcut", () => {
  /** Types without any pause, as a person does who knows the shortcut. */
  const type = async ({ keyboard }: Page, first: string, text: string) => {
    await keyboard.press(first);
    await Promise.all([...text].map((key) => keyboard.press(key)));
  };

  test("stands in the palette, also while its code is still loading", async () => {
    for (const times of ["first", "again"]) {
      if (times === "first") await desk.show("/inbox");
      await type(desk.page, "Control+k", "templates");
      const field = desk.page.getByRole("combobox");
      await expect.poll(() => field.inputValue(), { message: times }).toBe("templates");
      expect(await desk.focused("role")).toBe("combobox");
      await desk.page.keyboard.type(" x");
      expect(await field.inputValue()).toBe("templates x");
      await desk.page.keyboard.press("Escape");
      await field.waitFor({ state: "detached" });
    }
    await type(desk.page, "Control+k", "templates");
    await desk.page.getByRole("option", { name: "Go to Templates" }).waitFor();
    await desk.page.keyboard.press("Enter");
    await desk.page.waitForURL("**/app/templates");
  });

  test("stands in the comment, and arms nothing on its way", async () => {
    const { id } = await ask("Water the plants");
    await desk.show("/inbox");
    await desk.page.keyboard.press("j");
    await expect.poll(() => desk.focused("innerText")).toBe("Water the plants");
    const text = "rather ask cara x";
    await type(desk.page, "c", text);
    const field = desk.dialog("Comment").getByRole("textbox");
    await expect.poll(() => field.inputValue()).toBe(text);
    await desk.page.keyboard.press("Control+Enter");
    await expect.poll(async () => (await owner.api.get(id)).body.comments_count).toBe(1);
    expect(must((await owner.api.comments(id)).body.data[0]).body).toBe(text);
    expect(await statusOf(id)).toBe("pending");
  });

  test("is for the page again once the dialog is closed", async () => {
    await ask("One");
    await desk.show("/inbox");
    await desk.page.keyboard.press("Control+k");
    await desk.page.getByRole("combobox").waitFor();
    await desk.page.keyboard.press("Escape");
    await desk.page.getByRole("combobox").waitFor({ state: "detached" });
    await desk.page.keyboard.press("j");
    await expect.poll(() => desk.focused("innerText")).toBe("One");
  });
});

describe("after a decision the list goes on below", () => {
  const button = (verb: string) => desk.page.getByRole("button", { name: verb, exact: true });
  const heading = (title: string) => desk.page.getByRole("heading", { name: title, exact: true });

  test("on the page of a request, and after the last one back in the list", async () => {
    const titles = ["First", "Second", "Third", "Fourth"];
    for (const title of titles) await ask(title);
    await desk.show("/inbox");
    await desk.page.getByRole("link", { name: "Third", exact: true }).click();
    await heading("Third").waitFor();
    await desk.canApprove();
    await button("Approve").click();
    await heading("Fourth").waitFor();
    await desk.canApprove();
    await button("Approve").click();
    await desk.page.waitForURL("**/app/inbox");
    await expect
      .poll(() => desk.page.locator("[data-row]").allInnerTexts())
      .toEqual(["First", "Second"]);
  });

  test("in the order of priority, deadline and age", async () => {
    const soon = { expires_at: new Date(Date.now() + 3_600_000).toISOString() };
    await ask("Old and low", { priority: "low" });
    await ask("Medium");
    await ask("Medium with a deadline", soon);
    await ask("High", { priority: "high" });
    await desk.show("/inbox");
    await desk.page.getByRole("link", { name: "High", exact: true }).click();
    for (const title of ["High", "Medium with a deadline", "Medium", "Old and low"]) {
      await heading(title).waitFor();
      await desk.canApprove();
      await button("Reject").click();
    }
    await desk.page.waitForURL("**/app/inbox");
  });

  test("with the keys of the list, when one comes back to it", async () => {
    const asked = [];
    for (const title of ["One", "Two", "Three", "Four"]) asked.push(await ask(title));
    await desk.show("/inbox");
    for (const title of ["One", "Two"]) {
      await desk.page.keyboard.press("j");
      await expect.poll(() => desk.focused("innerText")).toBe(title);
    }
    await desk.page.keyboard.press("Enter");
    await heading("Two").waitFor();
    await desk.page.keyboard.press("u");
    await desk.page.getByRole("link", { name: "Three" }).waitFor();
    await desk.page.keyboard.press("j");
    await expect.poll(() => desk.focused("innerText")).toBe("Three");
    await desk.page.keyboard.press("Enter");
    await heading("Three").waitFor();
    await bob.api.approve(must(asked[2]).id);
    await desk.page.getByText("Bob").first().waitFor();
    await desk.page.keyboard.press("u");
    await expect
      .poll(() => desk.page.locator("[data-row]").allInnerTexts())
      .toEqual(["One", "Two", "Four"]);
    await desk.page.keyboard.press("j");
    await expect.poll(() => desk.focused("innerText")).toBe("Four");
  });
});

describe("a note covers no button", () => {
  /** Makes notes stay, which disappear after five seconds or more. */
  const holdNotes = ({ page }: DashboardTab) => holdTimers(page, 5000);
  /** Requires that a pointer over any button of this part of the page would hit that button. */
  const expectFree = async (within: Locator) => {
    const buttons = await within.getByRole("button").locator("visible=true").all();
    expect(buttons.length).toBeGreaterThan(1);
    for (const each of buttons) await each.hover({ trial: true });
  };

  test("of the bulk bar, while the last vote can be taken back", async () => {
    for (const screen of ["phone", "desktop"] as const) {
      for (let i = 0; i < 12; i++) await ask(`Routine ${i}`);
      const tab = await openDashboard(browser, server.url, alice, {
        ...screens[screen],
        votes: "held",
      });
      await holdNotes(tab);
      await tab.show("/inbox");
      await tab.page.getByRole("checkbox").nth(3).check();
      await tab.page.getByRole("checkbox").nth(4).check();
      const bar = tab.page.getByRole("region", { name: "Selected" });
      await bar.waitFor();
      // The keys would be about the selected rows.
      await tab.page
        .locator('button[aria-label="Approve: Routine 0"]')
        .first()
        .dispatchEvent("click");
      await tab.canConfirm("Approve");
      await tab.page.keyboard.press("Enter");
      const undo = tab.page.getByRole("button", { name: "Undo" });
      await undo.waitFor();
      await tab.dialog().waitFor({ state: "detached" });
      await expectFree(bar);
      await undo.click();
      await tab.context.close();
    }
  });

  test("of a dialog on a phone, or of the decision", async () => {
    const { id } = await ask("To be commented", { description: "Line\n".repeat(60) });
    const tab = await openDashboard(browser, server.url, alice, screens.phone);
    await holdNotes(tab);
    await tab.show("/inbox");
    const { page } = tab;
    await page.getByRole("link", { name: "To be commented" }).focus();
    await page.keyboard.press("c");
    await tab.dialog().getByRole("textbox").pressSequentially("Seen");
    await tab.dialog().getByRole("button", { name: "Add comment" }).click();
    const note = page.getByText("Comment added").first();
    await note.waitFor();
    await page.keyboard.press("r");
    await tab.dialog().getByRole("textbox").waitFor();
    await expectFree(tab.dialog());
    await tab.dialog().getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("link", { name: "To be commented" }).click();
    const bar = page.getByRole("group", { name: "Your decision" });
    await bar.waitFor();
    await note.waitFor();
    await expectFree(bar);
    expect(await statusOf(id)).toBe("pending");
    await tab.context.close();
  });
});

test("the dialog for several names each of its requests", async () => {
  for (const title of ["Tidy the shelf", "Sweep the yard"]) await ask(title);
  await desk.show("/inbox");
  for (const box of await desk.page.getByRole("checkbox").all()) await box.check();
  await desk.page
    .getByRole("region", { name: "Selected" })
    .getByRole("button", { name: "Approve" })
    .click();
  const names = desk.dialog().getByRole("list").getByRole("listitem");
  await names.first().waitFor();
  expect((await names.locator("strong").allInnerTexts()).sort()).toEqual([
    "Sweep the yard",
    "Tidy the shelf",
  ]);
  await desk.page.keyboard.press("Escape");
});

describe("a vote that doesn't decide yet", () => {
  test("says for which step it was, and is changed to a rejection: by hand, then seen by others", async () => {
    const { id } = await ask("Sell the van");
    await machine.api.setSteps(id, [
      { name: "Drivers", required_approvals: 2 },
      { name: "Board", approver_id: bob.id },
    ]);
    await desk.show(`/requests/${id}`);
    const { page } = desk;
    await desk.canApprove();
    const card = page.getByRole("complementary");
    await card.getByText("Your vote is for the step Drivers (1 of 2).").waitFor();
    await page.getByRole("button", { name: "Approve", exact: true }).click();
    await card.getByText("You approved the step Drivers (1 of 2).").waitFor();
    await page.getByRole("button", { name: "Change to a rejection" }).click();
    await desk.dialog("Change your approval to a rejection?").waitFor();
    await desk.page.keyboard.type("It is needed in May");
    const reject = desk.dialog().getByRole("button", { name: "Reject" });
    await expect.poll(() => reject.getAttribute("aria-disabled")).not.toBe("true");
    await reject.dblclick();
    await expect.poll(() => statusOf(id)).toBe("rejected");
    await page.getByText("changed their approval to a rejection").waitFor();
    expect((await owner.api.get(id)).body).toMatchObject({
      current_approvals: 0,
      decision_comment: "It is needed in May",
    });
    expect(desk.complaints).toEqual([]);
  });

  test("is changed on the plain page as well", async () => {
    const { id } = await ask("Sell the bus", { required_approvals: 2 });
    await alice.api.approve(id);
    const context = await browser.newContext({ javaScriptEnabled: false, ...screens.phone });
    await context.addCookies([
      { name: "sayso_session", value: await alice.signIn(), url: server.url, httpOnly: true },
    ]);
    const page = await context.newPage();
    await page.goto(`${server.url}/requests/${id}`);
    expect(await page.getByRole("button", { name: "Approve" }).count()).toBe(0);
    await page.getByLabel("Comment", { exact: true }).fill("Not this one");
    await page.getByRole("button", { name: "Change to a rejection" }).click();
    await page.getByText("Rejected.").waitFor();
    expect((await owner.api.get(id)).body).toMatchObject({
      status: "rejected",
      decision_comment: "Not this one",
    });
    await context.close();
  });
});

test("withdrawing says that it cancels the request", async () => {
  const { body } = await alice.api.create({ title: "My own", priority: "low" });
  await desk.show(`/requests/${body.id}`);
  await desk.page.getByRole("button", { name: "Withdraw request" }).click();
  await desk.dialog().getByText("Withdrawing cancels the request").waitFor();
  await desk.confirm("Withdraw this request?", "Withdraw request");
  await expect.poll(() => statusOf(body.id)).toBe("cancelled");
});

test("a key that is shown once is all in sight, on a phone as well", async () => {
  const admin = await openDashboard(browser, server.url, owner, screens.phone);
  const { page } = admin;
  await admin.show("/connections");
  await page.getByRole("button", { name: "New connection" }).click();
  await admin.dialog().getByLabel("Name").pressSequentially("Night watch");
  await admin.dialog().getByRole("button", { name: "New connection" }).click();
  const key = admin.dialog("Copy these into your app").getByLabel("API key");
  await key.waitFor();
  await key.click();
  const faults = await page.evaluate<
    string[]
  >(`[...document.querySelectorAll("[role=dialog] :is(textarea, input, pre)")]
      .filter((field) => field.scrollWidth > field.clientWidth || field.scrollHeight > field.clientHeight + 1)
      .map((field) => field.outerHTML)`);
  expect(faults).toEqual([]);
  await admin.context.close();
});

// Keys and presses in a rhythm: each acts on the content that was on the screen, of the list that the person works through.
import { must } from "@sayso/must";
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { DashboardTab } from "../dashboard/dashboard-tab.ts";
import { openDecidingScreens } from "./deciding-screens.ts";

const { stage, open } = await openDecidingScreens();
const { services, machine, alice } = stage;

const NOT_YET = "Not yet. Press again in a moment.";

const ask = async (title: string, more: Record<string, unknown> = {}) =>
  (await machine.api.create({ title, priority: "medium", ...more })).body;
const statusOf = async (id: string) => (await machine.api.get(id)).body.status;
const votesOf = async (id: string) =>
  must(
    (
      await services.sql<{ n: number }>(
        "select count(*)::int as n from votes where request_id = $1",
        [id],
      )
    )[0],
  ).n;
const heading = ({ page }: DashboardTab, title: string) =>
  page.getByRole("heading", { name: title, exact: true, level: 1 });
const button = (within: Page | Locator, name: string) =>
  within.getByRole("button", { name, exact: true }).locator("visible=true");
const middleOf = async (place: Locator) => {
  const { x, y, width, height } = must(await place.boundingBox());
  return { x: x + width / 2, y: y + height / 2 };
};
const focusOn = (tab: DashboardTab, text: string) =>
  expect.poll(() => tab.focused("innerText")).toBe(text);
/** Moves to the first row by keyboard. */
const goToFirst = async (tab: DashboardTab, title: string) => {
  await tab.page.getByRole("link", { name: title, exact: true }).waitFor();
  await tab.page.keyboard.press("j");
  await focusOn(tab, title);
};
/** Approves an ordinary request by keyboard. */
const approve = async (tab: DashboardTab) => {
  await tab.canDecide();
  await tab.page.keyboard.press("a");
  await tab.canConfirm("Approve");
  await tab.page.keyboard.press("Enter");
};
/** Stops the page's clock, so that only the test turns it. */
const stopClock = async ({ page }: DashboardTab) =>
  page.clock.pauseAt((await page.evaluate<number>("Date.now()")) + 1000);
/** Turns the page's clock by 50 ms at a time until the locator is there. */
const turnUntil = (tab: DashboardTab, there: Locator) =>
  expect
    .poll(async () => {
      await tab.page.clock.runFor(50);
      return there.count();
    })
    .toBeGreaterThan(0);
/** Presses ten times a second for four seconds by the page's clock. */
const burst = async ({ page }: DashboardTab, press: () => Promise<void>) => {
  for (let i = 0; i < 40; i++) {
    await press();
    await page.clock.runFor(100);
  }
};

/** Inspects the page while its clock is stopped. Axe waits by that clock. */
const inspect = async (tab: DashboardTab) => {
  const state = { isDone: false };
  const faults = tab.inspect().finally(() => {
    state.isDone = true;
  });
  while (!state.isDone) await tab.page.clock.runFor(1);
  return faults;
};

describe("the list that a request was opened from", () => {
  test("a search goes along with its requests, over a reload, and ends where it ends", async () => {
    const first = await ask("Refund order 7");
    const between = await ask("Drop the customer database");
    const last = await ask("Refund order 8");
    const below = await ask("Close the account", { priority: "low" });
    const desk = await open("desktop", "at once");
    const { page } = desk;
    await desk.show("/inbox");
    await page.keyboard.press("/");
    await page.keyboard.type("refund");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/app/inbox?search=refund");
    await goToFirst(desk, "Refund order 7");
    await page.keyboard.press("Enter");
    await heading(desk, "Refund order 7").waitFor();
    await page.reload();
    await approve(desk);
    await heading(desk, "Refund order 8").waitFor();
    await approve(desk);
    await page.waitForURL("**/app/inbox?search=refund");
    await page.getByRole("heading", { name: "No requests match" }).waitFor();
    const ids = [first.id, between.id, last.id, below.id];
    await expect
      .poll(() => Promise.all(ids.map(statusOf)))
      .toEqual(["approved", "pending", "approved", "pending"]);
    await desk.context.close();
  });

  test.each([
    ["/inbox?priority=low&days=7", "inbox"],
    ["/requests?search=refund&from=2020-01-01&to=2099-01-01", "all"],
    ["/requests?list=mine&status=pending,approved", "mine"],
  ])("%s is the one that the keys, the link and the browser lead back to", async (path, list) => {
    const title = `Refund, low, in ${list}`;
    const { id } =
      list === "mine"
        ? (await alice.api.create({ title })).body
        : await ask(title, { priority: "low" });
    const desk = await open("desktop", "at once");
    const { page } = desk;
    const isBack = async () => {
      await page.waitForURL((url) => url.pathname === `/app${new URL(path, "http://a").pathname}`);
      const search = Object.fromEntries(new URL(page.url()).searchParams);
      expect(search).toEqual(Object.fromEntries(new URL(path, "http://a").searchParams));
    };
    await desk.show(path);
    for (const back of ["key", "link", "browser"]) {
      await page.getByRole("link", { name: title, exact: true }).click();
      await page.waitForURL((url) => url.pathname === `/app/requests/${id}`);
      await heading(desk, title).waitFor();
      if (back === "key") await page.keyboard.press("u");
      else if (back === "link") await page.getByRole("link", { name: /, filtered$/ }).click();
      else await page.goBack();
      await isBack();
    }
    await desk.context.close();
  });

  test("keys that follow a search at once reach no request of the list before", async () => {
    await ask("Drop the customer database", { priority: "critical" });
    await ask("Refund order 7");
    const desk = await open("desktop", "at once");
    const { page } = desk;
    await desk.show("/inbox");
    await page.getByRole("link", { name: "Drop the customer database" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("refund");
    for (const key of ["Enter", "j", "Enter"]) await page.keyboard.press(key);
    const only = page.locator("[data-row]").or(heading(desk, "Refund order 7"));
    await expect.poll(() => only.allInnerTexts()).toEqual(["Refund order 7"]);
    expect(await heading(desk, "Drop the customer database").count()).toBe(0);
    await desk.context.close();
  });
});

describe.each(["critical", "high"])("the approval of a %s request", (priority) => {
  test("names the request, and Enter alone never gives it: Tab and Enter do", async () => {
    const title = "Drop the customer database";
    const { id } = await ask(title, { priority });
    const desk = await open("desktop", "at once");
    const { page } = desk;
    await desk.show("/inbox");
    await goToFirst(desk, title);
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press("a");
      await focusOn(desk, "Cancel");
      await expect.poll(() => button(desk.dialog(), "Yes, approve it").isEnabled()).toBe(true);
      await page.keyboard.press("Enter");
      await desk.dialog().waitFor({ state: "detached" });
      await focusOn(desk, title);
    }
    expect(await votesOf(id)).toBe(0);
    await page.keyboard.press("a");
    await focusOn(desk, "Cancel");
    const described = await desk.dialog().getAttribute("aria-describedby");
    expect(await page.locator(`[id="${described}"]`).innerText()).toContain(title);
    expect(await desk.inspect()).toEqual([]);
    await page.keyboard.press("Tab");
    await desk.canConfirm("Yes, approve it");
    await page.keyboard.press("Enter");
    await expect.poll(() => statusOf(id)).toBe("approved");
    await desk.context.close();
  });

  test("asks after a click on the page of the request as well", async () => {
    const { id } = await ask("Drop the customer database", { priority });
    const desk = await open("desktop", "at once");
    await desk.show(`/requests/${id}`);
    await desk.canApprove();
    await button(desk.page, "Approve").click();
    await desk.dialog(new RegExp(priority)).waitFor();
    await focusOn(desk, "Cancel");
    await desk.page.keyboard.press("Enter");
    await desk.dialog().waitFor({ state: "detached" });
    expect(await votesOf(id)).toBe(0);
    await desk.context.close();
  });
});

test("with rows selected, a and r are about these, whichever row has the focus", async () => {
  const [one, two, three] = [await ask("Row 1"), await ask("Row 2"), await ask("Row 3")];
  const desk = await open("desktop", "at once");
  const { page } = desk;
  await desk.show("/inbox");
  await goToFirst(desk, "Row 1");
  for (const key of ["x", "j", "x", "j"]) await page.keyboard.press(key);
  await focusOn(desk, "Row 3");
  await page.keyboard.press("a");
  await desk.dialog("Approve 2 requests?").waitFor();
  await focusOn(desk, "Cancel");
  await expect.poll(() => button(desk.dialog(), "Approve").isEnabled()).toBe(true);
  await page.keyboard.press("Enter");
  await desk.dialog().waitFor({ state: "detached" });
  await page.keyboard.press("r");
  await desk.dialog("Reject 2 requests?").waitFor();
  await page.keyboard.type("Not this week");
  await expect.poll(() => desk.dialog().getByRole("textbox").inputValue()).toBe("Not this week");
  await expect.poll(() => button(desk.dialog(), "Reject").isEnabled()).toBe(true);
  await page.keyboard.press("Control+Enter");
  await expect
    .poll(() => Promise.all([one, two, three].map(({ id }) => statusOf(id))))
    .toEqual(["rejected", "rejected", "pending"]);
  await desk.context.close();
});

test("keys that follow r at once are the reason, and act on no row", async () => {
  const { id } = await ask("Rejected in a hurry");
  await ask("The row below");
  const desk = await open("desktop", "at once");
  const { page } = desk;
  await desk.show("/inbox");
  await goToFirst(desk, "Rejected in a hurry");
  const reason = "jack can arrange a refund, xavier";
  await page.keyboard.press("r");
  await page.keyboard.type(reason);
  await expect.poll(() => desk.dialog().getByRole("textbox").inputValue()).toBe(reason);
  await expect.poll(() => button(desk.dialog(), "Reject").isEnabled()).toBe(true);
  await page.keyboard.press("Control+Enter");
  await expect.poll(() => statusOf(id)).toBe("rejected");
  expect((await machine.api.get(id)).body.decision_comment).toBe(reason);
  await desk.context.close();
});

describe("a burst of presses", () => {
  test("that goes on for seconds decides nothing of the next request, and the page says why", async () => {
    const first = await ask("The first");
    const second = await ask("The second");
    const desk = await open("desktop", "at once");
    const { page } = desk;
    await page.clock.install();
    await desk.show(`/requests/${first.id}?from=inbox`);
    await desk.canApprove();
    const { x, y } = await middleOf(button(page, "Approve"));
    await stopClock(desk);
    await page.mouse.click(x, y);
    await turnUntil(desk, heading(desk, "The second"));
    await turnUntil(desk, button(page, "Approve"));
    await burst(desk, () => page.mouse.click(x, y));
    expect(await votesOf(second.id)).toBe(0);
    const told = page.getByRole("status").getByText(NOT_YET).locator("visible=true");
    await told.waitFor();
    expect(await middleOf(button(page, "Approve"))).toEqual({ x, y });
    expect(await inspect(desk)).toEqual([]);
    await page.clock.runFor(1300);
    await desk.canDecide();
    await told.waitFor({ state: "detached" });
    await page.mouse.click(x, y);
    await turnUntil(desk, page.getByText("Approved: The second"));
    expect(await votesOf(second.id)).toBe(1);
    await desk.context.close();
  });

  test.each(["phone", "smallest phone, dark"] as const)(
    "answers no question on a screen like %s; no button moves or is covered",
    async (screen) => {
      const { id } = await ask("Asked by a tap", { priority: "high" });
      const phone = await open(screen, "at once");
      const { page } = phone;
      await page.clock.install();
      await phone.show(`/requests/${id}`);
      await phone.canApprove();
      await stopClock(phone);
      await button(page, "Approve").tap();
      const confirm = button(phone.dialog(), "Yes, approve it");
      await turnUntil(phone, confirm);
      await page.clock.runFor(200);
      const { x, y } = await middleOf(confirm);
      const cancel = await middleOf(button(phone.dialog(), "Cancel"));
      await burst(phone, () => page.touchscreen.tap(x, y));
      expect(await votesOf(id)).toBe(0);
      await phone.dialog().getByRole("status").getByText(NOT_YET).waitFor();
      expect(await middleOf(confirm)).toEqual({ x, y });
      expect(await middleOf(button(phone.dialog(), "Cancel"))).toEqual(cancel);
      for (const name of ["Cancel", "Yes, approve it"]) {
        const at = await middleOf(button(phone.dialog(), name));
        const hit = `document.elementFromPoint(${at.x}, ${at.y}).closest("button")?.textContent`;
        expect(await page.evaluate(hit)).toBe(name);
      }
      expect(await inspect(phone)).toEqual([]);
      await page.clock.runFor(800);
      await expect.poll(() => confirm.isEnabled()).toBe(true);
      await page.touchscreen.tap(x, y);
      await turnUntil(phone, page.getByText("Approved: Asked by a tap"));
      expect(await votesOf(id)).toBe(1);
      await phone.context.close();
    },
  );

  test("withdraws nothing, and a question whose answer can't be undone starts on Cancel", async () => {
    const { id } = (await alice.api.create({ title: "My own" })).body;
    const desk = await open("desktop", "at once");
    const { page } = desk;
    await page.clock.install();
    await desk.show(`/requests/${id}`);
    await stopClock(desk);
    await button(page, "Withdraw request").click();
    const confirm = button(desk.dialog(), "Withdraw request");
    await turnUntil(desk, confirm);
    await focusOn(desk, "Cancel");
    await page.clock.runFor(200);
    const { x, y } = await middleOf(confirm);
    await burst(desk, () => page.mouse.click(x, y));
    await desk.dialog().getByRole("status").getByText(NOT_YET).waitFor();
    expect(await statusOf(id)).toBe("pending");
    await page.clock.runFor(800);
    await page.mouse.click(x, y);
    await expect.poll(() => statusOf(id)).toBe("cancelled");
    await desk.context.close();
  });

  test("of Enter on the question of an ordinary approval gives it only after a pause", async () => {
    const { id } = await ask("Asked by a key");
    const desk = await open("desktop", "at once");
    const { page } = desk;
    await page.clock.install();
    await desk.show(`/requests/${id}`);
    await desk.canApprove();
    await stopClock(desk);
    await page.keyboard.press("a");
    await turnUntil(desk, button(desk.dialog(), "Approve"));
    await burst(desk, () => page.keyboard.press("Enter"));
    await desk.dialog().getByRole("status").getByText(NOT_YET).waitFor();
    expect(await votesOf(id)).toBe(0);
    await page.clock.runFor(800);
    await page.keyboard.press("Enter");
    await turnUntil(desk, page.getByText("Approved: Asked by a key"));
    expect(await votesOf(id)).toBe(1);
    await desk.context.close();
  });
});

describe("a held key", () => {
  /** Holds a key: after the first press it repeats. */
  const hold = async (tab: DashboardTab, key: string) => {
    for (let i = 0; i < 20; i++) await tab.page.keyboard.down(key);
    await tab.page.keyboard.up(key);
  };

  test("presses one button, and not the one of the dialog that it opens", async () => {
    const { id } = (await alice.api.create({ title: "My own" })).body;
    const desk = await open("desktop", "at once");
    await desk.show(`/requests/${id}`);
    await button(desk.page, "Withdraw request").focus();
    await hold(desk, "Enter");
    expect(await desk.dialog().count()).toBe(1);
    await focusOn(desk, "Cancel");
    await hold(desk, " ");
    await desk.dialog().waitFor({ state: "detached" });
    expect(await statusOf(id)).toBe("pending");
    await desk.context.close();
  });

  test("takes back one vote", async () => {
    for (const title of ["Held 1", "Held 2"]) await ask(title);
    const desk = await open("desktop");
    const { page } = desk;
    // The votes stay held for as long as the test needs.
    await page.clock.install();
    await desk.show("/inbox");
    await goToFirst(desk, "Held 1");
    await page.keyboard.press("a");
    await desk.canConfirm("Approve");
    await stopClock(desk);
    await page.keyboard.press("Enter");
    await page.clock.runFor(100);
    await focusOn(desk, "Held 2");
    await page.keyboard.press("a");
    await turnUntil(desk, button(desk.dialog(), "Approve"));
    await page.clock.runFor(800);
    await page.keyboard.press("Enter");
    await turnUntil(desk, page.getByText("You approve: Held 2"));
    await hold(desk, "z");
    await page.getByText("Approval undone: Held 2").waitFor();
    await page.getByText("You approve: Held 1").waitFor();
    await desk.context.close();
  });
});

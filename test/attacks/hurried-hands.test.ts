// A person faster than the page, a screen smaller than the text, a connection that breaks: each vote is the one that
// the person meant, and none is lost without a notice.
import { must } from "@sayso/must";
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import type { DashboardTab } from "../dashboard/dashboard-tab.ts";
import { holdTimers } from "../dashboard/page-timers.ts";
import { openDecidingScreens } from "./deciding-screens.ts";

const { stage, open } = await openDecidingScreens();
const { services, machine, bob } = stage;

const ask = async (title: string, more: Record<string, unknown> = {}) =>
  (await machine.api.create({ title, priority: "medium", ...more })).body;
const votesOn = async (id: string) =>
  (
    await services.sql<{ decision: string }>("select decision from votes where request_id = $1", [
      id,
    ])
  ).map(({ decision }) => decision);
/** Makes votes of this tab be held until the test lets time pass. A vote is held for five seconds. */
const holdVotes = ({ page }: DashboardTab) => holdTimers(page, 5000);
const notes = ({ page }: DashboardTab) => page.getByRole("region", { name: "Your votes" });
const noteOf = (tab: DashboardTab, title: string) =>
  notes(tab).locator("[data-state]").filter({ hasText: title });
const button = (within: Page | Locator, name: string | RegExp) =>
  within.getByRole("button", { name, exact: true }).locator("visible=true");
const middleOf = async (place: Locator) => {
  const box = await place.boundingBox();
  if (!box) throw new Error("It is nowhere");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};
const tapAt = ({ page }: DashboardTab, { x, y }: { x: number; y: number }) =>
  page.touchscreen.tap(x, y);
/** Decides the request on a phone's page. */
const decide = async (tab: DashboardTab, verb: "Approve" | "Reject", reason?: string) => {
  await tab.canDecide();
  await button(tab.page, verb).tap();
  if (reason !== undefined) await tab.dialog().getByRole("textbox").fill(reason);
  await button(tab.dialog(), verb).tap();
};

test("a tap on Undo takes back the vote that it was aimed at, when the other note has gone meanwhile", async () => {
  const first = await ask("The first to go");
  const second = await ask("The second to go");
  const phone = await open("phone");
  const timers = await holdVotes(phone);
  await phone.show(`/requests/${first.id}?from=inbox`);
  await decide(phone, "Approve");
  await phone.page.getByRole("heading", { name: "The second to go", level: 1 }).waitFor();
  await timers.pass(2000);
  await decide(phone, "Approve");
  const older = noteOf(phone, "The first to go");
  await noteOf(phone, "The second to go").getByRole("button", { name: "Undo" }).waitFor();
  const aimedAt = await middleOf(older.getByRole("button", { name: "Undo" }));
  await timers.pass(3000);
  await expect.poll(() => votesOn(first.id)).toEqual(["approve"]);
  for (let i = 0; i < 5; i++) {
    await tapAt(phone, aimedAt);
    await phone.page.waitForTimeout(150);
  }
  await timers.pass(2000);
  await expect.poll(() => votesOn(second.id)).toEqual(["approve"]);
  await phone.context.close();
});

test("Undo says so, and leads back to the request that is open again", async () => {
  const first = await ask("Was a mistake");
  await ask("Comes next");
  const phone = await open("phone");
  const timers = await holdVotes(phone);
  await phone.show(`/requests/${first.id}?from=inbox`);
  await decide(phone, "Approve");
  await phone.page.getByRole("heading", { name: "Comes next", level: 1 }).waitFor();
  await noteOf(phone, "Was a mistake").getByRole("button", { name: "Undo" }).tap();
  await noteOf(phone, "Was a mistake").getByText("Approval undone:").waitFor();
  await noteOf(phone, "Was a mistake").getByText("Nothing was sent.").waitFor();
  await phone.page.getByRole("heading", { name: "Was a mistake", level: 1 }).waitFor();
  await decide(phone, "Reject");
  await noteOf(phone, "Was a mistake").getByText("You reject:").waitFor();
  await timers.pass(5000);
  await expect.poll(() => votesOn(first.id)).toEqual(["reject"]);
  await phone.context.close();
});

test("a vote on several that didn't arrive is told on the next page, with its comment, and can be sent again", async () => {
  const asked = [await ask("Several, one"), await ask("Several, two")];
  const phone = await open("phone");
  const { page } = phone;
  await holdVotes(phone);
  await phone.show("/inbox");
  for (const { title } of asked) await page.getByRole("checkbox", { name: title }).tap();
  await button(page.getByRole("region", { name: "Selected requests" }), "Approve").tap();
  await phone.dialog().getByRole("textbox").fill("Both are fine");
  await button(phone.dialog(), "Approve").tap();
  await noteOf(phone, "2 requests").getByRole("button", { name: "Undo" }).waitFor();
  // A tap beside the notice undoes nothing.
  await page.touchscreen.tap(195, 700);
  await phone.context.setOffline(true);
  await noteOf(phone, "2 requests").getByRole("button", { name: "Send now" }).tap();
  await noteOf(phone, "2 requests").getByText("Sayso did not confirm your approval:").waitFor();
  await page.goto("about:blank");
  await phone.context.setOffline(false);
  await phone.show("/inbox");
  await noteOf(phone, "2 requests")
    .getByText("You left the page or signed out before Sayso answered.")
    .waitFor();
  expect(await votesOn(must(asked[0]).id)).toEqual([]);
  await noteOf(phone, "2 requests").getByRole("button", { name: "Try again" }).tap();
  for (const { id } of asked) {
    await expect.poll(() => votesOn(id)).toEqual(["approve"]);
    const { body } = await machine.api.get(id);
    expect(body.decision_comment).toBe("Both are fine");
  }
  await notes(phone).getByText("2 requests approved").waitFor();
  await phone.context.close();
});

test("a yes that lost to a no is told at once, with who rejected, and stays until it is closed", async () => {
  const { id } = await ask("Bob says no");
  const phone = await open("phone");
  const timers = await holdVotes(phone);
  await phone.show(`/requests/${id}`);
  await decide(phone, "Approve");
  await noteOf(phone, "Bob says no").getByRole("button", { name: "Undo" }).waitFor();
  await bob.api.reject(id, "No");
  const note = noteOf(phone, "Bob says no");
  await note.getByText("Your approval was not counted:").waitFor();
  await note.getByText(/^Bob Approver, through the personal token .+ rejected this\./).waitFor();
  await timers.pass(60_000);
  await note.getByRole("button", { name: "Close" }).tap();
  await note.waitFor({ state: "detached" });
  expect(await votesOn(id)).toEqual(["reject"]);
  await phone.context.close();
});

test("what was written for a vote outlives a reload, is nobody else's, and goes with who signs out", async () => {
  const { id } = await ask("Needs a reason", { priority: "high" });
  const phone = await open("phone");
  const reason = phone.dialog().getByRole("textbox");
  const openReason = async () => {
    await phone.show(`/requests/${id}`);
    await phone.canDecide();
    await button(phone.page, "Reject").tap();
  };
  await openReason();
  await reason.pressSequentially("Not this quarter");
  await openReason();
  await expect.poll(() => reason.inputValue()).toBe("Not this quarter");
  await phone.enter(bob);
  await openReason();
  await expect.poll(() => reason.inputValue()).toBe("");
  await phone.context.close();

  const desk = await open("desktop");
  await desk.show(`/requests/${id}`);
  const field = desk.page.getByLabel("Comment", { exact: false }).first();
  await field.pressSequentially("Left behind");
  await desk.page.getByRole("button", { name: /^Your account and organizations/ }).click();
  await desk.page.getByRole("menuitem", { name: "Sign out" }).click();
  await desk.page.waitForURL("**/sign-in");
  expect(await desk.page.evaluate("JSON.stringify(sessionStorage)")).not.toContain("Left behind");
  await desk.context.close();
});

test("the second tap of two on a sheet's buttons reaches nothing below it", async () => {
  const { id } = await ask("Twice tapped");
  const phone = await open("phone");
  const { page } = phone;
  for (const name of ["Cancel", "Approve"]) {
    await phone.show(`/requests/${id}`);
    await phone.canDecide();
    await button(page, "Approve").tap();
    const pressed = button(phone.dialog(), name);
    await expect.poll(() => pressed.isEnabled()).toBe(true);
    const place = await middleOf(pressed);
    await tapAt(phone, place);
    await page.waitForTimeout(180);
    await tapAt(phone, place);
    await page.waitForTimeout(400);
    expect([name, new URL(page.url()).pathname, await phone.dialog().count()]).toEqual([
      name,
      `/app/requests/${id}`,
      0,
    ]);
  }
  await noteOf(phone, "Twice tapped").waitFor();
  await phone.context.close();
});

test("what is longer than the screen is approved when all of it was on it, without a jump to its end", async () => {
  const lines = Array.from({ length: 60 }, (_, i) => `Line ${i} of what will happen`);
  const { id } = await ask("Long, on a small phone", {
    priority: "critical",
    description: lines.join("\n"),
  });
  const phone = await open("smallest phone, dark", "at once");
  const { page } = phone;
  await phone.show(`/requests/${id}`);
  await phone.canDecide();
  const approve = button(page, "Approve");
  expect(await button(page, "Reject").isEnabled()).toBe(true);
  expect(await approve.isEnabled()).toBe(false);
  await page.evaluate("scrollTo(0, document.body.scrollHeight)");
  await page.waitForTimeout(300);
  expect(await approve.isEnabled(), "after a jump to the end").toBe(false);
  await page.evaluate("scrollTo(0, 0)");
  await page.keyboard.press("End");
  await page.waitForTimeout(1500);
  expect(await approve.isEnabled(), "after the key that jumps to the end").toBe(false);
  await page.evaluate("scrollTo(0, 0)");
  const readOn = button(page, "Read on");
  let steps = 0;
  for (; await readOn.isVisible(); steps++) {
    await readOn.tap();
    await page.waitForTimeout(100);
  }
  expect(steps).toBeGreaterThan(3);
  await page.getByText("Line 59 of what will happen").waitFor();
  await expect.poll(() => approve.isEnabled()).toBe(true);
  expect(phone.complaints).toEqual([]);
  await phone.context.close();
});

test("in the list's question a long text is read first, and opens at its beginning", async () => {
  const { id } = await ask("Long, in the list", { description: "One line of many.\n".repeat(80) });
  const desk = await open("desktop", "at once");
  const { page } = desk;
  await desk.show("/inbox");
  await page.getByRole("link", { name: "Long, in the list" }).focus();
  await page.keyboard.press("a");
  const confirm = button(desk.dialog(), "Approve");
  await button(desk.dialog(), "Read on").waitFor();
  expect(await page.evaluate("document.querySelector('[role=dialog]').scrollTop")).toBe(0);
  await page.waitForTimeout(1000);
  await page.keyboard.press("Control+Enter");
  expect([await confirm.isEnabled(), await votesOn(id)]).toEqual([false, []]);
  await desk.readOn();
  await confirm.click();
  await expect.poll(() => votesOn(id)).toEqual(["approve"]);
  await desk.context.close();
});

test("the next request opens at its beginning, and no message lies on its buttons", async () => {
  const first = await ask("Decided first");
  await ask("Opens at its beginning. ".repeat(18).trim(), { description: "Text.\n".repeat(40) });
  const phone = await open("smallest phone, dark", "at once");
  const { page } = phone;
  await phone.show(`/requests/${first.id}?from=inbox`);
  await decide(phone, "Approve");
  await page.getByRole("heading", { name: /^Opens at its beginning/, level: 1 }).waitFor();
  await notes(phone).getByText("Approved: Decided first").waitFor();
  expect(await page.evaluate("scrollY")).toBe(0);
  const isFree = async (name: string) => {
    const { x, y } = await middleOf(button(page, name));
    const shown = await page.evaluate(
      `document.elementFromPoint(${x}, ${y}).closest("button")?.textContent`,
    );
    return shown === name;
  };
  expect([await isFree("Reject"), await isFree("Approve")]).toEqual([true, true]);
  await phone.context.close();
});

test("what was changed meanwhile is told where the buttons were, and where it begins", async () => {
  const { id } = await ask("Changed under the eyes", { description: "Text.\n".repeat(120) });
  const phone = await open("phone");
  const { page } = phone;
  await phone.show(`/requests/${id}`);
  await phone.canDecide();
  await page.evaluate("scrollTo(0, 1500)");
  await machine.api.revise(id, { description: "Another text.\n".repeat(120) });
  const again = button(page, "I've read it again");
  await again.waitFor();
  const { y } = await middleOf(again);
  expect(y).toBeLessThan(844);
  await button(page, "Back to top").tap();
  await page.getByRole("alert").getByText("(what will happen)").waitFor();
  await expect.poll(() => page.evaluate("scrollY")).toBe(0);
  await again.tap();
  await phone.canDecide();
  expect(await button(page, "Approve").isEnabled()).toBe(false);
  await phone.context.close();
});

test("the last row of the inbox isn't hidden by what can be done with the selected ones", async () => {
  for (let i = 0; i < 14; i++) await ask(`Row ${i}`);
  const phone = await open("phone");
  const { page } = phone;
  await phone.show("/inbox");
  await page.getByRole("checkbox", { name: "Row 1”" }).tap();
  const bar = page.getByRole("region", { name: "Selected requests" });
  await bar.waitFor();
  await page.evaluate("scrollTo(0, document.body.scrollHeight)");
  const lowest =
    "Math.max(...[...document.querySelectorAll('[data-row]')].map((row) => row.closest('li').getBoundingClientRect().bottom))";
  await expect
    .poll(async () => Number(await page.evaluate(lowest)) <= must(await bar.boundingBox()).y)
    .toBe(true);
  const [reject, approve] = [
    await middleOf(button(bar, "Reject")),
    await middleOf(button(bar, "Approve")),
  ];
  expect(reject.x).toBeLessThan(approve.x);
  await phone.context.close();
});

test.each([
  ["the deadline", 10, {}],
  [
    "an automatic action that comes before the deadline",
    1440,
    { auto_action: "reject", auto_action_after_minutes: 10 },
  ],
])("a vote that would come after %s if it were held is sent at once", async (_, minutes, more) => {
  const expires_at = new Date(Date.now() + minutes * 60_000).toISOString();
  const { id, auto_action_at } = await ask("Ends soon", { expires_at, ...more });
  const phone = await open("phone");
  await holdVotes(phone);
  // By this phone's clock the end is always seven seconds away.
  const end = Date.parse(auto_action_at ?? expires_at);
  await phone.page.addInitScript(`Date.now = () => ${end - 7000}`);
  await phone.show(`/requests/${id}`);
  await decide(phone, "Approve");
  await noteOf(phone, "Ends soon").getByText("Approved: Ends soon").waitFor();
  expect(await votesOn(id)).toEqual(["approve"]);
  await phone.context.close();
});

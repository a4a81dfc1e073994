// Clicks, taps and keys that come too soon: each decides the request that the person saw, and nothing else.
import { must } from "@sayso/must";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { DashboardTab } from "../dashboard/dashboard-tab.ts";
import { holdTimers, type PageTimers } from "../dashboard/page-timers.ts";
import { markShown, signedIn } from "../pages/visitor.ts";
import { openDecidingScreens } from "./deciding-screens.ts";

const { stage, open } = await openDecidingScreens();
const { server, services, machine, alice } = stage;

const ask = async (title: string, more: Record<string, unknown> = {}) =>
  (await machine.api.create({ title, priority: "medium", ...more })).body;
const votesOf = async (id: string) =>
  must(
    (
      await services.sql<{ n: number }>(
        "select count(*)::int as n from votes where request_id = $1",
        [id],
      )
    )[0],
  ).n;
const placeOf = async (page: Page, name: string) => {
  const button = page.getByRole("button", { name, exact: true }).locator("visible=true");
  await expect.poll(() => button.isEnabled()).toBe(true);
  const box = await button.boundingBox();
  if (!box) throw new Error(`${name} is nowhere`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};
/** The shortest pause before a press can act (apps/dashboard/src/ui/pause/use-in-sight.ts), in milliseconds. */
const QUESTION_MS = 700;
/** Makes pauses last, and votes be held, until the test lets time pass. */
const holdPauses = ({ page }: DashboardTab) => holdTimers(page, QUESTION_MS);
/** Makes votes be held until the test lets time pass. */
const holdVotes = ({ page }: DashboardTab) => holdTimers(page, 5000);
/** Returns the place of this button, once it can be pressed. */
const restedPlaceOf = async (page: Page, timers: PageTimers, name: string) => {
  await page.locator("article").waitFor();
  await timers.pass(1200);
  return placeOf(page, name);
};
/** Clicks the same place for this time of the page's timers, a click each 50 ms. */
const clickOn = async (
  page: Page,
  timers: PageTimers,
  { x, y }: { x: number; y: number },
  milliseconds: number,
) => {
  for (let passed = 0; passed < milliseconds; passed += 50) {
    await page.mouse.click(x, y);
    await timers.pass(50);
  }
};
const heldVote = ({ page }: DashboardTab) => page.getByRole("region", { name: "Your votes" });

test("clicks that go on for a second after a decision decide nothing of the next request", async () => {
  const first = await ask("The first");
  const second = await ask("The second");
  const desk = await open("desktop");
  const timers = await holdPauses(desk);
  await desk.show(`/requests/${first.id}?from=inbox`);
  await clickOn(desk.page, timers, await restedPlaceOf(desk.page, timers, "Approve"), 1000);
  await desk.page.getByRole("heading", { name: "The second", level: 1 }).waitFor();
  await heldVote(desk).getByText("The first").waitFor();
  expect(await heldVote(desk).getByText("The second").count()).toBe(0);
  await timers.pass(5000);
  await expect.poll(() => votesOf(first.id)).toBe(1);
  expect(await votesOf(second.id)).toBe(0);
  await desk.context.close();
});

test("taps that go on for a second decide nothing either, with votes sent at once", async () => {
  const first = await ask("The first");
  const second = await ask("The second");
  const phone = await open("phone", "at once");
  const timers = await holdPauses(phone);
  await phone.show(`/requests/${first.id}?from=inbox`);
  const bar = await restedPlaceOf(phone.page, timers, "Approve");
  await phone.page.mouse.click(bar.x, bar.y);
  await phone.dialog().waitFor();
  const confirm = phone.dialog().getByRole("button", { name: "Approve", exact: true });
  await timers.pass(QUESTION_MS);
  await expect.poll(() => confirm.isEnabled()).toBe(true);
  const box = must(await confirm.boundingBox());
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await clickOn(phone.page, timers, middle, 1000);
  await expect.poll(() => votesOf(first.id)).toBe(1);
  expect(await votesOf(second.id)).toBe(0);
  await phone.context.close();
});

test("a double tap on the bar opens the question, and doesn't answer it", async () => {
  const { id } = await ask("Only one tap was meant");
  const phone = await open("phone", "at once");
  const timers = await holdPauses(phone);
  await phone.show(`/requests/${id}`);
  await clickOn(phone.page, timers, await restedPlaceOf(phone.page, timers, "Approve"), 200);
  const confirm = phone.dialog().getByRole("button", { name: "Approve", exact: true });
  const box = must(await confirm.boundingBox());
  await phone.page.mouse.click(box.x + 10, box.y + 10);
  await timers.pass(QUESTION_MS);
  await expect.poll(() => confirm.isEnabled()).toBe(true);
  expect(await votesOf(id)).toBe(0);
  await phone.context.close();
});

test("keys pressed before a request was in sight for a moment decide nothing", async () => {
  const { id } = await ask("Just opened");
  const desk = await open("desktop", "at once");
  const timers = await holdPauses(desk);
  await desk.open(`/app/requests/${id}`);
  await desk.page.getByRole("heading", { name: "Just opened" }).waitFor();
  await desk.page.keyboard.press("a");
  await desk.page.keyboard.press("Enter");
  expect(await desk.dialog().count()).toBe(0);
  expect(await votesOf(id)).toBe(0);
  await restedPlaceOf(desk.page, timers, "Approve");
  await desk.page.keyboard.press("a");
  await desk.dialog().waitFor();
  await desk.context.close();
});

test("a vote is held for five seconds: Undo, or z, takes it back, and a double click on Undo decides nothing", async () => {
  const { id } = await ask("Think again");
  const desk = await open("desktop");
  const timers = await holdVotes(desk);
  await desk.show(`/requests/${id}`);
  await desk.page.getByLabel("Comment", { exact: false }).first().fill("Too fast");
  await desk.page.mouse.click(...at(await placeOf(desk.page, "Approve")));
  await heldVote(desk).getByText("Think again").waitFor();
  await timers.pass(4900);
  await desk.drawn();
  expect(await votesOf(id)).toBe(0);
  const undo = heldVote(desk).getByRole("button", { name: "Undo" });
  await undo.dblclick();
  await heldVote(desk).getByText("Approval undone: Think again").waitFor();
  // The text is still there.
  await expect
    .poll(() => desk.page.getByLabel("Comment", { exact: false }).first().inputValue())
    .toBe("Too fast");
  await desk.page.mouse.click(...at(await placeOf(desk.page, "Reject")));
  await heldVote(desk).getByText("You reject: Think again").waitFor();
  await desk.page.keyboard.press("z");
  await heldVote(desk).getByText("Rejection undone: Think again").waitFor();
  await timers.pass(60_000);
  await desk.page.waitForTimeout(500);
  expect(await votesOf(id)).toBe(0);
  expect(desk.complaints).toEqual([]);
  await desk.context.close();
});

test("closing the page sends a vote that is held", async () => {
  const { id } = await ask("Decided and gone");
  const desk = await open("desktop");
  await holdVotes(desk);
  await desk.show(`/requests/${id}`);
  await desk.page.mouse.click(...at(await placeOf(desk.page, "Approve")));
  await heldVote(desk).getByText("Decided and gone").waitFor();
  await desk.page.goto("about:blank");
  await expect.poll(() => votesOf(id)).toBe(1);
  await desk.context.close();
});

test("a request that is changed while a vote on it is held is not decided, and says so", async () => {
  const { id } = await ask("Harmless");
  const desk = await open("desktop");
  await holdVotes(desk);
  await desk.show(`/requests/${id}`);
  await desk.page.mouse.click(...at(await placeOf(desk.page, "Approve")));
  await heldVote(desk).getByText("Harmless").waitFor();
  await machine.api.revise(id, { title: "Harmful" });
  await heldVote(desk).getByText("This request was revised while you were reading it").waitFor();
  expect(await votesOf(id)).toBe(0);
  await desk.context.close();
});

test("on the page without a script, only a page that was shown long enough approves, and an earlier tap is told so", async () => {
  const { id } = await ask("A row in the list, a moment ago");
  const visitor = await signedIn(server.url, alice);
  const action = `/requests/${id}/decision`;
  const other = (await ask("Another request")).id;
  const form = (await visitor.get(`/requests/${id}`)).hidden(action);
  const own = { csrf: must(form.csrf), requestId: id, version: must(form.version) };
  const longAgo = Date.now() - 60_000;
  for (const shown of [
    markShown(Date.now() + 60_000, own),
    markShown(longAgo, { ...own, requestId: other }),
    markShown(longAgo, { ...own, csrf: "another session's" }),
    markShown(longAgo, { ...own, version: "2" }),
    markShown(longAgo, own).replace(String(longAgo), String(longAgo - 1)),
    ...["", "0", "1", "soon", "NaN", "-1", String(longAgo), `${longAgo}.`, "1e3.x"],
  ]) {
    const refused = await visitor.post(action, { ...form, decision: "approve", shown });
    expect([shown, refused.status, await votesOf(id)]).toEqual([shown, 422, 0]);
  }
  const { shown: _, ...without } = form;
  const tooSoon = await visitor.post(action, { ...without, decision: "approve" });
  expect([tooSoon.status, await votesOf(id)]).toEqual([422, 0]);
  expect(tooSoon.html).toContain("Not yet: you voted before anybody could read the request");
  // Read out at once: an alert that has the focus when the page opens.
  expect(tooSoon.html).toMatch(
    /<div\s+class="banner bad"\s+role="alert"\s+tabindex="-1"\s+autofocus/,
  );
  expect(tooSoon.html.match(/autofocus/g)).toHaveLength(1);
  expect((await visitor.decide(id, "approve")).status).toBe(303);
  expect(await votesOf(id)).toBe(1);
});

test("a vote whose answer is lost on the way is told as counted", async () => {
  const { id } = await ask("Counted, but nobody heard");
  const desk = await open("desktop", "at once");
  const { page } = desk;
  await desk.show(`/requests/${id}`);
  await page.route("**/your-vote", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch();
    await route.abort("connectionreset");
  });
  await page.mouse.click(...at(await placeOf(page, "Approve")));
  await page.getByText("Vote counted: Counted, but nobody heard").waitFor();
  expect(await page.getByText("was not counted").count()).toBe(0);
  expect(await votesOf(id)).toBe(1);
  await desk.context.close();
});

test("what is shown only once isn't put away by the second tap of two", async () => {
  const phone = await open("phone", "at once");
  const timers = await holdPauses(phone);
  await phone.show("/tokens");
  await phone.page.getByRole("button", { name: "New token" }).click();
  await phone.dialog().getByRole("textbox", { name: "Name" }).fill("Twice tapped");
  await phone.dialog().getByRole("button", { name: "New token" }).click();
  const token = phone.page.getByLabel("Token", { exact: true });
  await token.waitFor();
  const copied = phone.dialog().getByRole("button", { name: "I've copied it" });
  expect(await copied.isEnabled()).toBe(false);
  await timers.pass(QUESTION_MS);
  await expect.poll(() => copied.isEnabled()).toBe(true);
  expect(await token.inputValue()).toMatch(/^[a-z]+_[0-9a-f]{64}$/);
  await phone.context.close();
});

test("of several that are approved at once, one that was revised after it was listed is not", async () => {
  const kept = await ask("Harmless and kept", { priority: "low" });
  const changed = await ask("Harmless at first", { priority: "low" });
  const desk = await open("desktop", "at once");
  await desk.show("/inbox");
  const { page } = desk;
  for (const title of ["Harmless and kept", "Harmless at first"]) {
    await page.getByRole("link", { name: title }).focus();
    await page.keyboard.press("x");
  }
  await page.getByText("2 selected").waitFor();
  const bar = page.getByRole("region", { name: "Selected requests" });
  await bar.getByRole("button", { name: "Approve" }).click();
  await machine.api.revise(changed.id, { title: "Harmful" });
  const confirm = desk.dialog().getByRole("button", { name: "Approve", exact: true });
  await expect.poll(() => confirm.isEnabled()).toBe(true);
  await confirm.click();
  await heldVote(desk).getByText("This request was changed after you opened it").waitFor();
  expect([await votesOf(kept.id), await votesOf(changed.id)]).toEqual([1, 0]);
  await desk.context.close();
});

test("a vote that is held is never cast by the next person in this browser", async () => {
  const { id } = await ask("Alice decides, Bob signs in");
  const desk = await open("desktop");
  const timers = await holdVotes(desk);
  await desk.show(`/requests/${id}`);
  await desk.page.mouse.click(...at(await placeOf(desk.page, "Approve")));
  await heldVote(desk).getByText("Alice decides").waitFor();
  await desk.enter(stage.bob);
  // A page that has loaded again as Bob's has no timer of Alice's.
  await timers.pass(5000).catch(() => undefined);
  // The server refuses every call that the page still sends in Alice's name. The page then loads again, as Bob's.
  await desk.page.getByText("Bob Approver").first().waitFor();
  await desk.page.waitForTimeout(1000);
  expect(await votesOf(id)).toBe(0);
  await desk.context.close();
});

const at = ({ x, y }: { x: number; y: number }): [number, number] => [x, y];

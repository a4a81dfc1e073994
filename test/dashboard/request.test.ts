// The page of one request: reading it, deciding it with mouse, thumb and keyboard, and updates by other people.
import { must } from "@sayso/must";
import { createOrganization, openStage, shareStage, type TestPerson } from "@sayso/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { openDashboard, screens, type DashboardTab } from "./dashboard-tab.ts";
import { holdTimers } from "./page-timers.ts";

const stage = await shareStage();
const { server, organization, services, alice, bob, machine } = stage;
const ada = await organization.addPerson({ name: "Ada Admin", role: "admin" });
let browser: TestBrowser;
/** One tab of Alice at a desk, which all tests share. */
let desk: DashboardTab;
let page: Page;
beforeAll(async () => {
  browser = await shareBrowser();
  desk = await openDashboard(browser, server.url, alice);
  ({ page } = desk);
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

const ask = async (body: Record<string, unknown> = {}) => {
  // The approval of a high request would ask again.
  const answer = await machine.api.create({ priority: "medium", ...body });
  expect(answer.status).toBe(201);
  return answer.body;
};
const statusOf = async (id: string) => (await alice.api.get(id)).body.status;
const votesOf = async (id: string) =>
  must(
    (
      await services.sql<{ n: number }>(
        "select count(*)::int as n from votes where request_id = $1",
        [id],
      )
    )[0],
  ).n;
const show = (id: string) => desk.show(`/requests/${id}`);
const button = (name: string, at: Page = page) => at.getByRole("button", { name, exact: true });
const outcome = (at: Page = page) => at.locator("main [role=status]").first();
/** Holds the votes of this tab back. @returns a function that lets them through */
const holdVotes = async () => {
  let letThrough = () => {};
  const isHeld = new Promise<void>((resolve) => (letThrough = resolve));
  onTestFinished(() => page.unroute("**/your-vote"));
  await page.route("**/your-vote", async (route) => {
    if (route.request().method() === "POST") await isHeld;
    await route.continue();
  });
  return letThrough;
};
/** Waits until the page shows a vote that the server hasn't answered yet. */
const isBeingSent = () =>
  page.getByRole("region", { name: "Your votes" }).getByText("Sending").waitFor();
const openTabOf = (person: TestPerson, screen?: Parameters<typeof openDashboard>[3]) =>
  openDashboard(browser, server.url, person, screen);

describe("reading", () => {
  test("who asks, what will happen, fields, JSON, context, who decides and what happened", async () => {
    const { id } = await ask({
      title: "Deploy v2.4.0",
      description: "Rolls out.\nLocks a table.",
      source_name: "Build 4821",
      source_url: "https://ci.example.com/4821",
      required_approvals: 2,
      assigned_approvers: [alice.id, bob.id, ada.id],
      expires_at: new Date(Date.now() + 90 * 60_000).toISOString(),
      metadata: {
        orders_total: 1_284_500,
        buildId: 20_260_324,
        at: "2026-03-25T10:00:00Z",
        list: [{ name: "first" }, "second"],
        log: "line\n".repeat(50),
      },
      context_html: "<h3>Smoke tests</h3><p>All <b>passed</b></p>",
    });
    await bob.api.decide(id, {
      decision: "approve",
      comment: "Watched the dry run",
      source: "chat",
    });
    await show(id);
    const texts = [
      "machine asks",
      "Locks a table.",
      "1284500",
      "20260324",
      "25 Mar 2026, 10:00 UTC",
      "1 of 2 approvals",
      "Waiting for Ada Admin, Alice Approver (you)",
      "Bob Approver, through the personal token",
      "All passed",
      "Expires in",
      "written by the asker, not by Sayso",
    ];
    await expect
      .poll(async () => {
        const shown = await page.locator("main").innerText();
        return texts.filter((text) => !shown.includes(text));
      })
      .toEqual([]);
    expect(await page.getByRole("link", { name: "Build 4821" }).getAttribute("rel")).toContain(
      "noreferrer",
    );
    await button("Show all 250 characters").click();
    await button("Show less").waitFor();
    await page.keyboard.press("e");
    await expect
      .poll(() => page.getByRole("region", { name: "JSON" }).innerText())
      .toContain('"buildId": 20260324');
    await page.keyboard.press("e");
    await page.getByRole("region", { name: "JSON" }).waitFor({ state: "detached" });
    // Opening the page decides nothing.
    expect([await statusOf(id), await votesOf(id)]).toEqual(["pending", 1]);
  });

  test("what changes, and what became of it", async () => {
    const registry = "/changes/api/v1";
    await ada.api.call("PUT", `${registry}/entities/offer/summer`, {
      body: { entityName: "Summer sale", body: { price: 20, text: "Cheap\nbargains now" } },
    });
    const { body } = await machine.api.call<{ id: string }>("POST", `${registry}/approvals`, {
      body: {
        entityType: "offer",
        entityId: "summer",
        entityName: "Summer sale",
        action: "update",
        payload: { price: 15, text: "Cheap\nbargains today" },
      },
    });
    await show(body.id);
    const change = page.locator("section", {
      has: page.getByRole("heading", { name: "Changes" }),
    });
    const removed = async () =>
      (await change.locator("del").allInnerTexts()).map((text) => text.split("\n").at(-1));
    await expect.poll(removed).toEqual(["20", "bargains now"]);
    await expect.poll(() => change.locator("ins mark").allInnerTexts()).toEqual(["today"]);
    await change.getByText("Applies with the last approval").waitFor();
    await ada.api.approve(body.id);
    await change.getByText("Applied", { exact: true }).waitFor();
  });

  test("what isn't there says so", async () => {
    await desk.show("/requests/01234567-89ab-7def-8123-456789abcdef");
    await page.getByText("Page not found").waitFor();
  });
});

describe("a vote that got no answer", () => {
  test("is shown again when the page is read anew, and counts when it is sent again", async () => {
    const tab = await openTabOf(alice);
    const { id } = await ask();
    await tab.show(`/requests/${id}`);
    await tab.page.route("**/your-vote", (route) =>
      route.request().method() === "POST" ? route.abort() : route.continue(),
    );
    await tab.canDecide();
    await button("Approve", tab.page).click();
    const votes = tab.page.getByRole("region", { name: "Your votes" });
    await votes.getByText("Your approval was not counted:").waitFor();
    await tab.show("/inbox");
    await votes.getByText("You left the page or signed out before Sayso answered.").waitFor();
    expect(await votesOf(id)).toBe(0);
    await tab.page.unroute("**/your-vote");
    await votes.getByRole("button", { name: "Try again" }).click();
    await votes.getByText("Approved: ").waitFor();
    expect([await statusOf(id), await votesOf(id)]).toEqual(["approved", 1]);
    await tab.show("/inbox");
    expect(await votes.count()).toBe(0);
    await tab.context.close();
  });

  test("is not shown where the server had counted it", async () => {
    const tab = await openTabOf(alice);
    const { id } = await ask({ required_approvals: 2 });
    await tab.show(`/requests/${id}`);
    await tab.page.route("**/your-vote", (route) => route.abort());
    await tab.canDecide();
    await button("Approve", tab.page).click();
    const votes = tab.page.getByRole("region", { name: "Your votes" });
    await votes.getByText("Sayso did not confirm your approval:").waitFor();
    await alice.api.approve(id);
    await tab.page.unroute("**/your-vote");
    await tab.show("/inbox");
    await expect.poll(() => tab.page.evaluate("sessionStorage.getItem('sayso.votes')")).toBeNull();
    expect(await votes.count()).toBe(0);
    await tab.context.close();
  });
});

describe("a request with several steps", () => {
  test("says for which one a vote is, before and after another", async () => {
    const { id } = await ask();
    const steps = [
      { name: "Security", approver_id: alice.id, step_order: 1 },
      { name: "Operations", approver_id: alice.id, step_order: 2 },
    ];
    expect((await machine.api.setSteps(id, steps)).status).toBe(201);
    const tab = await openTabOf(alice, screens.phone);
    await tab.show(`/requests/${id}`);
    await tab.canDecide();
    await button("Approve", tab.page).tap();
    await tab.dialog().getByText("Your vote is for the step Security (1 of 2).").waitFor();
    await tab.dialog().getByRole("button", { name: "Approve" }).tap();
    await tab.page.getByText("Vote counted").first().waitFor();
    await tab.canDecide();
    await button("Approve", tab.page).tap();
    const asked =
      "You have already voted on 1 step. Your vote is for the step Operations (2 of 2).";
    await tab.dialog().getByText(asked).waitFor();
    await tab.context.close();
  });
});

describe("the note of a vote that got no answer", () => {
  test("stays within a small screen, with large text and a long title, and its buttons can be tapped", async () => {
    const tab = await openTabOf(alice, screens["smallest phone, dark"]);
    const { id } = await ask({ title: "A long title. ".repeat(32).trim() });
    await tab.show(`/requests/${id}`);
    await tab.page.evaluate("document.documentElement.style.fontSize = '150%'");
    await tab.page.route("**/your-vote", (route) =>
      route.request().method() === "POST" ? route.abort() : route.continue(),
    );
    await tab.canApprove();
    await button("Approve", tab.page).tap();
    await tab.dialog().getByRole("button", { name: "Approve" }).tap();
    const votes = tab.page.getByRole("region", { name: "Your votes" });
    await votes.getByText("Can't reach Sayso. Check your internet connection.").waitFor();
    for (const name of ["Try again", "Close"]) {
      const box = await votes.getByRole("button", { name }).boundingBox();
      expect([name, must(box).y >= 0 && must(box).y + must(box).height <= 568]).toEqual([
        name,
        true,
      ]);
    }
    await votes.getByRole("button", { name: "Close" }).tap();
    await votes.waitFor({ state: "detached" });
    await tab.context.close();
  });
});

describe("deciding at a desk", () => {
  test("a double click is one vote, and nothing is shown as approved before the server said so", async () => {
    const { id } = await ask();
    await show(id);
    const letThrough = await holdVotes();
    await page.getByLabel("Comment", { exact: false }).first().fill("Fine");
    await button("Approve").dblclick();
    await isBeingSent();
    expect(await page.locator("main h1 + *, main header").innerText()).toContain("pending");
    expect(await outcome().innerText()).toBe(
      "You approve this request. Sayso is sending your vote.",
    );
    letThrough();
    await outcome().getByText("You approved this").waitFor();
    expect([await statusOf(id), await votesOf(id)]).toEqual(["approved", 1]);
    await expect.poll(() => desk.focused("textContent")).toContain("You approved this");
  });

  test("what was written beside the buttons goes with a key, and is not lost if the dialog is closed", async () => {
    const { id } = await ask();
    await show(id);
    const letThrough = await holdVotes();
    await page.getByLabel("Comment", { exact: false }).first().fill("By the book");
    await page.locator("main h1").click();
    await desk.canDecide();
    await page.keyboard.press("a");
    const dialog = desk.dialog();
    await expect.poll(() => dialog.getByRole("textbox").inputValue()).toBe("By the book");
    await dialog.getByRole("textbox").fill("By the book, page 9");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.keyboard.press("a");
    await expect.poll(() => dialog.getByRole("textbox").inputValue()).toBe("By the book, page 9");
    await desk.send("Approve");
    await isBeingSent();
    letThrough();
    await outcome().getByText("By the book").waitFor();
  });

  test("what is critical is armed, then confirmed: by keyboard a, Tab, Enter", async () => {
    const { id } = await ask({ priority: "critical" });
    await show(id);
    await button("Approve").click();
    const dialog = desk.dialog("Approve this critical request?");
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await votesOf(id)).toBe(0);
    await desk.canDecide();
    await page.keyboard.press("a");
    await expect.poll(() => desk.focused("innerText")).toBe("Cancel");
    await page.keyboard.press("Tab");
    await desk.canConfirm("Yes, approve it");
    await page.keyboard.press("Enter");
    await outcome().getByText("You approved this").waitFor();
    expect(await statusOf(id)).toBe("approved");
  });

  test("a rejection that needs a reason gets one, all by keyboard", async () => {
    const { id } = await ask({ require_rejection_reason: true });
    await show(id);
    await button("Reject").click();
    await page.getByText("Enter a reason").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("main h1").click();
    await desk.canDecide();
    await page.keyboard.press("r");
    await desk.dialog().waitFor();
    await expect.poll(() => desk.focused("tagName")).toBe("TEXTAREA");
    await page.keyboard.press("Control+Enter");
    await desk.dialog().getByText("Enter a reason").waitFor();
    await page.keyboard.type("Not during the freeze");
    await expect
      .poll(() => desk.dialog().getByRole("button", { name: "Reject", exact: true }).isEnabled())
      .toBe(true);
    await page.keyboard.press("Control+Enter");
    await outcome().getByText("Not during the freeze").waitFor();
    const { body } = await alice.api.get(id);
    expect([body.status, body.decision_comment]).toEqual(["rejected", "Not during the freeze"]);
  });

  test("a quorum says what is still missing", async () => {
    const { id } = await ask({ required_approvals: 2 });
    await show(id);
    await button("Approve").click();
    await page.getByText("You approved this. 1 more approval is needed.").waitFor();
    await bob.api.approve(id);
    await outcome()
      .getByText(/^Bob Approver, through the personal token .+ approved this/)
      .waitFor();
  });

  test("a comment is made with c, a vote handed on, a request withdrawn", async () => {
    const { id } = await ask({ assigned_approvers: [alice.id] });
    await show(id);
    await page.keyboard.press("c");
    await expect.poll(() => desk.focused("tagName")).toBe("TEXTAREA");
    await page.keyboard.type("Which build is it?");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Alice Approver commented").waitFor();
    await button("Delegate").click();
    await page.getByRole("combobox", { name: "Delegate to" }).selectOption(bob.id);
    await button("Delegate").click();
    await page.getByText("Alice Approver delegated their vote to Bob Approver").waitFor();
    await page.getByText("You are not an approver of this request").waitFor();
    const own = await alice.api.create();
    await show(own.body.id);
    await button("Withdraw request").click();
    await desk.dialog().getByRole("textbox").fill("Wrong build");
    await button("Withdraw request").click();
    await outcome().getByText("You withdrew this").waitFor();
    expect((await alice.api.get(own.body.id)).body.decision_comment).toBe("Wrong build");
  });

  test("delegating is offered to an approver who can vote now, and to nobody else", async () => {
    const strict = await createOrganization(services, server, { fourEyes: true });
    const [asker, other, admin] = [
      await strict.addPerson({ name: "Ann Asker" }),
      await strict.addPerson({ name: "Otto Other" }),
      await strict.addPerson({ name: "Nora Named", role: "admin" }),
    ];
    const named = { assigned_approvers: [asker.id, other.id], required_approvals: 2 };
    const { id } = (await asker.api.create(named)).body;
    const askers = await openTabOf(asker);
    await askers.show(`/requests/${id}`);
    await button("Withdraw request", askers.page).waitFor();
    expect(await button("Delegate", askers.page).count()).toBe(0);
    const others = await openTabOf(other);
    await others.show(`/requests/${id}`);
    await button("Delegate", others.page).click();
    const dialog = others.dialog();
    await dialog.getByRole("combobox").selectOption(asker.id);
    await dialog.getByRole("button", { name: "Delegate" }).click();
    await dialog.getByText("That person can't take your vote").waitFor();
    // Approvers in order are different people: Nora has approved the first step in Otto's place.
    const inOrder = { assigned_approvers: [other.id, admin.id], is_sequential: true };
    const chain = (await asker.api.create(inOrder)).body.id;
    const [first] = (await asker.api.steps(chain)).body.data;
    const vote = { decision: "approve" } as const;
    expect((await admin.api.decideStep(chain, must(first).id, vote)).status).toBe(200);
    const admins = await openTabOf(admin);
    await admins.show(`/requests/${chain}`);
    await admins.page.getByText("You approved this. 1 more approval is needed.").waitFor();
    expect(await button("Delegate", admins.page).count()).toBe(0);
    expect(await button("Approve", admins.page).count()).toBe(0);
  });

  test("who comes from the inbox goes on to what is next there, and then back", async () => {
    for (const { id } of (await alice.api.list({ status: "pending", page_size: 100 })).body.data)
      await ada.api.cancel(id);
    const first = await ask({ title: "The first", priority: "medium" });
    const second = await ask({ title: "The second", priority: "low" });
    await desk.show(`/requests/${first.id}?from=inbox`);
    await button("Approve").click();
    await page.waitForURL(`**/requests/${second.id}?from=inbox`);
    await page.getByRole("heading", { name: "The second" }).waitFor();
    await desk.canDecide();
    await page.keyboard.press("a");
    await desk.canConfirm("Approve");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/app/inbox");
    await expect.poll(() => statusOf(second.id)).toBe("approved");
  });
});

describe("while somebody looks", () => {
  test("what happened while another page was shown is there when they come back", async () => {
    const { id } = await ask({ title: "Soon done", priority: "critical" });
    await show(id);
    await button("Approve").waitFor();
    await desk.chord("g", "i");
    await page.waitForURL("**/app/inbox");
    const link = page.getByRole("link", { name: "Soon done", exact: true });
    await link.waitFor();
    await bob.api.approve(id, "While you were away");
    await link.waitFor({ state: "detached" });
    await page.goBack();
    await outcome().getByText("While you were away").waitFor();
  });

  test("a decision of somebody else is shown kindly, and at once, in the dialog as well", async () => {
    const { id } = await ask();
    await show(id);
    await desk.canDecide();
    await page.keyboard.press("r");
    const dialog = desk.dialog();
    await dialog.getByRole("button", { name: "Reject" }).waitFor();
    await bob.api.approve(id, "I was faster");
    await dialog.getByText(/^Bob Approver, through the personal token .+ approved this/).waitFor();
    await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
    await outcome().getByText("I was faster").waitFor();
    expect(await page.locator("main [role=alert]").count()).toBe(0);
    await button("Reject").waitFor({ state: "detached" });
  });

  test("a click that comes too late changes nothing and says who was faster", async () => {
    const tab = await openTabOf(alice);
    // Blocks events from the server, as for a tab that was asleep.
    await tab.page.route("**/api/v1/events/stream", (route) => route.abort());
    const { id } = await ask();
    await tab.show(`/requests/${id}`);
    await bob.api.reject(id, "No");
    await button("Approve", tab.page).click();
    await outcome(tab.page)
      .getByText(/^Bob Approver, through the personal token .+ rejected this/)
      .waitFor();
    await tab.page.getByText("Your approval came too late and was not counted.").first().waitFor();
    expect(await tab.page.locator("main [role=alert]").count()).toBe(0);
    expect([await statusOf(id), await votesOf(id)]).toEqual(["rejected", 1]);

    const revised = await ask({ title: "Harmless" });
    await tab.show(`/requests/${revised.id}`);
    await machine.api.revise(revised.id, { title: "Harmful" });
    await button("Approve", tab.page).click();
    await tab.page.getByRole("heading", { name: "Harmful" }).waitFor();
    await button("I've read it again", tab.page).click();
    expect(await votesOf(revised.id)).toBe(0);
    await button("Approve", tab.page).click();
    await outcome(tab.page).getByText("You approved this").waitFor();
    await tab.context.close();
  });

  test("what is changed has to be read again before it can be decided", async () => {
    const { id } = await ask({ title: "Delete one" });
    await show(id);
    await button("Approve").waitFor();
    await machine.api.revise(id, { title: "Delete all" });
    await page.getByText("This request was revised while you were reading it").waitFor();
    await button("Approve").waitFor({ state: "detached" });
    await button("I've read it again").click();
    await button("Approve").click();
    await outcome().getByText("You approved this").waitFor();
  });

  test("an emergency stop is explained, and there is nothing to press", async () => {
    // A server without a worker doesn't cancel the pending request, so the test has time to look.
    const still = await openStage({ env: { SAYSO_ROLE: "api" } });
    try {
      const { body } = await still.machine.api.create();
      await still.services.sql("update organizations set emergency_stop_at = now()");
      const tab = await openDashboard(browser, still.server.url, still.alice);
      await tab.show(`/requests/${body.id}`);
      await tab.page.locator("main").getByText("Nobody can vote until an admin lifts it").waitFor();
      expect(await button("Approve", tab.page).count()).toBe(0);
      await tab.context.close();
    } finally {
      await still.close();
    }
  });
});

describe("on a phone", () => {
  test("the buttons are where the thumb is, and ask once more", async () => {
    const tab = await openTabOf(alice, screens.phone);
    const { id } = await ask({ description: "Long.\n".repeat(60) });
    await tab.show(`/requests/${id}`);
    await tab.canApprove();
    const box = await button("Approve", tab.page).boundingBox();
    expect(must(box).height).toBeGreaterThanOrEqual(44);
    expect(must(box).y).toBeGreaterThan(844 / 2);
    await button("Approve", tab.page).tap();
    await tab.dialog().getByRole("textbox").fill("From the train");
    await tab.dialog().getByRole("button", { name: "Approve" }).tap();
    await outcome(tab.page).getByText("From the train").waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.context.close();
  });
});

describe("what was written for a vote", () => {
  test("is still there after going back and after the vote was taken back, for that decision only", async () => {
    const tab = await openTabOf(alice, { ...screens.phone, votes: "held" });
    const timers = await holdTimers(tab.page, 5000);
    const title = `Written for ${Math.random()}`;
    const { id } = await ask({ title, priority: "high" });
    await tab.show("/inbox");
    const reason = tab.dialog().getByRole("textbox");
    const openReason = async () => {
      await tab.page.getByRole("link", { name: title }).tap();
      await tab.canDecide();
      await button("Reject", tab.page).tap();
    };
    await openReason();
    await reason.fill("Not in this quarter");
    await tab.page.goBack();
    await tab.page.waitForURL("**/app/inbox");
    await tab.page.getByRole("link", { name: title }).tap();
    await tab.canDecide();
    await button("Approve", tab.page).tap();
    await expect.poll(() => reason.inputValue()).toBe("");
    await tab.page.goBack();
    await tab.page.waitForURL("**/app/inbox");
    await openReason();
    await expect.poll(() => reason.inputValue()).toBe("Not in this quarter");
    await tab.dialog().getByRole("button", { name: "Reject" }).tap();
    const votes = tab.page.getByRole("region", { name: "Your votes" });
    await votes.getByRole("button", { name: "Undo" }).tap();
    await tab.chord("g", "i");
    await openReason();
    await expect.poll(() => reason.inputValue()).toBe("Not in this quarter");
    await tab.dialog().getByRole("button", { name: "Reject" }).tap();
    await votes.getByRole("button", { name: "Undo" }).waitFor();
    await timers.pass(5000);
    await expect.poll(() => statusOf(id)).toBe("rejected");
    await tab.context.close();
  });
});

test("axe finds nothing on any screen, in the dialog neither", async () => {
  const { id } = await ask({
    priority: "critical",
    title: `Deploy ${"a-very-long-name-without-any-place-to-break".repeat(3)}`,
    metadata: {
      before: { a: 1, t: "x\ny" },
      after: { a: 2, t: "x\nz" },
      url: `https://example.com/${"x".repeat(120)}`,
    },
    context_html: "<table><tr><th>A</th></tr><tr><td>wide wide wide</td></tr></table>",
    expires_at: new Date(Date.now() + 60 * 60_000).toISOString(),
  });
  const done = await ask();
  await bob.api.reject(done.id, "No");
  const found: string[] = [];
  await show(id);
  found.push(...(await desk.inspectOnAll()));
  for (const screen of ["smallest phone, dark", "desktop"] as const) {
    await desk.turnTo(screen);
    await desk.canApprove();
    await button("Approve").click();
    await desk.dialog().getByRole("button", { name: "Yes, approve it" }).waitFor();
    found.push(...(await desk.inspect()));
    await page.keyboard.press("Escape");
    // The backdrop disappears after the dialog itself.
    await page.locator("[class*=backdrop]").waitFor({ state: "detached" });
  }
  await show(done.id);
  found.push(...(await desk.inspect()));
  expect(found).toEqual([]);
});

test("nothing was complained about by the browser", () => expect(desk.complaints).toEqual([]));

// An approver's hour: 15 mixed requests on a phone, then 15 by keyboard. Fails on a tap, a key or a wait too many.
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { shareStage } from "@sayso/testkit";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDashboard, screens, type DashboardTab } from "../dashboard/dashboard-tab.ts";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";

const stage = await shareStage();
const { server, machine, alice } = stage;
let browser: TestBrowser;
beforeAll(async () => {
  browser = await shareBrowser();
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

/** A person's pace. Two taps in one place within 500 ms are a double tap, whose second one does nothing. */
const TAP_PAUSE_MS = 600;

/** `grave`: its approval is confirmed once more. */
type Kind = "ordinary" | "grave" | "needs a reason";
interface Task {
  id: string;
  title: string;
  kind: Kind;
}

/** Creates 15 requests. Returns them in the order of the inbox: by priority, then by age. */
async function askFifteen(place: string): Promise<Task[]> {
  const tasks: Task[] = [];
  const kinds: [Kind, priority: string, count: number][] = [
    ["grave", "critical", 2],
    ["grave", "high", 4],
    ["needs a reason", "medium", 3],
    ["ordinary", "low", 6],
  ];
  for (const [kind, priority, count] of kinds)
    for (let i = 1; i <= count; i++) {
      const title = `${place}: ${priority} ${i}`;
      const { body } = await machine.api.create({
        title,
        priority,
        description: `What happens in case ${i}, in **two** lines.\n\n- first\n- second`,
        require_rejection_reason: kind === "needs a reason",
      });
      tasks.push({ id: body.id, title, kind });
    }
  return tasks;
}

const becomes = (kind: Kind) => (kind === "needs a reason" ? "rejected" : "approved");

async function expectDecided(tasks: Task[]): Promise<void> {
  for (const { id, title, kind } of tasks)
    await expect
      .poll(async () => (await machine.api.get(id)).body.status, { message: title })
      .toBe(becomes(kind));
}

/** Opens the dashboard as people have it at first: a vote can be taken back for five seconds. */
const open = (screen: "phone" | "desktop"): Promise<DashboardTab> =>
  openDashboard(browser, server.url, alice, { ...screens[screen], votes: "held" });

test("on a phone: one tap opens the first, two decide each, and the next one comes by itself", async () => {
  const tasks = await askFifteen("Phone");
  const phone = await open("phone");
  const { page } = phone;
  let taps = 0;
  const tap = async (on: Locator) => {
    await sleep(TAP_PAUSE_MS);
    await on.tap();
    taps++;
  };
  await phone.show("/inbox");
  await page.getByText("15 requests need you").waitFor();
  await tap(page.getByRole("link", { name: "Phone: critical 1", exact: true }));
  for (const { title, kind } of tasks) {
    await page.getByRole("heading", { name: title, exact: true }).waitFor();
    await phone.canApprove();
    const verb = kind === "needs a reason" ? "Reject" : "Approve";
    const bar = page.getByRole("group", { name: "Your decision" });
    await tap(bar.getByRole("button", { name: verb }));
    if (kind === "needs a reason") {
      await expect.poll(() => phone.focused("tagName")).toBe("TEXTAREA");
      await page.keyboard.type(`Not in ${title}`);
    }
    const confirm = phone
      .dialog()
      .getByRole("button", { name: kind === "grave" ? "Yes, approve it" : verb, exact: true });
    await expect.poll(() => confirm.isEnabled()).toBe(true);
    await tap(confirm);
  }
  await page.waitForURL("**/app/inbox");
  await expectDecided(tasks);
  expect(taps).toBe(1 + 2 * 15);
  const reason = (await machine.api.get(must(tasks[6]).id)).body.decision_comment;
  expect(reason).toBe("Not in Phone: medium 1");
  expect(phone.complaints).toEqual([]);
  await phone.context.close();
});

test("by keyboard: the list stays, the focus goes on below, and two keys decide each, three a grave one", async () => {
  const tasks = await askFifteen("Desk");
  const desk = await open("desktop");
  const { page } = desk;
  let keys = 0;
  const press = async (key: string) => {
    await page.keyboard.press(key);
    keys++;
  };
  await desk.show("/inbox");
  await page.getByText("15 requests need you").waitFor();
  await press("j");
  for (const { title, kind } of tasks) {
    await expect.poll(() => desk.focused("innerText")).toBe(title);
    if (kind === "needs a reason") {
      await press("r");
      await expect.poll(() => desk.focused("tagName")).toBe("TEXTAREA");
      await page.keyboard.type("Not at a desk");
      const reject = desk.dialog().getByRole("button", { name: "Reject" });
      await expect.poll(() => reject.getAttribute("aria-disabled")).not.toBe("true");
      await press("Control+Enter");
    } else {
      await press("a");
      if (kind === "grave") {
        await expect.poll(() => desk.focused("innerText")).toBe("Cancel");
        await press("Tab");
      }
      await desk.canConfirm(kind === "grave" ? "Yes, approve it" : "Approve");
      await press("Enter");
    }
    await desk.dialog().waitFor({ state: "detached" });
  }
  await expectDecided(tasks);
  expect(keys).toBe(1 + 2 * 15 + 6);
  expect(new URL(page.url()).pathname).toBe("/app/inbox");
  expect(desk.complaints).toEqual([]);
  await desk.context.close();
});

// Content that a page folds or leaves out: nobody approves text that they had no chance to read.
import { expect, test } from "vitest";
import type { DashboardTab } from "../dashboard/dashboard-tab.ts";
import { signedIn } from "../pages/visitor.ts";
import { openDecidingScreens } from "./deciding-screens.ts";

const { stage, open: openAt } = await openDecidingScreens();
const { server, services, machine, alice } = stage;

const ask = async (more: Record<string, unknown>) =>
  (await machine.api.create({ title: "Water the plants", priority: "low", ...more })).body.id;
const votesOn = (id: string) => services.sql("select 1 from votes where request_id = $1", [id]);
const open = (at: "desktop" | "phone" = "desktop") => openAt(at, "at once");
const approve = ({ page }: DashboardTab) =>
  page.getByRole("button", { name: "Approve", exact: true }).locator("visible=true");
const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`field_${i}`, i]));

test.each([
  ["differ", { limit: 20 }, { limit: 50 }],
  ["are the same", { limit: 20 }, { limit: 20 }],
  ["are empty", {}, {}],
])("what stands beside before and after is shown, where those two %s", async (_, before, after) => {
  const id = await ask({ metadata: { before, after, wire_to: "EVIL-IBAN" } });
  const desk = await open();
  await desk.show(`/requests/${id}`);
  await desk.page.getByText("EVIL-IBAN").waitFor();
  await desk.context.close();
});

test("what is left out or folded has to be opened before it is approved; it can be rejected at once", async () => {
  const id = await ask({ metadata: { ...many, letter: "long ".repeat(400) } });
  const desk = await open();
  const { page } = desk;
  await desk.show(`/requests/${id}`);
  await page
    .getByText("200 more fields in the JSON")
    .or(page.getByText("201 more fields in the JSON"))
    .waitFor();
  const reject = page.getByRole("button", { name: "Reject", exact: true }).locator("visible=true");
  await expect.poll(() => reject.isEnabled()).toBe(true);
  await page.getByText("Some details are collapsed").locator("visible=true").waitFor();
  expect(await approve(desk).isEnabled()).toBe(false);
  await page.keyboard.press("a");
  expect(await desk.dialog().count()).toBe(0);
  await page.getByText("JSON", { exact: true }).locator("visible=true").first().click();
  await desk.canApprove();
  await expect.poll(() => approve(desk).isEnabled()).toBe(true);
  await approve(desk).click();
  await expect.poll(() => votesOn(id)).toHaveLength(1);
  await desk.context.close();
});

test("a text that is folded has to be opened, on a phone as well", async () => {
  const id = await ask({ metadata: { letter: `${"long ".repeat(400)}EVIL-IBAN` } });
  const phone = await open("phone");
  await phone.show(`/requests/${id}`);
  await phone.page.getByText("Some details are collapsed").locator("visible=true").waitFor();
  expect(await approve(phone).isEnabled()).toBe(false);
  await phone.page.getByRole("button", { name: /^Show all/ }).click();
  await phone.page.getByText("EVIL-IBAN").waitFor();
  await phone.canApprove();
  await expect.poll(() => approve(phone).isEnabled()).toBe(true);
  await phone.context.close();
});

/** Returns how many pixels of the first preformatted text need scrolling inside it: to the side, and down. */
const hiddenOf = ({ page }: DashboardTab) =>
  page.evaluate(
    "(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) => [scrollWidth - clientWidth, scrollHeight - clientHeight])(document.querySelector('main pre'))",
  );

test("what the context folds is open, and what runs off sideways has to be scrolled to", async () => {
  const row = `<td>${"wide ".repeat(8)}</td>`;
  const id = await ask({
    context_html: `<details><summary>More</summary><p>DROP DATABASE</p></details><pre>${"long ".repeat(300)}</pre><table><tr>${row.repeat(30)}</tr></table>`,
  });
  const desk = await open("desktop");
  const { page } = desk;
  await desk.show(`/requests/${id}`);
  await page.getByText("DROP DATABASE").waitFor();
  await desk.canDecide();
  await desk.readOn();
  await page.waitForTimeout(500);
  expect(await approve(desk).isEnabled()).toBe(false);
  const box = page.getByRole("region", { name: "Context" });
  expect(await hiddenOf(desk)).toEqual([0, 0]);
  await box.focus();
  const reported = page.getByText("Some details are collapsed").locator("visible=true");
  for (let i = 0; i < 200 && (await reported.isVisible()); i++)
    await page.keyboard.press("ArrowRight");
  await desk.canApprove();
  await expect.poll(() => approve(desk).isEnabled()).toBe(true);
  await desk.context.close();
});

test("the JSON stands on the page at its full width and height", async () => {
  const id = await ask({
    metadata: { a: `${"q".repeat(900)}END`, list: Array.from({ length: 90 }, (_, i) => i) },
  });
  const desk = await open("desktop");
  const { page } = desk;
  await desk.show(`/requests/${id}`);
  await desk.canDecide();
  await page.keyboard.press("e");
  const json = page.locator("main pre").first();
  await json.getByText("END").waitFor();
  expect(await hiddenOf(desk)).toEqual([0, 0]);
  expect(await approve(desk).isEnabled()).toBe(false);
  await desk.canApprove();
  await expect.poll(() => approve(desk).isEnabled()).toBe(true);
  await desk.context.close();
});

test("the page without a script asks whether all was read, where it leaves something out", async () => {
  const id = await ask({ metadata: { ...many, rows: Array.from({ length: 200 }, (_, i) => i) } });
  const visitor = await signedIn(server.url, alice);
  const refused = await visitor.decide(id, "approve");
  expect(refused.status).toBe(422);
  expect(refused.html).toContain("Yes, I have read all of it");
  expect(await votesOn(id)).toEqual([]);
  const counted = await visitor.decide(id, "approve", { confirmed: "yes" });
  expect(counted.status).toBe(303);
  expect(await votesOn(id)).toHaveLength(1);
});

test("several at once are shown with all that is asked; what has rich context is not among them", async () => {
  await ask({ title: "Plants", description: "In the hall", metadata: { wire_to: "EVIL-IBAN" } });
  await ask({ title: "With a picture of it", context_html: "<p>Look</p>" });
  const desk = await open();
  const { page } = desk;
  await desk.show("/inbox");
  for (const title of ["Plants", "With a picture of it"]) {
    await page.getByRole("link", { name: title }).focus();
    await page.keyboard.press("x");
  }
  await page.getByText("1 selected").waitFor();
  const bar = page.getByRole("region", { name: "Selected requests" });
  await bar.getByRole("button", { name: "Approve" }).click();
  for (const text of ["Plants", "In the hall", "EVIL-IBAN"])
    await desk.dialog().getByText(text).waitFor();
  await desk.context.close();
});

test("from the list, what has details is opened instead of approved", async () => {
  const id = await ask({ title: "Details", metadata: { wire_to: "EVIL-IBAN" } });
  const desk = await open();
  const { page } = desk;
  await desk.show("/inbox");
  await page.getByRole("link", { name: "Details" }).focus();
  await page.keyboard.press("a");
  const way = desk.dialog().getByRole("link", { name: "Open request" }).last();
  await way.waitFor();
  expect(await desk.dialog().getByRole("button", { name: "Approve" }).count()).toBe(0);
  await way.click();
  await page.getByText("EVIL-IBAN").waitFor();
  expect(await votesOn(id)).toEqual([]);
  await desk.context.close();
});

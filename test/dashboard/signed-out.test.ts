// A person whose session ends while they work reads that on the sign-in page, and reads the outcome of their votes.
import { shareStage } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { openDashboard } from "./dashboard-tab.ts";

const stage = await shareStage();
const { server, services, alice, machine } = stage;
let browser: TestBrowser;
beforeAll(async () => {
  browser = await shareBrowser();
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

test("votes that were not counted are told of on the sign-in page, and shown again behind it", async () => {
  const { body: asked } = await machine.api.create({
    title: "Deploy <b>v2.4.0</b>",
    priority: "medium",
  });
  const tab = await openDashboard(browser, server.url, alice);
  const { page } = tab;
  await tab.show(`/requests/${asked.id}`);
  await tab.canDecide();
  await services.sql("delete from sessions where person_id = $1", [alice.id]);
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await page.waitForURL("**/sign-in?*");
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
    next: `/app/requests/${asked.id}`,
    ended: "1",
  });
  const notice = page.getByRole("status");
  const reported =
    "Your session has ended. Sign in to continue. " +
    "1 vote was not counted. Sign in to see it and to send it again.";
  const words = async () => (await notice.innerText()).replaceAll(/\s+/g, " ");
  expect(await words()).toBe(reported);
  expect(await tab.inspect()).toEqual([]);

  const signIn = async (password: string) => {
    await page.getByLabel("Email").fill(alice.email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  await signIn("not their password");
  await page.getByRole("alert").waitFor();
  expect(await words()).toBe(reported);
  await signIn(alice.password);
  await page.waitForURL(`**/app/requests/${asked.id}`);
  const votes = page.getByRole("region", { name: "Your votes" });
  await votes.getByText("You left the page or signed out before Sayso answered.").waitFor();
  expect((await machine.api.get(asked.id)).body.status).toBe("pending");
  await votes.getByRole("button", { name: "Try again" }).click();
  await votes.getByText("Approved: ").waitFor();
  expect((await machine.api.get(asked.id)).body.status).toBe("approved");
  expect(tab.complaints.filter((complaint) => !complaint.includes("401"))).toEqual([]);
  await tab.context.close();
});

test("without such votes, or with somebody else's, it says only that the session has ended", async () => {
  const tab = await openDashboard(browser, server.url, alice);
  const { page } = tab;
  await tab.show("/people");
  await page.evaluate(
    `sessionStorage.setItem("sayso.votes", JSON.stringify([{ personId: "somebody-else" }]))`,
  );
  await services.sql("delete from sessions where person_id = $1", [alice.id]);
  // The page has not loaded this list yet. Lists that it has loaded stay visible.
  await page.getByRole("link", { name: "Deliveries", exact: true }).first().click();
  await page.waitForURL("**/sign-in?*");
  expect((await page.getByRole("status").innerText()).trim()).toBe(
    "Your session has ended. Sign in to continue.",
  );
  await tab.context.close();
});

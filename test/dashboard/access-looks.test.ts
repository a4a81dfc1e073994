// The pages of whoever connects machines on every screen: nothing that axe finds, nothing too wide, no complaint.
import { openStage, startReceiver, until } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Browser } from "playwright-core";
import { openBrowser } from "../open-browser.ts";
import { openDashboard, type DashboardTab } from "./dashboard-tab.ts";
import { furnishAccess } from "./furnish-access.ts";

const stage = await openStage();
const receiver = await startReceiver();
const { pipeline, client } = await furnishAccess(stage, receiver);
const failing = (await stage.owner.api.deliveries()).body.data.find(
  (delivery) => delivery.last_status_code === 500,
);
let browser: Browser;
let tab: DashboardTab;
beforeAll(async () => {
  browser = await openBrowser();
  tab = await openDashboard(browser, stage.server.url, stage.owner);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([stage.close(), receiver.stop()]);
});

const isTooWide = "document.documentElement.scrollWidth > document.documentElement.clientWidth";

test.each([
  "/connections",
  `/connections/${pipeline.id}`,
  "/apps",
  `/apps/${client.id}`,
  "/tokens",
  "/subscriptions",
  "/deliveries",
  `/deliveries/${failing?.id}`,
  "/api",
  "/api?operation=createApproval",
])("%s", async (path) => {
  const { page } = tab;
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1280, height: 900 });
  await tab.show(path);
  expect(await tab.inspect()).toEqual([]);
  for (const width of [640, 390]) {
    await page.setViewportSize({ width, height: 800 });
    expect([width, await page.evaluate(isTooWide)]).toEqual([width, false]);
  }
  const inkOf = "getComputedStyle(document.querySelector('main h1')).color";
  const ink = await page.evaluate<string>(inkOf);
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await until(async () => (await page.evaluate(inkOf)) !== ink, "the page is dark");
  await page.setViewportSize({ width: 320, height: 568 });
  expect(await tab.inspect()).toEqual([]);
  expect(tab.complaints).toEqual([]);
});

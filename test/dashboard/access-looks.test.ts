// The pages about connections, apps and subscriptions on every screen: axe finds nothing, nothing is too wide, and the
// browser reports nothing.
import { shareStage, startReceiver } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { openDashboard, type DashboardTab } from "./dashboard-tab.ts";
import { furnishAccess } from "./furnish-access.ts";

const stage = await shareStage();
const receiver = await startReceiver();
const { pipeline, client } = await furnishAccess(stage, receiver);
const failing = (await stage.owner.api.deliveries()).body.data.find(
  (delivery) => delivery.last_status_code === 500,
);
let browser: TestBrowser;
let tab: DashboardTab;
beforeAll(async () => {
  browser = await shareBrowser();
  tab = await openDashboard(browser, stage.server.url, stage.owner);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([stage.close(), receiver.stop()]);
});

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
  await tab.show(path);
  expect(await tab.inspectOnAll()).toEqual([]);
  expect(tab.complaints).toEqual([]);
});

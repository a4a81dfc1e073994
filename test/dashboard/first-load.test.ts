// The cost of the first visit: bytes over the network, and layout shifts during loading.
import { shareStage } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { openDashboard, screens } from "./dashboard-tab.ts";
import { holdTimers } from "./page-timers.ts";

const stage = await shareStage();
const { server, organization, machine } = stage;
const ann = await organization.addPerson({ name: "Ann Abel", role: "admin" });
let browser: TestBrowser;
beforeAll(async () => {
  browser = await shareBrowser();
  for (let number = 1; number <= 12; number++)
    await machine.api.create({ title: `Refund order ${number}` });
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

/** Measures transfer sizes of resources and layout shifts, as a script of the page sees them. */
const measure = `(async () => {
  const shifts = await new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(sum), 300);
  });
  const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const files = entries.filter(({ name }) => !name.includes("/api/"));
  return { shifts, bytes: files.reduce((sum, { transferSize }) => sum + transferSize, 0), files: files.map(({ name, transferSize }) => transferSize + " " + name) };
})()`;

test.each(["desktop", "phone"] as const)(
  "the inbox on a %s: 200 kB at most, and nothing jumps",
  async (shape) => {
    const tab = await openDashboard(browser, server.url, ann, screens[shape]);
    // The page loads later parts ahead after three seconds. They cost the visit nothing.
    await holdTimers(tab.page, 3000);
    await tab.show("/inbox");
    await tab.page.getByText("Refund order 1", { exact: true }).first().waitFor();
    const { shifts, bytes, files } = await tab.page.evaluate<{
      shifts: number;
      bytes: number;
      files: string[];
    }>(measure);
    expect(bytes, files.join("\n")).toBeLessThanOrEqual(200_000);
    expect(bytes).toBeGreaterThan(50_000);
    expect(shifts).toBeLessThan(0.01);
    expect(tab.complaints).toEqual([]);
    await tab.context.close();
  },
);

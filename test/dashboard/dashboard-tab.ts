import type { TestPerson } from "@sayso/testkit";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { openTab, type Tab } from "../pages/tab.ts";

/** The screens that every page of the dashboard is tried on: light and dark, down to 320 px, at 200 %. */
export const screens = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true },
  "smallest phone, dark": {
    viewport: { width: 320, height: 568 },
    colorScheme: "dark",
    hasTouch: true,
  },
  "desktop at 200 %": { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 },
  desktop: { viewport: { width: 1280, height: 900 } },
  "desktop, dark": { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
} as const satisfies Record<string, BrowserContextOptions>;

/** A browser's tab in which somebody is signed in and looks at the dashboard. */
export interface DashboardTab extends Tab {
  /** Opens an address below /app and waits until its page is there: its h1, and nothing that still loads. */
  show(path: string): Promise<void>;
}

/** @param person who is signed in */
export async function openDashboard(
  browser: Browser,
  url: string,
  person: TestPerson,
  options: BrowserContextOptions = screens.desktop,
): Promise<DashboardTab> {
  const tab = await openTab(browser, url, { reducedMotion: "reduce", ...options });
  await tab.enter(person);
  return {
    ...tab,
    async show(path) {
      await tab.open(`/app${path}`);
      await tab.page.locator("main h1").first().waitFor();
      // Not by a text that the page has to evaluate: its policy forbids that.
      const loading = tab.page.locator("main [role=status] > .unseen").first();
      await loading.waitFor({ state: "detached" });
    },
  };
}

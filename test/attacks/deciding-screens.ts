import { shareStage, type Stage } from "@sayso/testkit";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { openDashboard, screens, type DashboardTab } from "../dashboard/dashboard-tab.ts";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";

/** The dashboard where Alice decides. Before each test no request is pending. */
export interface DecidingScreens {
  stage: Stage;
  /** Opens a tab of Alice. Her votes are held, unless `votes` says otherwise. */
  open(at: keyof typeof screens, votes?: "held" | "at once"): Promise<DashboardTab>;
}

/** Opens the screens for a whole test file, and closes them at its end. Call it at the top of the file. */
export async function openDecidingScreens(): Promise<DecidingScreens> {
  const stage = await shareStage();
  const { server, machine, owner, alice } = stage;
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await shareBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await stage.close();
  });
  beforeEach(async () => {
    const { body } = await machine.api.list({ status: "pending", page_size: 100 });
    await Promise.all(body.data.map(({ id }) => owner.api.cancel(id)));
  });
  return {
    stage,
    open: (at, votes = "held") =>
      openDashboard(browser, server.url, alice, { ...screens[at], votes }),
  };
}

import { shareStage, type Stage } from "@sayso/testkit";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { openDashboard, screens, type DashboardTab } from "../dashboard/dashboard-tab.ts";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";

/** Where Alice decides, on the dashboard; before each test nothing waits for anybody. */
export interface DecidingScreens {
  stage: Stage;
  /** Opens a tab of hers; what she votes is held, unless said otherwise. */
  open(at: keyof typeof screens, votes?: "held" | "at once"): Promise<DashboardTab>;
}

/** For a whole test file, called at its top: it ends with it. */
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

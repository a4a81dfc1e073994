import type { TestPerson } from "@sayso/testkit";
import type { BrowserContextOptions, Locator } from "playwright-core";
import { expect } from "vitest";
import type { TestBrowser } from "../open-browser.ts";
import { looks, openTab, type Look, type Tab } from "../pages/tab.ts";

/** The screens on which the tests try every page of the dashboard: light and dark, down to 320 px, at 200 %. */
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

type Screen = keyof typeof screens;
export const screenNames = Object.keys(screens) as Screen[];

/** A browser's tab that shows the dashboard to a signed-in person. */
export interface DashboardTab extends Tab {
  /**
   * Opens an address below /app and waits until its page is ready: it has its h1 and its keys, and nothing still loads.
   */
  show(path: string): Promise<void>;
  /** Returns the open dialogs that keep the focus, the top one last. Notices in a corner are not among them. */
  dialog(name?: string | RegExp): Locator;
  /** Waits until the request on the page was visible for long enough to be decided. */
  canDecide(): Promise<void>;
  /** Waits until the request can be approved: {@link canDecide}, and all of it was visible. */
  canApprove(): Promise<void>;
  /** Presses "Read on" until all of the request was visible. */
  readOn(): Promise<void>;
  /** Waits until this button of a dialog has the focus and can be pressed. */
  canConfirm(verb: string): Promise<void>;
  /**
   * Presses this button of the top dialog and waits until that dialog has closed, because its action is done by then.
   */
  send(verb: string | RegExp): Promise<void>;
  /** Presses this button of the confirmation dialog with this title, and waits until the dialog has closed. */
  confirm(title: string | RegExp, verb: string | RegExp): Promise<void>;
  /** Presses two keys in a row, so quickly that no slow machine separates them. */
  chord(first: string, second: string): Promise<void>;
  /** Waits two frames, and for work that the page had put off until after them, such as listening to its keys. */
  drawn(): Promise<void>;
  /** Changes to another screen and waits until the page is drawn on it, in its colours. */
  turnTo(screen: Screen): Promise<void>;
  /** Changes to each screen in turn. @returns all faults of the page on any of them */
  inspectOnAll(): Promise<string[]>;
}

interface DashboardOptions extends BrowserContextOptions {
  /** The handling of votes: held for five seconds, or sent at once. Default: `at once`. People start with `held`. */
  votes?: "held" | "at once";
}

/**
 * @param person who is signed in
 * @param look how closely `inspect` looks; default everything
 */
export async function openDashboard(
  browser: TestBrowser,
  url: string,
  person: TestPerson,
  { votes = "at once", ...options }: DashboardOptions = screens.desktop,
  look?: Look,
): Promise<DashboardTab> {
  const tab = await openTab(browser, url, { reducedMotion: "reduce", ...options }, look);
  await tab.enter(person);
  const { page } = tab;
  if (votes === "at once")
    await page.addInitScript(`localStorage.setItem("sayso.votes-at-once.${person.id}", "yes")`);
  const dialog: DashboardTab["dialog"] = (name) =>
    page
      .getByRole("dialog", name === undefined ? {} : { name })
      .and(page.locator(":not([aria-modal=false])"));
  const drawn = () =>
    page.evaluate<void>(`(async () => {
      for (let frame = 0; frame < 2; frame++) {
        await new Promise((done) => requestAnimationFrame(done));
        await new Promise((done) => setTimeout(done));
      }
    })()`);
  const readOn = async () => {
    const on = page.getByRole("button", { name: "Read on" }).locator("visible=true");
    while (await on.isVisible()) {
      // The button disappears by itself if the missing part became visible meanwhile.
      await on.click({ timeout: 1000 }).catch(() => undefined);
      await drawn();
    }
  };
  const canDecide = () => page.locator("article[data-ready]").waitFor();
  const pressIn = async (within: Locator, verb: string | RegExp) => {
    // Finds the dialog by its own name, because the dialog that opens in its place has another one.
    const titleOf = () => within.getAttribute("aria-labelledby");
    await expect.poll(titleOf).toBeTruthy();
    const title = await titleOf();
    const same = page.locator(`[role=dialog][aria-labelledby="${title}"]`);
    await same.getByRole("button", { name: verb, exact: typeof verb === "string" }).click();
    await same.waitFor({ state: "detached" });
  };
  const turnTo: DashboardTab["turnTo"] = async (name) => {
    const screen = screens[name];
    await page.setViewportSize(screen.viewport);
    await page.emulateMedia({
      colorScheme: "colorScheme" in screen ? screen.colorScheme : "light",
    });
    await drawn();
    // Colours change from element to element, each in a very short transition.
    await expect.poll(() => page.evaluate("document.getAnimations().length")).toBe(0);
  };
  return {
    ...tab,
    dialog,
    drawn,
    turnTo,
    async show(path) {
      await tab.open(`/app${path}`);
      await page.locator("main h1").first().waitFor();
      // A check that the page evaluates from a string is impossible: its policy forbids that.
      await page.locator("main [role=status] > .unseen").first().waitFor({ state: "detached" });
      await drawn();
    },
    canDecide,
    async canApprove() {
      await canDecide();
      await readOn();
    },
    readOn,
    canConfirm: (verb) =>
      page
        .locator("[role=dialog] button:focus:not([aria-disabled=true])")
        .filter({ hasText: new RegExp(`^${verb}$`) })
        .waitFor(),
    send: (verb) => pressIn(dialog().last(), verb),
    confirm: (title, verb) => pressIn(dialog(title), verb),
    chord: async (...keys) => void (await Promise.all(keys.map((key) => page.keyboard.press(key)))),
    async inspectOnAll() {
      const found: string[] = [];
      for (const name of screenNames) {
        await turnTo(name);
        found.push(...(await tab.inspect(looks[name])).map((fault) => `${name}: ${fault}`));
      }
      await turnTo("desktop");
      return found;
    },
  };
}

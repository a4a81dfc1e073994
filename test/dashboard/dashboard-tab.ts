import type { TestPerson } from "@sayso/testkit";
import type { BrowserContextOptions, Locator } from "playwright-core";
import { expect } from "vitest";
import type { TestBrowser } from "../open-browser.ts";
import { looks, openTab, type Look, type Tab } from "../pages/tab.ts";

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

type Screen = keyof typeof screens;
export const screenNames = Object.keys(screens) as Screen[];

/** A browser's tab in which somebody is signed in and looks at the dashboard. */
export interface DashboardTab extends Tab {
  /** Opens an address below /app and waits until its page is there: its h1, nothing that still loads, and its keys. */
  show(path: string): Promise<void>;
  /** The open dialogs that keep the focus (what is said in a corner is none of them); of several the upper one is the last. */
  dialog(name?: string | RegExp): Locator;
  /** Waits until the request on the page has been in sight for long enough to be decided. */
  canDecide(): Promise<void>;
  /** Waits until it can be approved: {@link canDecide}, and all of it was on the screen. */
  canApprove(): Promise<void>;
  /** Reads on until all of it was on the screen. */
  readOn(): Promise<void>;
  /** Waits until the focus is on this button of a dialog, and it can be pressed. */
  canConfirm(verb: string): Promise<void>;
  /** Presses this button of the upper dialog and waits until that dialog has gone: what it does is done by then. */
  send(verb: string | RegExp): Promise<void>;
  /** Presses this button of the dialog that asks once more under this title, and waits until it has gone. */
  confirm(title: string | RegExp, verb: string | RegExp): Promise<void>;
  /** Two keys in a row, so close that no slow machine can part them. */
  chord(first: string, second: string): Promise<void>;
  /** Waits two frames, and for what the page had put off until after them, such as listening to its keys. */
  drawn(): Promise<void>;
  /** Turns to another screen and waits until the page is drawn on it, in its colours. */
  turnTo(screen: Screen): Promise<void>;
  /** All that is wrong on any of the screens, which it turns to one by one. */
  inspectOnAll(): Promise<string[]>;
}

interface DashboardOptions extends BrowserContextOptions {
  /** Default: `at once`. What people have before they choose otherwise: `held`, for five seconds. */
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
      // It goes by itself where what was missing has come into sight meanwhile.
      await on.click({ timeout: 1000 }).catch(() => undefined);
      await drawn();
    }
  };
  const canDecide = () => page.locator("article[data-ready]").waitFor();
  const pressIn = async (within: Locator, verb: string | RegExp) => {
    // By its own name, which the one that opens in its place doesn't have.
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
    // Colours change step by step from element to element, each in a transition of almost no time.
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
      // Not by a text that the page has to evaluate: its policy forbids that.
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

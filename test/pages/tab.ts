import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { TestPerson } from "@sayso/testkit";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { TestBrowser } from "../open-browser.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The screens on which the tests try every page. */
export const shapes = {
  phone: { viewport: { width: 390, height: 844 } },
  "smallest phone, dark": { viewport: { width: 320, height: 568 }, colorScheme: "dark" },
  "desktop at 200 %": { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 },
  "desktop, dark": { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
} as const;
export const shapeNames = Object.keys(shapes) as (keyof typeof shapes)[];

/** The checks of a page: all that axe has, the ones that another colour scheme can affect, or only the width. */
export type Look = "everything" | "colours" | "width";

/**
 * The checks on each screen: everything on a phone and at a desk; the colours where only the colours differ; the width
 * on the screens in between. No page may scroll sideways on any screen.
 */
export const looks = {
  phone: "everything",
  "smallest phone": "width",
  "phone, dark": "colours",
  "smallest phone, dark": "colours",
  "desktop at 200 %": "width",
  desktop: "colours",
  "desktop, dark": "everything",
} as const satisfies Record<string, Look>;

/** A browser's tab with cookies of its own. */
export interface Tab {
  page: Page;
  context: BrowserContext;
  /** Complaints of the browser: a script or style that the policy stopped, an alert, a broken page. */
  complaints: string[];
  /** Signs in as this person. */
  enter(person: TestPerson): Promise<void>;
  /** Opens a path of the server. */
  open(path: string): Promise<void>;
  /** Presses Tab until the element of `selector` has the focus, as a person without a mouse does. */
  tabTo(selector: string): Promise<void>;
  /** Returns a property of the element that has the focus. */
  focused<Of = string>(property: string): Promise<Of>;
  /** Returns axe's complaints in words, and one if the page scrolls sideways. @param look default: the tab's */
  inspect(look?: Look): Promise<string[]>;
}

/** @param look how closely `inspect` looks; default everything */
export async function openTab(
  browser: TestBrowser,
  url: string,
  options: BrowserContextOptions = shapes.phone,
  look: Look = "everything",
): Promise<Tab> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !text.includes("responded with a status of"))
      complaints.push(text);
  });
  const focused = <Of = string>(property: string): Promise<Of> =>
    page.evaluate<Of>(`document.activeElement.${property}`);
  return {
    page,
    context,
    complaints,
    focused,
    enter: async (person) =>
      context.addCookies([
        { name: "sayso_session", value: await person.signIn(), url, httpOnly: true },
      ]),
    open: async (path) => void (await page.goto(url + path)),
    async tabTo(selector) {
      for (let i = 0; i < 80; i++) {
        if (await focused<boolean>(`matches(${JSON.stringify(selector)})`)) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`the keyboard does not reach ${selector}`);
    },
    async inspect(closely = look) {
      await page.waitForLoadState();
      const found = closely === "width" ? [] : await runAxe(page, closely);
      const pixels = await page.evaluate<number>(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      if (pixels > 0) found.push(`${pixels} px too wide`);
      return found.map((text) => `${page.url()} ${text}`);
    },
  };
}

async function runAxe(page: Page, look: "everything" | "colours"): Promise<string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe);
  const options = {
    resultTypes: ["violations"],
    ...(look === "colours" && { runOnly: ["color-contrast"] }),
  };
  return page.evaluate<string[]>(`(async () => {
    const { violations } = await axe.run(document, ${JSON.stringify(options)});
    return violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.html).join(" "));
  })()`);
}

import { HANG_MS, share } from "@sayso/testkit";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { unpackBrowser } from "./unpack-browser.ts";

/** A test file's share of a browser. */
export interface TestBrowser {
  newContext: Browser["newContext"];
  newPage: (...options: Parameters<Browser["newPage"]>) => Promise<Page>;
  /** Closes everything that this share opened. The browser stays open for the next files. */
  close: () => Promise<void>;
}

const sharedBrowser = share(
  openBrowser,
  (browser) => new Promise<void>((resolve) => browser.once("disconnected", () => resolve())),
);

/**
 * Shares one browser among all test files of a process; it ends with the process. Pages of a file have cookies, storage
 * and permissions of their own.
 */
export async function shareBrowser(): Promise<TestBrowser> {
  const browser = await sharedBrowser();
  const opened = new Set<BrowserContext>();
  const newContext: TestBrowser["newContext"] = async (options) => {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(HANG_MS);
    opened.add(context);
    context.once("close", () => opened.delete(context));
    return context;
  };
  return {
    newContext,
    newPage: async (options) => (await newContext(options)).newPage(),
    close: async () => void (await Promise.all([...opened].map((context) => context.close()))),
  };
}

/** Starts a real browser from npm, without a window, which the caller closes. It also starts as root. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await unpackBrowser(),
    timeout: HANG_MS,
    args: [
      "--no-sandbox",
      "--headless",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
    ],
  });
}

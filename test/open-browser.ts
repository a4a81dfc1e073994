import { share } from "@sayso/testkit";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { unpackBrowser } from "./unpack-browser.ts";

/** A test file's share of a browser. */
export interface TestBrowser {
  newContext: Browser["newContext"];
  newPage: (...options: Parameters<Browser["newPage"]>) => Promise<Page>;
  /** Closes what was opened by it; the browser goes on for the files after this one. */
  close: () => Promise<void>;
}

const sharedBrowser = share(
  openBrowser,
  (browser) => new Promise<void>((resolve) => browser.once("disconnected", () => resolve())),
);

/**
 * For a test file: one browser is started for all files of a process, and ends with it. What a file opens has cookies,
 * storage and permissions of its own.
 */
export async function shareBrowser(): Promise<TestBrowser> {
  const browser = await sharedBrowser();
  const opened = new Set<BrowserContext>();
  const newContext: TestBrowser["newContext"] = async (options) => {
    const context = await browser.newContext(options);
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

/** A real browser from npm, without a window, that its caller closes; it also starts as root. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await unpackBrowser(),
    args: [
      "--no-sandbox",
      "--headless",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
    ],
  });
}

import chromiumOfNpm from "@sparticuz/chromium";
import { chromium, type Browser } from "playwright-core";

/** A real browser from npm, without a window; it also starts as root. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await chromiumOfNpm.executablePath(),
    args: [
      "--no-sandbox",
      "--headless",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
    ],
  });
}

// node test/draw-icons.ts: draws the dashboard's icons for home screens from its icon.svg.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./open-browser.ts";

const folder = fileURLToPath(new URL("../apps/dashboard/public/", import.meta.url));
const svg = readFileSync(`${folder}icon.svg`, "utf8");

/** Systems cut a maskable icon to their own shape, so the mark lies within the middle 80 % (W3C, Web App Manifest). */
const icons = [
  { name: "icon-192", size: 192, mark: 0.92, background: "transparent" },
  { name: "icon-512", size: 512, mark: 0.92, background: "transparent" },
  { name: "icon-maskable", size: 512, mark: 0.58, background: "#f6f5f1" },
];

const browser = await openBrowser();
try {
  for (const { name, size, mark, background } of icons) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(
      `<body style="margin:0;height:100vh;display:grid;place-items:center;background:${background}">${svg.replace("<svg ", `<svg style="width:${mark * 100}%" `)}`,
    );
    await page.screenshot({ path: `${folder}${name}.png`, omitBackground: true });
    await page.close();
  }
} finally {
  await browser.close();
}

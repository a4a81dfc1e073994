import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { freePort, until } from "@sayso/testkit";
import type { Page } from "playwright-core";
import { must } from "@sayso/must";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { copySources, type SourceCopy } from "./source-copy.ts";

const page = readFileSync(new URL("../../CONTRIBUTING.md", import.meta.url), "utf8");

/** Returns the file that a step of CONTRIBUTING.md says to open, so that the test does what a reader does. */
const fileOfStep = (step: string): string =>
  must(new RegExp(`^### ${step}\\. .+\\n\\nOpen \`([^\`]+)\``, "m").exec(page)?.[1]);

let sources: SourceCopy;
let dev: Awaited<ReturnType<typeof runDev>>;
let browser: TestBrowser;
let tab: Page;

beforeAll(async () => {
  sources = await copySources();
  [dev, browser] = await Promise.all([runDev(sources.path), shareBrowser()]);
  tab = await browser.newPage();
});

afterAll(async () => {
  await browser?.close();
  await dev?.end();
  await sources?.remove();
});

/** Starts `npm run dev` in a folder, without the install step, and resolves when it prints its address. */
async function runDev(folder: string) {
  const port = await freePort();
  const child = spawn(process.execPath, ["scripts/dev/dev.ts"], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const end = () => {
    child.kill("SIGINT");
    return exited;
  };
  await until(() => output.includes("Sayso runs at"), "npm run dev has started");
  return { url: `http://127.0.0.1:${port}`, output: () => output, end };
}

/** Returns the processes that run from a folder, or on its data: their ids and commands. */
function processesIn(folder: string): { pid: number; command: string }[] {
  const lines = execFileSync("ps", ["-A", "-ww", "-o", "pid=,args="], { encoding: "utf8" });
  return lines
    .split("\n")
    .filter((line) => line.includes(folder))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line }));
}

const serversIn = (folder: string): number[] =>
  processesIn(folder)
    .filter(({ command }) => command.includes("main.ts serve"))
    .map(({ pid }) => pid);

async function textOf(path: string): Promise<string> {
  const response = await fetch(`${dev.url}${path}`, { headers: { Accept: "text/html" } });
  return response.text();
}

describe("npm run dev", () => {
  test("signs the first admin in on the first page", async () => {
    await tab.goto(dev.url);
    await expect.poll(() => tab.locator("main h1").first().textContent()).toBe("Inbox");
    expect(new URL(tab.url()).pathname).toBe("/app/inbox");
  });

  test("shows a changed word of the dashboard in the open page, on the same server", async () => {
    const before = serversIn(sources.path);
    expect(before).toHaveLength(1);
    await sources.replace(fileOfStep("2"), `"Inbox"`, `"Tray of today"`);
    await expect.poll(() => tab.locator("main h1").first().textContent()).toBe("Tray of today");
    expect(serversIn(sources.path)).toEqual(before);
    expect(dev.output()).not.toContain("server: restarted");
  });

  const file = fileOfStep("3");
  const [first, second] = ["you have no access to it", "it was moved elsewhere"];

  test("answers with a changed message of the server, also in the open page", async () => {
    await tab.goto(`${dev.url}/nowhere`);
    expect(await tab.locator("main").textContent()).toContain(first);
    const before = serversIn(sources.path);
    await sources.replace(file, first, second);
    await expect.poll(() => textOf("/nowhere")).toContain(second);
    await expect.poll(() => tab.locator("main").textContent()).toContain(second);
    expect(serversIn(sources.path)).not.toEqual(before);
    expect(dev.output()).toMatch(new RegExp(`server: restarted for ${file} \\(\\d+ ms\\)`));
  });

  test("survives a source that can't be read, and says where it is", async () => {
    const before = serversIn(sources.path);
    await sources.replace(file, second, `" + ; "`);
    await expect.poll(() => dev.output()).toMatch(new RegExp(`ERROR[^]*${file}:\\d+`));
    expect(await textOf("/nowhere")).toContain(second);
    expect(serversIn(sources.path)).toEqual(before);
    await sources.replace(file, `" + ; "`, first);
    await expect.poll(() => textOf("/nowhere")).toContain(first);
  });

  test("ends with all that it started", async () => {
    expect(processesIn(sources.path).some(({ command }) => command.includes("postgres"))).toBe(
      true,
    );
    expect(await dev.end()).toBe(0);
    expect(processesIn(sources.path)).toEqual([]);
  });
});

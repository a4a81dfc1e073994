import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { must } from "@sayso/must";
import { HANG_MS, startServer, until, type TestServer } from "@sayso/testkit";
import { selectors, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openBrowser } from "../../open-browser.ts";
import { startN8n, type N8nHost } from "./n8n-host.ts";
import { openN8n, setUpOwner } from "./n8n.ts";
import { runSayso } from "./sayso-command.ts";

// The README's "Your first approved run", step by step, in an empty n8n and a Sayso that was just started.

const packageFolder = fileURLToPath(new URL("../../../packages/n8n-nodes-sayso", import.meta.url));
const readme = readFileSync(path.join(packageFolder, "README.md"), "utf8");
const example = path.join(packageFolder, "workflows/approval-before-a-payment.json");
const ADMIN = { name: "Ada Okafor", email: "ada@example.com", password: "seven quiet herons" };

// n8n's editor marks its parts with this attribute.
selectors.setTestIdAttribute("data-test-id");

let sayso: TestServer;
let n8n: N8nHost;
let browser: Browser;
beforeAll(async () => {
  [sayso, n8n, browser] = await Promise.all([startServer(), startN8n({}), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await n8n?.close();
  await sayso?.stop();
});

test("from an empty n8n to a first approved run, following the README", async () => {
  await install();
  const cookie = await setUpOwner(n8n.url);
  const { cookies, rest } = openN8n(n8n, cookie);
  const people = await openPage();
  await becomeFirstAdmin(people);
  const printed = await runSayso(sayso, ..."key create --name n8n".split(" "));
  const [key = ""] = must(/\bgk_\w+/.exec(printed));

  const editor = await openPage();
  await editor.context().addCookies(cookies());
  await editor.goto(`${n8n.url}/workflow/new`);
  await importFile(editor, example);
  await connect(editor, { url: sayso.url, key });
  await editor.getByTestId("execute-workflow-button").click();
  const runs = async () =>
    (
      await rest<{ results: { id: string; status: string }[] }>("GET", "/executions?limit=10")
    ).results.map(({ status }) => status);
  const untilRun = (status: string) =>
    until(async () => (await runs()).join() === status, `one run, ${status}`);
  await untilRun("waiting");
  await takePicture(editor, "waiting.png");

  await people.goto(sayso.url);
  await people.getByText("Pay 1290 EUR to Harbour Paper").first().click();
  await takePicture(people, "request.png");
  await people.getByRole("button", { name: "Approve", exact: true }).click();
  // The example's priority is high.
  await people.getByRole("button", { name: "Yes, approve it" }).click();
  await node(editor, "Pay").getByTestId("canvas-node-status-success").waitFor();
  await takePicture(editor, "approved.png");
  expect(
    await node(editor, "Nobody decided").getByTestId("canvas-node-status-success").count(),
  ).toBe(0);

  await untilRun("success");
});

/** Runs the command of step 1 word for word, except for the tarball's name. */
async function install(): Promise<void> {
  const [, command] = must(/`(mkdir -p ~\/\.n8n\/nodes && [^`]+) <the \.tgz>`/.exec(readme));
  const env = {
    ...process.env,
    HOME: n8n.folder,
    // Uses the npm settings of the person who runs this test, as on a machine of their own.
    npm_config_userconfig: process.env.npm_config_userconfig ?? path.join(homedir(), ".npmrc"),
  };
  await promisify(execFile)("bash", ["-c", `${command} "${inject("tarball")}"`], { env });
  await n8n.restart();
}

async function openPage(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(HANG_MS);
  page.setDefaultNavigationTimeout(HANG_MS);
  return page;
}

/** Follows the link that the start has printed. */
async function becomeFirstAdmin(page: Page): Promise<void> {
  const link = () => /\/welcome\/[\w-]{43}/.exec(sayso.logs())?.[0];
  await until(() => link() !== undefined, "the link is printed");
  await page.goto(sayso.url + must(link()));
  await page.getByLabel("Name").fill(ADMIN.name);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.locator("main form button[type=submit], main form button:not([type])").first().click();
  await page.waitForURL(`${sayso.url}/app/inbox`);
}

const node = (page: Page, name: string) =>
  page.getByTestId("canvas-node").filter({ has: page.getByText(name, { exact: true }) });

async function importFile(page: Page, file: string): Promise<void> {
  await page.getByTestId("workflow-menu").click();
  await page.getByText("Import", { exact: true }).click();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByText("From file", { exact: true }).click(),
  ]);
  await chooser.setFiles(file);
  await node(page, "Ask for a yes").waitFor();
}

/** Creates a credential in the node's own form. n8n tries it before it closes the dialog. */
async function connect(page: Page, { url, key }: { url: string; key: string }): Promise<void> {
  await node(page, "Ask for a yes").dblclick();
  await page.getByRole("button", { name: "Connect to Sayso" }).click();
  const dialog = page.getByTestId("credential-edit-dialog");
  await dialog.getByPlaceholder("e.g. https://sayso.example.com").fill(url);
  await dialog.getByPlaceholder("e.g. gk_…").fill(key);
  await takePicture(page, "credential.png");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByTestId("ndv-close-button").click();
}

/** Takes a picture for the README if SAYSO_PICTURES=1. */
async function takePicture(page: Page, name: string): Promise<void> {
  if (!process.env.SAYSO_PICTURES) return;
  // Waits until nothing moves.
  await page.waitForTimeout(3000);
  await page.screenshot({ path: path.join(packageFolder, "docs", name) });
}

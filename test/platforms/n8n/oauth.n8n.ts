import { createClient, presetRedirectUris } from "@sayso/core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../../open-browser.ts";
import { countByOutput, itemsAt, openN8nStage, type N8nStage } from "./n8n-stage.ts";

let stage: N8nStage;
let browser: Browser;
let credential: { id: string; name: string };

beforeAll(async () => {
  [stage, browser] = await Promise.all([openN8nStage(), openBrowser()]);
  const { client, secret } = await createClient(stage.organization.context, {
    name: "n8n",
    preset: "n8n",
    redirectUris: presetRedirectUris("n8n", { n8nUrl: stage.n8n.url }),
  });
  credential = await stage.n8n.addCredential("saysoOAuth2Api", {
    url: `${stage.server.url}/`,
    clientId: client.id,
    clientSecret: secret,
  });
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

/** Signs in on Sayso's own page, where the pop-up has led. */
async function signIn(page: Page): Promise<void> {
  await page.getByLabel("E-mail").fill(stage.bob.email);
  await page.getByLabel("Password", { exact: true }).fill(stage.bob.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("a person connects n8n in its own pop-up, and n8n then asks in their name", async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await context.addCookies(stage.n8n.cookies());
  const page = await context.newPage();
  await page.goto(`${stage.n8n.url}/home/credentials/${credential.id}`);
  const connect = page.getByRole("button", { name: "Connect", exact: true });
  await connect.waitFor({ timeout: 60_000 });
  const [popup] = await Promise.all([page.waitForEvent("popup"), connect.click()]);
  await popup.waitForURL((url) => url.origin === stage.server.url, { timeout: 30_000 });
  await signIn(popup);
  await popup.getByRole("button", { name: "Allow", exact: true }).click();
  await page.getByText("Account connected").first().waitFor({ timeout: 30_000 });
  await context.close();

  const node = { credentials: { saysoOAuth2Api: credential } };
  const parameters = { authentication: "oAuth2" };
  const { executionId, requests } = await stage.sleep(await stage.addFlow({ node, parameters }));
  expect(requests[0]).toMatchObject({ created_by: stage.bob.id });
  await stage.alice.api.approve(requests[0]!.id, "For Bob");
  const done = await stage.n8n.executionIn(executionId, ["success", "error"]);
  expect(countByOutput(done)).toEqual({ "No Decision": 0, Approved: 1, Rejected: 0 });
  expect(itemsAt(done, "Approved")[0]?.json.sayso).toMatchObject({ comment: "For Bob" });
}, 180_000);

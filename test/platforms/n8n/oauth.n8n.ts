import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../../open-browser.ts";
import { runSayso } from "./sayso-command.ts";
import { countByOutput, itemsAt, openN8nStage, type N8nStage } from "./n8n-stage.ts";
import { expectOperations } from "./operations.ts";

let stage: N8nStage;
let browser: Browser;
let credential: { id: string; name: string };

beforeAll(async () => {
  [stage, browser] = await Promise.all([openN8nStage(), openBrowser()]);
  // The command line works for the oldest organization.
  await stage.services.sql("update organizations set created_at = 'epoch' where id = $1", [
    stage.organization.context.organizationId,
  ]);
  // Runs the README's command. Its output names the fields of n8n's form in the form's own words.
  const printed = await runSayso(
    stage.server,
    ...["client", "create", "--preset", "n8n", "--n8n-url", stage.n8n.url],
  );
  const [, url] = must(printed.match(/^ +Server Address +(\S+)$/m));
  const [, clientId] = must(printed.match(/^ +Client ID +(\S+)$/m));
  const [, clientSecret] = must(printed.match(/^ +Client Secret +(\S+)$/m));
  credential = await stage.n8n.addCredential("saysoOAuth2Api", { url, clientId, clientSecret });
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

/** Signs in on Sayso's own page in the pop-up. */
async function signIn(page: Page): Promise<void> {
  await page.getByLabel("Email").fill(stage.bob.email);
  await page.getByLabel("Password", { exact: true }).fill(stage.bob.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("a person connects n8n in its own pop-up, and n8n then asks in their name", async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await context.addCookies(stage.n8n.cookies());
  const page = await context.newPage();
  await page.goto(`${stage.n8n.url}/home/credentials/${credential.id}`);
  const connect = page.getByRole("button", { name: "Connect", exact: true });
  await connect.waitFor();
  const [popup] = await Promise.all([page.waitForEvent("popup"), connect.click()]);
  await popup.waitForURL((url) => url.origin === stage.server.url);
  await signIn(popup);
  await popup.getByRole("button", { name: "Allow", exact: true }).click();
  await page.getByText("Account connected").first().waitFor();
  await context.close();

  const { executionId, requests } = await stage.sleep(await stage.addFlow(asBob()));
  expect(requests[0]).toMatchObject({ created_by: stage.bob.id });
  await stage.alice.api.approve(must(requests[0]).id, "For Bob");
  const done = await stage.n8n.executionIn(executionId, ["success", "error"]);
  expect(countByOutput(done)).toEqual({ "No Decision": 0, Approved: 1, Rejected: 0 });
  expect(itemsAt(done, "Approved")[0]?.json.sayso).toMatchObject({ comment: "For Bob" });
});

/** Options for a flow that asks with the connected credential. */
const asBob = () => ({
  node: { credentials: { saysoOAuth2Api: credential } },
  parameters: { authentication: "oAuth2" },
});

test("requests, comments, steps and goals are handled in that person's name", () =>
  expectOperations(
    stage,
    { saysoOAuth2Api: credential },
    {
      asked: { created_by: stage.bob.id },
      commented: { user_id: stage.bob.id, connection_id: null },
    },
  ));

test("an access token that ends while a workflow waits is renewed by n8n, each time", async () => {
  const { services, alice, n8n } = stage;
  const countLive = async () => {
    const [row] = await services.sql<{ count: number }>(
      "select count(*)::int as count from oauth_tokens where kind = 'AccessToken' and expires_at > now()",
    );
    return must(row).count;
  };
  for (const round of [1, 2]) {
    const { executionId, requests } = await stage.sleep(await stage.addFlow(asBob()));
    // Pretends that the hour is over.
    await services.sql("update oauth_tokens set expires_at = now() where kind = 'AccessToken'");
    expect(await countLive()).toBe(0);
    // Sayso caches the owner of a token for a second.
    await sleep(1_100);
    await alice.api.approve(must(requests[0]).id);
    const done = await n8n.executionIn(executionId, ["success", "error"]);
    expect(countByOutput(done), `round ${round}`).toMatchObject({ Approved: 1 });
    expect(await countLive()).toBeGreaterThan(0);
  }
});

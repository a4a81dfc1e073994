// The pages for people who connect machines: connections and their log, apps, tokens, subscriptions, deliveries, the
// API.
import { must } from "@sayso/must";
import { api, shareStage, startReceiver, until } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Locator, Page } from "playwright-core";
import { keyOfEarlierOwner } from "../attacks/earlier-owner.ts";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { another } from "../pages/another.ts";
import { openDashboard, screens, type DashboardTab } from "./dashboard-tab.ts";
import { furnishAccess } from "./furnish-access.ts";
import { runCode } from "./run-code.ts";

const stage = await shareStage();
const receiver = await startReceiver();
const { server, services, organization, owner, alice } = stage;
const { client } = await furnishAccess(stage, receiver);
let browser: TestBrowser;
let tab: DashboardTab;
let page: Page;
beforeAll(async () => {
  browser = await shareBrowser();
  tab = await openDashboard(browser, server.url, owner);
  page = tab.page;
});
afterAll(async () => {
  await browser.close();
  await Promise.all([stage.close(), receiver.stop()]);
});

const button = (name: string | RegExp, within: Page | Locator = page) =>
  within.getByRole("button", { name, exact: typeof name === "string" });
const dialog = () => tab.dialog();
const toast = (text: string) => page.getByText(text, { exact: true }).first().waitFor();
/** Returns the list item that contains this text. */
const item = (text: string) => page.locator("main li", { hasText: text });
const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });

describe("a connection", () => {
  let key: string;
  let name: string;

  test("is made for an agent, which only asks; its key is shown once", async () => {
    name = another("Night watch");
    await tab.show("/connections");
    await button("New connection").click();
    await dialog().getByText("AI agent").click();
    await dialog().getByLabel("Name").fill(name);
    await button("New connection", dialog()).click();
    await tab.dialog("Copy these into your app").waitFor();
    key = await dialog().getByLabel("API key").inputValue();
    const secret = await dialog().getByLabel("Webhook secret").inputValue();
    expect([key, secret]).toEqual([
      expect.stringMatching(/^gk_[0-9a-f]{64}$/),
      expect.stringMatching(/^whsec_/),
    ]);
    // A click beside the dialog doesn't close it.
    await page.mouse.click(5, 5);
    expect(await dialog().isVisible()).toBe(true);
    await tab.send("I've copied them");
    expect(await page.content()).not.toContain(key);
    await item(name).waitFor();
  });

  test("shows in its log and on its meter what it calls, by itself; each call with its details", async () => {
    await tab.show("/connections");
    await item(name).getByRole("link").click();
    await heading(name).waitFor();
    await page.getByText("No calls yet").waitFor();
    await page.getByText("0 of 100 calls used").waitFor();
    const machine = api(server.url, key);
    const refused = await machine.create({ title: "" });
    await machine.list();
    await button(/^400 POST .*approvals/).waitFor();
    await button(/^200 GET/).waitFor();
    await page.getByText("2 of 100 calls used").waitFor();
    await page.getByLabel("Status").selectOption("4xx");
    await button(/^200 GET/).waitFor({ state: "detached" });
    await button(/^400 POST/).click();
    await dialog().getByText("validation_failed").waitFor();
    await dialog()
      .getByText(must(refused.headers.get("x-request-id")))
      .waitFor();
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    await page.getByLabel("Search path, operation or request ID").fill("nothing like it");
    await page.getByText("No calls match").waitFor();
    await page.getByLabel("Search path, operation or request ID").fill("");
    await page.getByLabel("Status").selectOption("");
  });

  test("gets another key and loses the first; is limited; and is deleted", async () => {
    await button("Rotate").click();
    await dialog().getByLabel("The old keys expire").selectOption({ label: "now" });
    await tab.confirm("Rotate the keys?", "Rotate");
    await dialog().getByText("The old keys have expired.").waitFor();
    const fresh = await dialog().getByLabel("API key").inputValue();
    await tab.send("I've copied them");
    await until(
      async () => (await api(server.url, key).list()).status === 401,
      "the old key ended",
    );
    expect((await api(server.url, fresh).list()).status).toBe(200);
    await page.getByText("Expired and revoked keys (1)").waitFor();

    const { id } = must(
      (
        await owner.api.call<{ data: { id: string; name: string }[] }>("GET", "/api/v1/connections")
      ).body.data.find((one) => one.name === name),
    );
    // Another admin's change, which this page has not shown yet, stays.
    await owner.api.call("PATCH", `/api/v1/connections/${id}`, { body: { max_priority: "low" } });
    await page.getByLabel("Rate limit (calls per hour)").fill("0");
    await button("Save").click();
    await page.getByText("rate_limit_per_hour must be a whole number from 1 to 10000").waitFor();
    await page.getByLabel("Rate limit (calls per hour)").fill("7");
    await page.getByLabel(/^Action types/).fill("deploy, restart");
    await page.getByLabel(/^Default title/).fill("A deployment");
    await page
      .getByLabel("When a request lists approvers")
      .selectOption("All of them must approve");
    await button("Save").click();
    await toast("Saved");
    const { body } = await owner.api.call<{ data: Record<string, unknown>[] }>(
      "GET",
      "/api/v1/connections",
    );
    expect(body.data.find((one) => one.name === name)).toMatchObject({
      rate_limit_per_hour: 7,
      allowed_action_types: ["deploy", "restart"],
      default_title: "A deployment",
      max_priority: "low",
      approvers_needed: "all",
    });

    await button("Delete connection").click();
    await tab.confirm("Delete this connection?", "Delete connection");
    await heading("Connections").waitFor();
    await item(name).waitFor({ state: "detached" });
    await until(async () => (await api(server.url, fresh).list()).status === 401, "it is refused");
  });
});

describe("whether a connection decides", () => {
  test("is its owner's to say, who confirms who they are and reads which keys end", async () => {
    const { id } = await organization.addConnection({ name: another("Chat bot") });
    const admin = await organization.addPerson({ name: "Ada Admin", role: "admin" });
    await keyOfEarlierOwner(services, admin, id);
    await services.sql(
      "update sessions set proven_at = now() - interval '1 hour' where person_id = $1",
      [owner.id],
    );
    await tab.show(`/connections/${id}`);
    await page.getByText("This connection asks, and people decide.").waitFor();
    await button("Let it vote in my name").click();
    await dialog().getByText("This key is revoked, because you didn't create it").waitFor();
    await dialog().getByText("created by Ada Admin").waitFor();
    await button("Let it vote in my name", dialog()).click();
    await page.getByLabel("Password").fill(owner.password);
    await button("Confirm").click();
    await tab.confirm("Let it vote in your name?", "Let it vote in my name");
    await page.getByText("Its votes count as yours since").waitFor();
    // A click right after the dialog, on what it uncovered, would count as a stray second tap. A key never does.
    await page.getByText("Expired and revoked keys (1)").press("Enter");
    await page.getByText("not created by the owner").waitFor();

    const other = await openDashboard(browser, server.url, admin);
    await other.show(`/connections/${id}`);
    await other.page.getByText(`Its votes count as ${owner.name}'s since`).waitFor();
    await other.page
      .getByText(`Only the owner, ${owner.name}, can let this connection vote`)
      .waitFor();
    expect(await other.page.getByRole("button", { name: "Let it vote" }).count()).toBe(0);
    await other.page.getByRole("button", { name: "Stop its voting" }).click();
    await other.confirm("Stop its voting?", "Stop its voting");
    await other.page.getByText("This connection asks, and people decide.").waitFor();
  });

  test("is shown to an owner who is no admin, on a page of their own connection alone", async () => {
    const { id } = await organization.addConnection({ name: another("Alice's bot") });
    await services.sql("update connections set owner_id = $2 where id = $1", [id, alice.id]);
    const hers = await openDashboard(browser, server.url, alice);
    await hers.show(`/connections/${id}`);
    await hers.page.getByText("This connection asks, and people decide.").waitFor();
    await hers.page.getByRole("button", { name: "Let it vote in my name" }).waitFor();
    await hers.show(`/connections/${stage.machine.id}`);
    await hers.page.getByText("Only admins manage connections").waitFor();
  });
});

describe("an app", () => {
  test("is registered for n8n with the address that was given, and what is wrong stands at its field", async () => {
    await tab.show("/apps");
    await button("New app").click();
    await dialog().getByLabel("n8n URL").fill("nonsense");
    await button("New app", dialog()).click();
    await dialog().getByText("n8n_url must be the address of your n8n", { exact: false }).waitFor();
    await dialog().getByLabel("n8n URL").fill("https://n8n.example.com");
    await button("New app", dialog()).click();
    expect(await dialog().getByLabel("Client secret").inputValue()).toMatch(/^cs_/);
    expect(await dialog().getByLabel("Server Address").inputValue()).toBe(server.url);
    await dialog().getByText("Sayso OAuth2 API").waitFor();
    await tab.send("I've copied it");
    await item("n8n").first().waitFor();
    await page.getByRole("link", { name: "n8n", exact: true }).first().click();
    await page.getByText("Copy these into your app").waitFor();
    expect(await page.getByLabel("Server Address").inputValue()).toBe(server.url);
    expect(await page.getByLabel("Client Secret", { exact: true }).count()).toBe(0);
    expect(await tab.inspect()).toEqual([]);
  });

  test.each([
    [
      "Zapier",
      ["Authorization URL", "Access Token Request (POST)", "Client ID", "Client Secret", "Scope"],
      "PKCE",
    ],
    ["Make", ["Authorize URI", "Token URI", "Client ID", "Client Secret", "Scope"], "Flow type"],
  ])("for %s tells what to fill in there, in its words", async (platform, labels, choice) => {
    await tab.show("/apps");
    await button("New app").click();
    await dialog().getByText(platform, { exact: true }).click();
    if (platform === "Zapier") await dialog().getByLabel("Zapier app ID").fill("123");
    await button("New app", dialog()).click();
    await dialog().getByText(choice, { exact: true }).waitFor();
    for (const label of labels)
      expect(await dialog().getByLabel(label, { exact: true }).inputValue(), label).not.toBe("");
    await tab.send("I've copied it");
  });

  test("loses what it was allowed, and gets another secret", async () => {
    await page.goto(`${server.url}/app/apps/${client.id}`);
    await button(/^Revoke Intranet for/).click();
    await tab.send("Revoke");
    await page.getByText("Nobody has authorized this app yet.").waitFor();
    await button("Rotate secret").click();
    await tab.confirm("Rotate the secret?", "Rotate secret");
    const secret = await page.getByLabel("Client secret").inputValue();
    await tab.send("I've copied it");
    await page.getByText(`ends in ${secret.slice(-4)}`).waitFor();
  });
});

test("a person makes a token, uses it, and ends it", async () => {
  const own = await openDashboard(browser, server.url, alice, screens.phone);
  await own.show("/tokens");
  const { page: phone } = own;
  await button("New token", phone).click();
  const name = another("My laptop");
  await own.dialog().getByRole("textbox", { name: "Name" }).fill(name);
  await button("New token", own.dialog()).click();
  const token = await phone.getByLabel("Token", { exact: true }).inputValue();
  expect((await api(server.url, token).list()).status).toBe(200);
  await own.send("I've copied it");
  await button(`Revoke ${name}`, phone).click();
  await own.send("Revoke");
  await phone.getByText(/^Expired and revoked tokens \(\d+\)$/).waitFor();
  await until(async () => (await api(server.url, token).list()).status === 401, "it is refused");
  // The page says that only admins may use it, and nothing fails.
  await own.show("/connections");
  await phone.getByText("Only admins manage connections").waitFor();
  expect(own.complaints).toEqual([]);
  await own.context.close();
});

test("a subscription is made, tested, and followed to what was sent", async () => {
  const path = `/${another("chat").replace(" ", "-")}`;
  await tab.show("/subscriptions");
  await button("New subscription").click();
  await dialog()
    .getByLabel("Endpoint URL")
    .fill(receiver.url + path);
  await dialog().getByLabel("All request events").uncheck();
  await button("New subscription", dialog()).click();
  await dialog().getByText("Choose at least one event").waitFor();
  await dialog().getByLabel("Request rejected").check();
  await dialog().getByLabel("high").check();
  await button("New subscription", dialog()).click();
  expect(await page.getByLabel("Webhook secret").inputValue()).toMatch(/^whsec_/);
  await tab.send("I've copied it");
  await button(`Send test event to ${receiver.url}${path}`).click();
  await receiver.waitFor((one) => one.path === path);
  await page.getByRole("link", { name: `Deliveries to ${receiver.url}${path}` }).click();
  await heading("Deliveries").waitFor();
  await item("subscription.tested").getByText("delivered").waitFor();
  await expect.poll(() => page.locator("main li").count()).toBe(1);
});

describe("a delivery", () => {
  test("is found by its status and address, and shows each attempt with all that was sent and answered", async () => {
    // The router parses this value as a number.
    await tab.show("/deliveries?target=8080");
    await expect.poll(() => page.getByLabel("URL contains").inputValue()).toBe("8080");
    await tab.show("/deliveries");
    await page.getByLabel("Status").selectOption("pending");
    await page.getByLabel("URL contains").fill("/BROKEN");
    await page.waitForURL("**/deliveries?*target=%2FBROKEN*");
    await item("/broken").getByRole("link", { name: "approval.decided" }).click();
    await page.getByText("retrying").waitFor();
    const last = page.locator("details[open]");
    await last.getByText("webhook-signature").waitFor();
    await last.getByText("(hidden)").waitFor();
    await last.getByText("out of memory").waitFor();
    await page.getByText('"event": "approval.decided"').waitFor();
  });

  test("is sent again, and the page sees by itself that it arrived", async () => {
    receiver.answerWith({ status: 202, body: "well again" });
    await button("Redeliver").click();
    await toast("Redelivering.");
    await page.locator("details[open]").getByText("well again").waitFor();
    await page.locator("main header").getByText("delivered").waitFor();
  });

  test("that was given up is sent again with all others of the last day", async () => {
    const [given] = (await owner.api.deliveries()).body.data.filter(({ url }) =>
      url.endsWith("/well"),
    );
    await stage.services.sql("update deliveries set status = 'failed' where id = $1", [
      must(given).id,
    ]);
    await tab.show("/deliveries?status=failed");
    await page.getByRole("link", { name: "approval.decided" }).waitFor();
    await button("Redeliver failed").click();
    await tab.send("Redeliver");
    await toast("Redelivering 1 webhook.");
    await page.getByText("No deliveries match").waitFor();
  });
});

describe("the API's page", () => {
  const code = (language: string) =>
    page.getByRole("region", { name: `Code in ${language}` }).textContent();
  /** The status of the answer. The operation's own list of statuses is in another section. */
  const status = (is: string) =>
    page
      .locator("section", { has: page.getByRole("heading", { name: "Response", exact: true }) })
      .locator("[aria-live]")
      .getByText(is, { exact: true });

  test("fills in a key, sends what is typed, and gives code that does the same", async () => {
    await tab.show("/api");
    await page.getByLabel("Find an operation").fill("create approval");
    await page.getByRole("link", { name: /Create Approval Request/ }).click();
    await button("Create a test token").click();
    await toast("Token created. It expires in 1 day.");
    await page.getByLabel("Body").fill("{ no json");
    await button("Send").click();
    await page.getByText("The body isn't valid JSON", { exact: false }).waitFor();
    const home = another("HOME").replace(" ", "_");
    const body = { title: `It's "done" \\ $${home}`, description: "…", priority: "low" };
    await page.getByLabel("Body").fill(JSON.stringify(body));
    await button("Send").click();
    await status("201").waitFor();
    const answer = page.getByRole("region", { name: "Response", exact: true });
    expect(JSON.parse((await answer.textContent()) ?? "")).toMatchObject({
      ...body,
      created_by: owner.id,
    });
    const made: string[] = [];
    for (const [language, name] of [
      ["curl", "curl"],
      ["typescript", "TypeScript"],
      ["python", "Python"],
    ] as const) {
      await button(name).click();
      const output = await runCode(language, (await code(name)) ?? "");
      if (output !== null) made.push(language);
    }
    expect(made).toContain("typescript");
    const { body: page1 } = await owner.api.list({ search: home });
    expect(page1.data.map(({ title }) => title)).toEqual(
      Array.from({ length: made.length + 1 }, () => body.title),
    );
  });

  test("knows paths, choices and numbers of every operation, and opens at a call of the log", async () => {
    await tab.show(`/api?operation=${encodeURIComponent("GET /api/v1/connections/0/calls")}`);
    await page.getByRole("heading", { name: "List Connection's Calls" }).waitFor();
    await page.getByLabel("id", { exact: true }).fill("a b");
    await page.getByLabel("method").selectOption("GET");
    await page.getByLabel("limit").fill("5");
    await expect
      .poll(() => code("curl"))
      .toContain("/api/v1/connections/a%20b/calls?method=GET&limit=5'");
    await button("TypeScript").click();
    await expect.poll(() => code("TypeScript")).toContain("limit: 5,");
    await button("Send").click();
    await status("404").waitFor();
  });
});

test("on all this way the browser complained about nothing", () => {
  expect(tab.complaints).toEqual([]);
  expect(organization.id).toBeTruthy();
});

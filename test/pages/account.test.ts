import { createClient, createGrant, listGrants, listSessions, listTokens } from "@sayso/core";
import { must } from "@sayso/must";
import {
  api,
  createOrganization,
  openServices,
  startServer,
  until,
  type TestOrganization,
  type TestPerson,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { looks, openTab, shapeNames, shapes, type Tab } from "./tab.ts";
import { createVisitor, signedIn } from "./visitor.ts";

let server: TestServer;
let services: TestServices;
let organization: TestOrganization;
let browser: TestBrowser;
let tab: Tab;

beforeAll(async () => {
  server = await startServer();
  services = openServices(server);
  organization = await createOrganization(services, server);
  browser = await shareBrowser();
});
afterAll(async () => {
  await browser?.close();
  await services?.close();
  await server?.stop();
});
beforeEach(async () => (tab = await openTab(browser, server.url)));
afterEach(() => tab.context.close());

const iphone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";

/** Creates an app of the organization, and connects it as this person. */
async function connectApp(person: TestPerson, name = "Desk <b>app</b>") {
  const { client } = await createClient(organization.context, {
    name,
    redirectUris: ["https://app.example.com/callback"],
  });
  const scopes = ["approvals:read", "comments:write"];
  const grantId = await createGrant(person.context, {
    clientId: client.id,
    scopes,
    resource: null,
  });
  return { client, grantId };
}

/** Reports whether the session of this cookie still opens a page. */
async function isAlive(sessionToken: string): Promise<boolean> {
  const visitor = createVisitor(server.url);
  visitor.cookies.set("sayso_session", sessionToken);
  return (await visitor.get("/account")).status === 200;
}

const messageOf = (selector: string) =>
  tab.page.evaluate<string>(
    `document.getElementById(document.querySelector(${JSON.stringify(selector)}).getAttribute("aria-describedby").split(" ")[0]).textContent`,
  );

describe.each(shapeNames)("on a %s", (name) => {
  test("every page is free of axe violations and needs no scrolling sideways", async () => {
    await tab.context.close();
    tab = await openTab(browser, server.url, shapes[name], looks[name]);
    const person = await organization.addPerson({
      name: `Somebody with a rather long name ${"x".repeat(40)}`,
    });
    const elsewhere = await createOrganization(services, server);
    await elsewhere.admit(person);
    await person.signIn();
    await tab.enter(person);
    const found: string[] = [];
    const look = async (path: string) => {
      await tab.open(path);
      found.push(...(await tab.inspect()));
    };
    await look("/account/apps");
    await connectApp(person);
    await look("/account/apps?done=revoked");
    await tab.page.click(".rows summary");
    found.push(...(await tab.inspect()));
    await look("/account?done=name");
    await tab.page.click(".who summary");
    found.push(...(await tab.inspect()));
    await tab.page.fill("#currentPassword", "wrong");
    await tab.page.fill("#newPassword", "another quiet heron");
    await tab.page.click("text=Change password");
    await tab.page.waitForSelector("#currentPassword-fault");
    found.push(...(await tab.inspect()));
    await look("/account/tokens");
    await tab.page.click("text=Create token");
    await tab.page.fill("#name", "Script");
    await tab.page.click("text=Create token");
    await tab.page.waitForSelector("#token");
    found.push(...(await tab.inspect()));
    await tab.page.click("text=I've copied it");
    await tab.page.waitForSelector("#new-token");
    await tab.page.click(".rows summary");
    await tab.page.click(".ask[open] button");
    await tab.page.waitForURL(/done=revoked/);
    await tab.page.click(".past summary");
    found.push(...(await tab.inspect()));
    expect(found).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });
});

test("the whole way by keyboard: to the account, another name, a wrong and a right password", async () => {
  const person = await organization.addPerson();
  await tab.enter(person);
  await tab.open("/waiting");
  const { keyboard } = tab.page;
  await keyboard.press("Tab");
  await expect.poll(() => tab.focused("className")).toBe("skip");
  await tab.tabTo("a[href='/account']");
  await keyboard.press("Enter");
  await tab.page.waitForURL(/\/account$/);
  expect(await tab.page.getAttribute(".places [href='/account']", "aria-current")).toBe("page");
  expect(await tab.page.getAttribute(".places [href='/waiting']", "aria-current")).toBeNull();

  await tab.tabTo("#name");
  await keyboard.press("ControlOrMeta+a");
  await keyboard.type("Renée \u202E Müller");
  await keyboard.press("Enter");
  await tab.page.waitForSelector("#name-fault");
  await expect.poll(() => tab.focused("id")).toBe("name");
  await keyboard.press("ControlOrMeta+a");
  await keyboard.type("Renée Müller");
  await keyboard.press("Enter");
  await tab.page.waitForURL(/done=name/);
  await expect.poll(() => tab.focused("textContent.trim()")).toBe("Name changed.");
  expect(await tab.page.textContent(".who summary")).toContain("Renée Müller");

  await tab.tabTo("#currentPassword");
  await keyboard.type("not it");
  await tab.tabTo("#newPassword");
  await keyboard.type("nine purple otters");
  await keyboard.press("Enter");
  await tab.page.waitForSelector("#currentPassword-fault");
  await expect.poll(() => tab.focused("id")).toBe("currentPassword");
  await expect.poll(() => tab.focused("ariaInvalid")).toBe("true");
  expect(await messageOf("#currentPassword")).toBe("This is not your current password");
  expect(await tab.page.content()).not.toContain("nine purple otters");
  await keyboard.type(person.password);
  await tab.tabTo("#newPassword");
  await keyboard.type("password1");
  await keyboard.press("Enter");
  await tab.page.waitForSelector("#newPassword-fault");
  await expect.poll(() => tab.focused("id")).toBe("newPassword");

  const other = await person.signIn();
  await tab.tabTo("#newPassword");
  await keyboard.type("nine purple otters");
  await keyboard.press("Shift+Tab");
  await keyboard.type(person.password);
  await keyboard.press("Enter");
  await tab.page.waitForURL(/done=password/);
  expect(await isAlive(other)).toBe(false);
  const { email } = person;
  const visitor = createVisitor(server.url);
  expect((await visitor.signIn(person)).status).toBe(401);
  expect((await visitor.signIn({ email, password: "nine purple otters" })).status).toBe(303);
  expect(tab.complaints).toEqual([]);
});

describe("where one is signed in", () => {
  test("devices are told apart in words; one, or all others, can be signed out", async () => {
    const person = await organization.addPerson();
    const [phone, desk, laptop] = [
      await person.signIn(),
      await person.signIn(),
      await person.signIn(),
    ];
    const [session] = (await listSessions(person.context)).slice(-1);
    await services.sql(
      "update sessions set user_agent = $1, last_seen_at = now() - interval '3 hours' where id = $2",
      [iphone, must(session).id],
    );
    await tab.enter(person);
    await tab.open("/account");
    const list = tab.page.locator("section:has(#sessions) .rows > li");
    expect(await list.count()).toBe(4);
    expect(await list.first().textContent()).toContain("this device");
    expect(await list.first().locator("button").count()).toBe(0);
    const row = list.filter({ hasText: "Safari on an iPhone" });
    expect(await row.textContent()).toMatch(/last seen 3 hours ago.*from 127\.0\.0\.1/s);
    await row.getByRole("button", { name: "Sign out Safari on an iPhone" }).click();
    await tab.page.waitForURL(/done=session$/);
    expect(await Promise.all([phone, desk, laptop].map(isAlive))).toEqual([false, true, true]);
    await tab.page.click("text=Sign out everywhere else");
    await tab.page.waitForURL(/done=sessions/);
    expect(await Promise.all([desk, laptop].map(isAlive))).toEqual([false, false]);
    expect(await list.count()).toBe(1);
    expect(await tab.page.locator("text=Sign out everywhere else").count()).toBe(0);
  });

  test("ending this very session signs out, with whatever the browser kept of it", async () => {
    const person = await organization.addPerson();
    const visitor = await signedIn(server.url, person);
    const [own] = await listSessions(person.context);
    const { csrf } = (await visitor.get("/account")).hidden("/account/name");
    const ended = await visitor.post(`/account/sessions/${must(own).id}/end`, { csrf: must(csrf) });
    expect(ended).toMatchObject({ status: 303, location: "/sign-in" });
    expect(visitor.cookies.has("sayso_session")).toBe(false);
  });
});

describe("a personal token", () => {
  test("is shown once, works, is listed by its ends, and is refused once revoked: by keyboard", async () => {
    const person = await organization.addPerson();
    await services.sql("delete from personal_tokens where person_id = $1", [person.id]);
    await tab.enter(person);
    await tab.open("/account/tokens");
    const { keyboard } = tab.page;
    await tab.tabTo("#name");
    await keyboard.type("Backup script");
    await tab.tabTo("#scopes-2");
    await keyboard.press("Space");
    await tab.tabTo("#expiry");
    await keyboard.type("30");
    const [response] = await Promise.all([
      tab.page.waitForResponse((r) => r.request().method() === "POST"),
      keyboard
        .press("Enter")
        .then(() => tab.tabTo("main button").then(() => keyboard.press("Enter"))),
    ]);
    expect(response.status()).toBe(200);
    expect(response.headers()["cache-control"]).toBe("no-store");
    await tab.page.waitForSelector("#token");
    await expect
      .poll(() => tab.focused("textContent.trim()"))
      .toMatch(/^Your new token\. Copy it now/);
    const token = await tab.page.inputValue("#token");
    expect(token).toMatch(/^sp_[0-9a-f]{64}$/);
    expect(tab.page.url()).toBe(`${server.url}/account/tokens`);
    expect((await api(server.url, token).list()).status).toBe(200);
    expect((await api(server.url, token).create()).status).toBe(403);

    await tab.tabTo("main a.button");
    await keyboard.press("Enter");
    await tab.page.waitForSelector("#new-token");
    expect(await tab.page.content()).not.toContain(token);
    const row = tab.page.locator(".rows > li");
    expect(await row.textContent()).toContain(`${token.slice(0, 11)}…${token.slice(-4)}`);
    expect(await row.textContent()).toMatch(
      /last used just now.*expires in 30 days.*approvals:read, comments:write/s,
    );
    await tab.tabTo(".rows summary");
    await keyboard.press("Enter");
    await tab.tabTo(".ask[open] button");
    await expect.poll(() => tab.focused("textContent")).toBe("Revoke Backup script");
    await keyboard.press("Enter");
    await tab.page.waitForURL(/done=revoked/);
    await until(
      async () => (await api(server.url, token).list()).status === 401,
      "the token is refused",
    );
    expect(await tab.page.textContent(".past")).toContain("Revoked and expired (1)");
    expect(tab.complaints).toEqual([]);
  });

  test("needs a name, something that it may do, and a lifetime from the list", async () => {
    const person = await organization.addPerson();
    const visitor = await signedIn(server.url, person);
    const { csrf } = (await visitor.get("/account/tokens")).hidden("/account/tokens");
    const good = { csrf: must(csrf), name: "Script", scopes: "approvals:read", expiry: "90" };
    for (const [wrong, fault] of [
      [{ name: " " }, "name-fault"],
      [{ name: "x".repeat(101) }, "name-fault"],
      [{ scopes: "" }, "scopes-fault"],
      [{ scopes: "everything" }, "scopes-fault"],
      [{ expiry: "100000" }, "expiry-fault"],
      [{ expiry: "" }, "expiry-fault"],
    ] as const) {
      const seen = await visitor.post("/account/tokens", { ...good, ...wrong });
      expect(seen.status).toBe(422);
      expect(seen.html).toContain(`id="${fault}"`);
      expect(seen.html.match(/autofocus/g)).toHaveLength(1);
    }
    expect(await listTokens(person.context)).toHaveLength(2);
    const made = await visitor.post("/account/tokens", { ...good, expiry: "none" });
    expect(made.status).toBe(200);
    expect((await listTokens(person.context))[0]).toMatchObject({ expiresAt: null });
  });

  test("is no session: it opens none of these pages", async () => {
    const { token } = await organization.addPerson();
    for (const path of ["/account", "/account/tokens", "/account/apps"]) {
      const seen = await createVisitor(server.url).get(path, { authorization: `Bearer ${token}` });
      expect(seen).toMatchObject({
        status: 303,
        location: `/sign-in?next=${encodeURIComponent(path)}`,
      });
    }
  });
});

test("a connected app says what it may do, and is disconnected after a second look: by keyboard", async () => {
  const person = await organization.addPerson();
  await tab.enter(person);
  await tab.open("/account/apps");
  expect(await tab.page.textContent("main")).toContain("No authorized apps.");
  await connectApp(person);
  await connectApp(await organization.addPerson(), "Somebody else's");
  await tab.page.reload();
  const row = tab.page.locator(".rows > li");
  expect(await row.count()).toBe(1);
  expect(await row.textContent()).toMatch(
    /Desk <b>app<\/b>.*authorized just now.*never used.*See requests.*Comment on requests/s,
  );
  await tab.tabTo(".rows summary");
  await tab.page.keyboard.press("Enter");
  await tab.tabTo(".ask[open] button");
  await tab.page.keyboard.press("Enter");
  await tab.page.waitForURL(/done=revoked/);
  expect(await listGrants(person.context, { whose: "own" })).toEqual([]);
  expect(await tab.page.textContent("main")).toContain("No authorized apps.");
});

test("whoever is in several organizations goes from one to the other, with the role that they have there", async () => {
  const person = await organization.addPerson();
  const elsewhere = await createOrganization(services, server, { name: "Nordlicht <i>Verein</i>" });
  await elsewhere.admit(person, "admin");
  await tab.enter(person);
  await tab.open("/account");
  expect(await tab.page.locator(".places a").allTextContents()).toEqual([
    "Waiting",
    "Goals",
    "Account",
  ]);
  await tab.tabTo(".who summary");
  await tab.page.keyboard.press("Enter");
  await tab.tabTo(".menu button");
  await expect.poll(() => tab.focused("textContent.trim()")).toBe("Nordlicht <i>Verein</i>");
  await tab.page.keyboard.press("Enter");
  await tab.page.waitForURL(`${server.url}/app/inbox`);
  await tab.open("/waiting");
  expect(await tab.page.textContent(".who summary")).toContain("Nordlicht <i>Verein</i>");
  expect(await tab.page.locator(".places a").allTextContents()).toEqual([
    "Waiting",
    "Goals",
    "Account",
    "Organization",
  ]);
  await tab.tabTo(".who summary");
  await tab.page.keyboard.press("Enter");
  await tab.tabTo(".menu form[action='/sign-out'] button");
  await tab.page.keyboard.press("Enter");
  await tab.page.waitForURL(/\/sign-in$/);

  const visitor = await signedIn(server.url, await organization.addPerson());
  const { csrf } = (await visitor.get("/account")).hidden("/account/name");
  expect((await visitor.get("/account")).html).not.toContain("/account/organization");
  for (const id of [elsewhere.id, "none", ""]) {
    const refused = await visitor.post("/account/organization", {
      csrf: must(csrf),
      organization: id,
    });
    expect(refused.status).toBe(404);
  }
});

describe("what is somebody else's", () => {
  test("is not found, even for an admin, and stays as it was", async () => {
    const victim = await organization.addPerson();
    const { grantId } = await connectApp(victim);
    const [token] = await listTokens(victim.context);
    const session = await victim.signIn();
    const [{ id: sessionId } = { id: "" }] = await listSessions(victim.context);
    for (const person of [await organization.addPerson(), organization.owner]) {
      const visitor = await signedIn(server.url, person);
      const { csrf } = (await visitor.get("/account")).hidden("/account/name");
      for (const path of [
        `/account/sessions/${sessionId}/end`,
        `/account/tokens/${must(token).id}/revoke`,
        `/account/apps/${grantId}/revoke`,
        "/account/tokens/none/revoke",
      ]) {
        expect((await visitor.post(path, { csrf: must(csrf) })).status, path).toBe(404);
      }
    }
    expect(await isAlive(session)).toBe(true);
    expect(must((await listTokens(victim.context))[0]).revokedAt).toBeNull();
    expect(await listGrants(victim.context, { whose: "own" })).toHaveLength(1);
  });
});

describe("a form that is not one of ours", () => {
  const forms = (ids: { session: string; token: string; grant: string }) => [
    "/account/name",
    "/account/password",
    "/account/organization",
    "/account/sessions/end-others",
    `/account/sessions/${ids.session}/end`,
    "/account/tokens",
    `/account/tokens/${ids.token}/revoke`,
    `/account/apps/${ids.grant}/revoke`,
  ];

  test("without the session's token, or from elsewhere: 403; asked for with GET it changes nothing", async () => {
    const person = await organization.addPerson();
    const { grantId } = await connectApp(person);
    const [token] = await listTokens(person.context);
    const other = await person.signIn();
    const [{ id: sessionId } = { id: "" }] = await listSessions(person.context);
    const visitor = await signedIn(server.url, person);
    const stranger = await signedIn(server.url, await organization.addPerson());
    const { csrf } = (await visitor.get("/account")).hidden("/account/name");
    const { csrf: theirs } = (await stranger.get("/account")).hidden("/account/name");
    const body = {
      name: "Taken over",
      currentPassword: person.password,
      newPassword: "nine purple otters",
      scopes: "approvals:read",
      expiry: "90",
      organization: organization.id,
    };
    for (const path of forms({ session: sessionId, token: must(token).id, grant: grantId })) {
      for (const [fields, headers] of [
        [body, undefined],
        [{ ...body, csrf: "" }, undefined],
        [{ ...body, csrf: must(theirs) }, undefined],
        [{ ...body, csrf: must(csrf) }, { origin: "http://evil.example" }],
        [{ ...body, csrf: must(csrf) }, {}],
      ] as const) {
        expect((await visitor.post(path, fields, headers)).status, path).toBe(403);
      }
      const query = new URLSearchParams({ ...body, csrf: must(csrf) }).toString();
      for (const method of ["GET", "HEAD"]) {
        const seen = await visitor.send(method, `${path}?${query}`);
        expect(path === "/account/tokens" ? 200 : 303, path).toBe(seen.status);
      }
      const unknown = await createVisitor(server.url).post(path, body);
      expect(unknown).toMatchObject({ status: 303 });
      expect(unknown.location).toMatch(/^\/sign-in\?next=%2Faccount(%2F(tokens|apps))?$/);
    }
    expect(await isAlive(other)).toBe(true);
    expect(await listTokens(person.context)).toMatchObject([
      { revokedAt: null },
      { revokedAt: null },
    ]);
    expect(await listGrants(person.context, { whose: "own" })).toHaveLength(1);
    expect((await visitor.get("/account")).html).toContain(person.name);
  });

  test("a flash is one of our own sentences, whatever the address says", async () => {
    const visitor = await signedIn(server.url, organization.owner);
    for (const done of ["<b>x</b>", "constructor", "__proto__", "toString", "name&done=name"]) {
      const { html } = await visitor.get(`/account?done=${done}`);
      expect(html).not.toContain('class="banner');
    }
    expect((await visitor.get("/account?done=name")).html).toContain("Name changed.");
  });
});

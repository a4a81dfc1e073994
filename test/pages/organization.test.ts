import {
  createClient,
  createGrant,
  createPerson,
  createTeam,
  getClient,
  listClients,
  listConnections,
  listGrants,
  listMembers,
  listTeams,
  setTeamMembers,
} from "@sayso/core";
import {
  createOrganization,
  openServices,
  startMailbox,
  startServer,
  type TestOrganization,
  type TestPerson,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { looks, openTab, shapeNames, shapes, type Tab } from "./tab.ts";
import { createVisitor, signedIn, type Visitor } from "./visitor.ts";

let server: TestServer;
let services: TestServices;
let organization: TestOrganization;
let admin: TestPerson;
let browser: TestBrowser;
let tab: Tab;

beforeAll(async () => {
  server = await startServer();
  services = openServices(server);
  organization = await createOrganization(services, server);
  admin = await organization.addPerson({ role: "admin" });
  browser = await shareBrowser();
});
afterAll(async () => {
  await browser?.close();
  await services?.close();
  await server?.stop();
});
beforeEach(async () => (tab = await openTab(browser, server.url)));
afterEach(() => tab.context.close());

const REDIRECT_URI = "https://app.example.com/callback";

const addApp = async (more: Partial<Parameters<typeof createClient>[1]> = {}) =>
  createClient(admin.context, {
    name: "Example <b>app</b>",
    redirectUris: [REDIRECT_URI],
    ...more,
  });

const connect = (person: TestPerson, clientId: string) =>
  createGrant(person.context, { clientId, scopes: ["approvals:read"], resource: null });

const memberNow = async (id: string) =>
  (await listMembers(organization.context, { includeDisabled: true })).find((m) => m.id === id);

const csrfOf = async (visitor: Visitor) =>
  (await visitor.get("/account")).hidden("/account/name").csrf!;

/** Everything that an admin can send, about these. */
const formsOf = (ids: Record<"person" | "team" | "app" | "grant", string>) => [
  "/organization/people",
  ...["role", "link", "disable", "enable", "remove", "connections"].map(
    (deed) => `/organization/people/${ids.person}/${deed}`,
  ),
  "/organization/teams",
  ...["name", "members", "delete"].map((deed) => `/organization/teams/${ids.team}/${deed}`),
  "/organization/apps/new/other",
  "/organization/apps/new/n8n",
  ...["secret", "delete"].map((deed) => `/organization/apps/${ids.app}/${deed}`),
  `/organization/grants/${ids.grant}/revoke`,
];

const pagesOf = (ids: Record<"person" | "team" | "app", string>) => [
  "/organization/people",
  `/organization/people/${ids.person}`,
  "/organization/teams",
  `/organization/teams/${ids.team}`,
  "/organization/apps",
  `/organization/apps/${ids.app}`,
  "/organization/apps/new/zapier",
];

/** One of everything, in an organization. */
async function addOneOfEach(of: TestOrganization) {
  const person = await of.addPerson({ role: "admin" });
  await of.addConnection({ name: "Bot", by: person });
  const team = await of.addTeam(`Finance ${person.id}`, [person]);
  const { client } = await createClient(of.context, {
    name: "App",
    redirectUris: [REDIRECT_URI],
  });
  const grant = await connect(person, client.id);
  return { person: person.id, team: team.id, app: client.id, grant };
}

describe.each(shapeNames)("on a %s", (name) => {
  test("every page is free of axe violations and needs no scrolling sideways", async () => {
    await tab.context.close();
    tab = await openTab(browser, server.url, shapes[name], looks[name]);
    const own = await createOrganization(services, server);
    const ids = await addOneOfEach(own);
    await createPerson(own.operator, {
      email: `${"x".repeat(24)}.${own.id}@example.com`,
      name: "y".repeat(100),
      role: "member",
    });
    await tab.enter(own.owner);
    const found: string[] = [];
    const look = async (path: string) => {
      await tab.open(path);
      for (const summary of await tab.page.locator("main summary").all()) await summary.click();
      found.push(...(await tab.inspect()));
    };
    for (const path of pagesOf(ids)) await look(path);
    for (const platform of ["n8n", "make", "other"])
      await look(`/organization/apps/new/${platform}`);
    await tab.page.fill("#name", "Mine");
    await tab.page.fill("#redirect_uris", "javascript:alert(1)");
    await tab.page.click("main form button");
    await tab.page.waitForSelector("#redirect_uris-fault");
    found.push(...(await tab.inspect()));
    await tab.page.fill("#redirect_uris", REDIRECT_URI);
    await tab.page.click("main form button");
    await tab.page.waitForSelector("text=It is shown this once");
    found.push(...(await tab.inspect()));
    await tab.open("/organization/people");
    await tab.page.fill("#name", "Zed");
    await tab.page.fill("#email", `zed.${own.id}@example.com`);
    await tab.page.click("text=Invite >> nth=-1");
    await tab.page.waitForSelector("#link");
    found.push(...(await tab.inspect()));
    await services.sql("delete from memberships where person_id = $1", [ids.person]);
    await services.sql("insert into former_members (organization_id, person_id) values ($1, $2)", [
      own.id,
      ids.person,
    ]);
    await look("/organization/people?done=removed");
    expect(await tab.page.textContent("main")).toContain("Left behind");
    expect(found).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });
});

test("the whole way by keyboard: invite somebody, who then comes in by the link", async () => {
  await tab.enter(admin);
  await tab.open("/waiting");
  const { keyboard } = tab.page;
  await tab.tabTo(".places a[href^='/organization']");
  await keyboard.press("Enter");
  await tab.page.waitForURL(/\/organization\/people$/);
  expect(await tab.page.getAttribute("[aria-current]", "aria-current")).toBe("page");
  await tab.tabTo("#name");
  await keyboard.type("Nia Neu");
  await tab.tabTo("#email");
  await keyboard.type(organization.owner.email);
  await keyboard.press("Enter");
  await tab.page.waitForSelector("[role=alert]");
  await expect
    .poll(() => tab.focused("textContent.trim()"))
    .toMatch(/is a member of this organization already\.$/);
  expect(await tab.page.inputValue("#name")).toBe("Nia Neu");
  await tab.tabTo("#email");
  await keyboard.press("ControlOrMeta+a");
  await keyboard.type("nia.neu@example.com");
  await tab.tabTo("#role-1");
  await keyboard.press("ArrowDown");
  expect(await tab.page.locator("[name=role][value=owner]").count()).toBe(0);
  await tab.tabTo("#can_approve");
  await keyboard.press("Space");
  await keyboard.press("Enter");
  await tab.page.waitForSelector("#link");
  await expect.poll(() => tab.focused("textContent.trim()")).toMatch(/^This is their invitation\./);
  expect(await tab.page.textContent("main")).toContain("This server sends no mail");
  const link = await tab.page.inputValue("#link");
  await tab.tabTo("main a.button");
  await keyboard.press("Enter");
  await tab.page.waitForSelector("#invitations");
  expect(await tab.page.content()).not.toContain(link);
  expect(await tab.page.textContent("#invitations ~ *")).toMatch(/Nia Neu\s+invited/);

  const guest = await openTab(browser, server.url);
  await guest.page.goto(link);
  await guest.page.fill("#password", "seven quiet herons");
  await guest.page.keyboard.press("Enter");
  await guest.page.waitForURL(`${server.url}/app/inbox`);
  await guest.open("/organization/people");
  expect(await guest.page.textContent(".rows > li:has-text('Nia Neu')")).toMatch(
    /\(you\)\s+admin\s+nia\.neu@example\.com\s+may not approve/,
  );
  await guest.context.close();
  expect(tab.complaints).toEqual([]);
});

test("what is mailed is shown to nobody else: an invitation, and a link for a new password", async () => {
  const mailbox = await startMailbox();
  const mailing = await startServer({
    database: server.database,
    env: {
      SAYSO_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
      SAYSO_MAIL_FROM: "Sayso <sayso@example.com>",
    },
  });
  try {
    const visitor = await signedIn(mailing.url, admin);
    const csrf = await csrfOf(visitor);
    const email = "mailed@example.com";
    const invitation = { csrf, name: "Mailed", email, role: "member" };
    const invited = await visitor.post("/organization/people", invitation);
    expect([invited.status, invited.location]).toEqual([303, "/organization/people?done=invited"]);
    expect((await mailbox.to(email))[0]!.text).toMatch(/\/invitation\/[\w-]{43}/);
    const person = await organization.addPerson();
    const reset = await visitor.post(`/organization/people/${person.id}/link`, { csrf });
    expect(reset.location).toBe(`/organization/people/${person.id}?done=mailed`);
    expect(await mailbox.to(person.email)).toHaveLength(1);
  } finally {
    await mailing.stop();
    await mailbox.stop();
  }
});

describe("whoever is no admin", () => {
  test("sees none of it and changes none of it: 403, and no way there", async () => {
    const ids = await addOneOfEach(organization);
    const before = await memberNow(ids.person);
    const visitor = await signedIn(server.url, await organization.addPerson());
    const csrf = await csrfOf(visitor);
    expect((await visitor.get("/waiting")).html).not.toContain("/organization");
    for (const path of [...pagesOf(ids), "/organization", "/organization/people/none"])
      expect((await visitor.get(path)).status, path).toBe(403);
    for (const path of formsOf(ids))
      expect((await visitor.post(path, { csrf, role: "owner", name: "x" })).status, path).toBe(403);
    expect(await memberNow(ids.person)).toEqual(before);
  });

  test("was one a moment ago: the next page says no", async () => {
    const person = await organization.addPerson({ role: "admin" });
    const visitor = await signedIn(server.url, person);
    expect((await visitor.get("/organization/people")).status).toBe(200);
    const csrf = await csrfOf(visitor);
    const own = `/organization/people/${person.id}`;
    const demoted = await visitor.post(`${own}/role`, { csrf, role: "member", can_approve: "yes" });
    expect(demoted).toMatchObject({ status: 303, location: "/account" });
    expect((await visitor.get(own)).status).toBe(403);
  });
});

test("what is another organization's is not found, on every page and form", async () => {
  const ids = await addOneOfEach(await createOrganization(services, server));
  const visitor = await signedIn(server.url, admin);
  const csrf = await csrfOf(visitor);
  const body = {
    csrf,
    name: "Taken",
    role: "member",
    [`to-${ids.person}`]: admin.id,
  };
  const isAbout = (path: string) => Object.values(ids).some((id) => path.includes(id));
  for (const path of pagesOf(ids).filter(isAbout))
    expect((await visitor.get(path)).status, path).toBe(404);
  for (const path of formsOf(ids).filter(isAbout))
    expect((await visitor.post(path, body)).status, path).toBe(404);
  for (const path of ["people", "teams", "apps", "apps/new"])
    expect((await visitor.get(`/organization/${path}/none`)).status, path).toBe(404);
  expect((await visitor.post("/organization/apps/new/none", { csrf })).status).toBe(404);
});

test("a form without the session's token, or from elsewhere, is refused; asked for with GET it changes nothing", async () => {
  const ids = await addOneOfEach(organization);
  const visitor = await signedIn(server.url, admin);
  const csrf = await csrfOf(visitor);
  const before = await memberNow(ids.person);
  const body = { name: "x", email: "x@example.com", role: "admin", redirect_uris: REDIRECT_URI };
  const people = (await listMembers(organization.context)).length;
  for (const path of formsOf(ids)) {
    expect((await visitor.post(path, body)).status, path).toBe(403);
    const elsewhere = { origin: "http://evil.example" };
    expect((await visitor.post(path, { ...body, csrf }, elsewhere)).status, path).toBe(403);
    const query = new URLSearchParams({ ...body, csrf }).toString();
    expect([200, 303], path).toContain((await visitor.get(`${path}?${query}`)).status);
    const stranger = await createVisitor(server.url).post(path, body);
    expect(stranger.location, path).toMatch(/^\/sign-in\?next=%2Forganization%2F/);
  }
  expect(await memberNow(ids.person)).toEqual(before);
  expect(await listMembers(organization.context)).toHaveLength(people);
  expect(await getClient(organization.context, ids.app)).toMatchObject({ grants: 1 });
});

describe("a person's page", () => {
  test("changes what they may do; shuts them out and lets them in; gives them a way in", async () => {
    const person = await organization.addPerson({ name: "Jonas Weber" });
    const session = await signedIn(server.url, person);
    await tab.enter(organization.owner);
    await tab.open(`/organization/people/${person.id}`);
    await tab.page.check("[name=role][value=admin]");
    await tab.page.uncheck("#can_approve");
    await tab.page.click("text=Save");
    await tab.page.waitForURL(/done=saved/);
    expect(await memberNow(person.id)).toMatchObject({ role: "admin", canApprove: false });
    expect((await session.get("/organization/people")).status).toBe(200);

    await tab.page.click("text=New sign-in link");
    await tab.page.waitForSelector("#link");
    const link = new URL(await tab.page.inputValue("#link"));
    const newcomer = createVisitor(server.url);
    expect((await newcomer.post(link.pathname, { password: "nine purple otters" })).status).toBe(
      303,
    );

    await tab.open(`/organization/people/${person.id}`);
    await tab.page.click("summary:has-text('Disable')");
    await tab.page.click(".ask[open] button");
    await tab.page.waitForURL(/done=disabled/);
    expect((await newcomer.get("/")).location).toBe("/sign-in");
    expect(await tab.page.textContent("h1")).toMatch(/disabled/);
    expect(await tab.page.locator("#can_approve").count()).toBe(0);
    await tab.page.click("text=Save");
    await tab.page.waitForURL(/done=saved/);
    await tab.page.click("text=Enable again");
    await tab.page.waitForURL(/done=enabled/);
    expect(await memberNow(person.id)).toMatchObject({ role: "admin", isDisabled: false });

    await tab.page.click("summary:has-text('Remove')");
    await tab.page.click(".ask[open] button");
    await tab.page.waitForURL(/\/organization\/people\?done=removed/);
    expect(await memberNow(person.id)).toBeUndefined();
    expect(tab.complaints).toEqual([]);
  });

  test("hands their connections over, also after they have left", async () => {
    const person = await organization.addPerson({ name: "Leaving Soon", role: "admin" });
    const heir = await organization.addPerson({ name: "Heir <i>Apparent</i>" });
    const bot = await organization.addConnection({ name: "Their bot", by: person });
    const ownerOf = async () =>
      (await listConnections(organization.context)).find(({ id }) => id === bot.id)?.ownerId;
    await tab.enter(admin);
    await tab.open(`/organization/people/${heir.id}`);
    expect(await tab.page.textContent("main")).toContain("They answer for none.");
    await tab.open(`/organization/people/${person.id}`);
    await tab.page.selectOption("select", { label: "Heir <i>Apparent</i>" });
    await tab.page.click("text=Hand over");
    await tab.page.waitForURL(`${server.url}/organization/people/${person.id}?done=transferred`);
    expect(await ownerOf()).toBe(heir.id);

    await tab.open(`/organization/people/${heir.id}`);
    await tab.page.click("summary:has-text('Remove')");
    await tab.page.click(".ask[open] button");
    await tab.page.waitForURL(/done=removed/);
    expect(await tab.page.textContent("section:has(#orphans)")).toMatch(/Heir.*Their bot/s);
    expect(await tab.page.inputValue("select")).toBe(admin.id);
    await tab.page.click("text=Hand over");
    await tab.page.waitForURL(`${server.url}/organization/people?done=transferred`);
    expect(await ownerOf()).toBe(admin.id);
    expect(await tab.page.locator("#orphans").count()).toBe(0);
    const visitor = await signedIn(server.url, admin);
    const csrf = await csrfOf(visitor);
    const again = await visitor.post(`/organization/people/${heir.id}/connections`, {
      csrf,
      [`to-${heir.id}`]: admin.id,
    });
    expect(again.status).toBe(404);
  });

  test("says why something can't be done: an owner is beyond an admin, the last one stays", async () => {
    const visitor = await signedIn(server.url, admin);
    const csrf = await csrfOf(visitor);
    const owner = `/organization/people/${organization.owner.id}`;
    const role = { csrf, role: "member" };
    for (const [deed, words] of [
      ["role", /Only an owner may change an owner\./],
      ["link", /Only an owner may .*password\./],
      ["disable", /Only an owner may disable or enable an owner\./],
      ["remove", /Only an owner may remove an owner\./],
    ] as const) {
      const refused = await visitor.post(`${owner}/${deed}`, role);
      expect(refused.status, deed).toBe(403);
      expect(refused.html).toMatch(/class="banner bad"[\s\S]*?role="alert"[\s\S]*?autofocus/);
      expect(refused.html).toMatch(words);
    }
    const person = await organization.addPerson();
    const promoted = await visitor.post(`/organization/people/${person.id}/role`, {
      csrf,
      role: "owner",
    });
    expect(promoted.status).toBe(403);
    for (const wrong of ["", "god", "constructor"]) {
      const refused = await visitor.post(`/organization/people/${person.id}/role`, {
        csrf,
        role: wrong,
      });
      expect(refused.status).toBe(422);
      expect(refused.html).toContain('id="role-fault"');
    }
    const self = await signedIn(server.url, organization.owner);
    const last = await self.post(`${owner}/role`, { csrf: await csrfOf(self), role: "member" });
    expect(last.status).toBe(409);
    expect(last.html).toMatch(/last owner/);
    expect(await memberNow(organization.owner.id)).toMatchObject({ role: "owner" });
  });

  test("an invitation is sent again and withdrawn, the same for who has an account elsewhere", async () => {
    const other = await createOrganization(services, server);
    const visitor = await signedIn(server.url, admin);
    const csrf = await csrfOf(visitor);
    const { email } = other.owner;
    const asked = { csrf, name: "Whoever", email, role: "member", can_approve: "yes" };
    const linkIn = (html: string) => /\/invitation\/[\w-]{43}/.exec(html)?.[0] ?? "";
    const invited = await visitor.post("/organization/people", asked);
    expect(invited.html).not.toContain(other.owner.name);
    const { html } = await visitor.get("/organization/people");
    const actions = new RegExp(`${email}[\\s\\S]*?(/organization/invitations/[\\w-]{36})`).exec(
      html,
    )!;
    const again = await visitor.post(`${actions[1]}/again`, { csrf });
    expect((await visitor.get(linkIn(invited.html))).status).toBe(404);
    expect((await createVisitor(server.url).get(linkIn(again.html))).status).toBe(200);
    const withdrawn = await visitor.post(`${actions[1]}/withdraw`, { csrf });
    expect(withdrawn.location).toBe("/organization/people?done=withdrawn");
    expect((await createVisitor(server.url).get(linkIn(again.html))).status).toBe(404);
  });
});

describe("a team", () => {
  test("is made, filled, renamed and deleted: by keyboard", async () => {
    const person = await organization.addPerson({ name: "Aaa First" });
    await tab.enter(admin);
    await tab.open("/organization/teams");
    const { keyboard } = tab.page;
    await tab.tabTo("#name");
    await keyboard.type("On <call>");
    await keyboard.press("Enter");
    await tab.page.waitForURL(/done=made/);
    await tab.tabTo(`[value='${person.id}']`);
    await keyboard.press("Space");
    await keyboard.press("Enter");
    await tab.page.waitForURL(/done=members/);
    const team = async () =>
      (await listTeams(organization.context)).find(({ members }) =>
        members.some(({ id }) => id === person.id),
      );
    expect(await team()).toMatchObject({ name: "On <call>" });
    await tab.tabTo("#name");
    await keyboard.press("End");
    await keyboard.type("!");
    await keyboard.press("Enter");
    await tab.page.waitForURL(/done=renamed/);
    expect(await team()).toMatchObject({ name: "On <call>!" });
    await tab.open("/organization/teams");
    expect(await tab.page.textContent(".rows")).toMatch(/On <call>!\s+Aaa First/);
    await tab.tabTo(`[href$='${(await team())!.id}']`);
    await keyboard.press("Enter");
    await tab.page.waitForURL(/\/teams\/[\w-]+$/);
    await tab.tabTo("main summary");
    await keyboard.press("Enter");
    await tab.tabTo(".ask[open] button");
    await keyboard.press("Enter");
    await tab.page.waitForURL(/\/organization\/teams\?done=deleted/);
    expect(await team()).toBeUndefined();
    expect(tab.complaints).toEqual([]);
  });

  test("keeps members who are disabled, and takes as many as there are", async () => {
    const own = await createOrganization(services, server);
    const team = await createTeam(own.context, { name: "Everybody" });
    await services.sql(
      `with made as (insert into people (id, name, disabled_at)
         select gen_random_uuid(), 'Number ' || n, case when n = 1 then now() end from generate_series(1, 120) n returning id)
       insert into memberships (organization_id, person_id, role) select $1, id, 'member' from made`,
      [own.id],
    );
    const visitor = await signedIn(server.url, own.owner);
    const page = await visitor.get(`/organization/teams/${team.id}`);
    const ids = [...page.html.matchAll(/name="member_ids"\s+value="([^"]+)"/g)].map((m) => m[1]!);
    expect(ids).toHaveLength(121);
    const csrf = await csrfOf(visitor);
    const send = (members: string[]) =>
      visitor.send("POST", `/organization/teams/${team.id}/members`, {
        headers: { origin: server.url },
        body: new URLSearchParams([
          ["csrf", csrf],
          ...members.map((id) => ["member_ids", id] as [string, string]),
        ]),
      });
    expect((await send(ids)).status).toBe(303);
    const after = await visitor.get(`/organization/teams/${team.id}`);
    expect(after.html.match(/type="checkbox"[^>]*checked/g)).toHaveLength(121);
    expect((await send(["none"])).status).toBe(422);
    expect((await send([])).status).toBe(303);
    expect(await listTeams(own.context)).toMatchObject([{ members: [] }]);
  });

  test("of a name that is taken, or of none, is not made", async () => {
    await createTeam(organization.context, { name: "Taken" });
    const visitor = await signedIn(server.url, admin);
    const csrf = await csrfOf(visitor);
    const taken = await visitor.post("/organization/teams", { csrf, name: "Taken" });
    expect(taken.status).toBe(409);
    expect(taken.html).toMatch(/There is a team .*Taken.* already/);
    expect(taken.html).toContain('value="Taken"');
    const nameless = await visitor.post("/organization/teams", { csrf, name: " " });
    expect(nameless.status).toBe(422);
    expect(nameless.html).toContain('id="name-fault"');
  });
});

describe("an app", () => {
  test("of n8n is connected by keyboard, and what n8n asks for stands there in its words, once", async () => {
    await tab.enter(admin);
    await tab.open("/organization/apps");
    const { keyboard } = tab.page;
    await tab.tabTo("a[href$='/n8n']");
    await keyboard.press("Enter");
    await tab.page.waitForURL(/\/new\/n8n$/);
    await tab.tabTo("#n8n_url");
    await keyboard.type("ftp://n8n.example.com");
    await keyboard.press("Enter");
    await tab.page.waitForSelector("#n8n_url-fault");
    await expect.poll(() => tab.focused("id")).toBe("n8n_url");
    await keyboard.press("ControlOrMeta+a");
    await keyboard.type("https://n8n.example.com/");
    await keyboard.press("Enter");
    await tab.page.waitForSelector("text=It is shown this once");
    const value = (label: string) => tab.page.getByLabel(label, { exact: true }).inputValue();
    const secret = await value("Client Secret");
    expect(secret).toMatch(/^cs_[0-9a-f]{64}$/);
    expect(await value("Server Address")).toBe(server.url);
    const main = await tab.page.textContent("main");
    expect(main).toContain("Sayso OAuth2 API");
    expect(main).toContain("https://n8n.example.com/rest/oauth2-credential/callback");
    const [client] = await listClients(organization.context);
    expect(client).toMatchObject({
      id: await value("Client ID"),
      preset: "n8n",
      redirectUris: ["https://n8n.example.com/rest/oauth2-credential/callback"],
    });
    await tab.tabTo("main a.button");
    await keyboard.press("Enter");
    await tab.page.waitForURL(`${server.url}/organization/apps/${client!.id}`);
    expect(await tab.page.content()).not.toContain(secret);
    expect(await tab.page.textContent("main")).toContain(`…${secret.slice(-4)}`);
    expect(tab.complaints).toEqual([]);
  });

  test.each([
    [
      "zapier",
      { zapier_app_id: "App123456CLIAPI" },
      ["Authorization URL", "Access Token Request (POST)", "Client ID", "Client Secret", "Scope"],
      ["https://zapier.com/dashboard/auth/oauth/return/App123456CLIAPI/"],
    ],
    [
      "make",
      {},
      ["Authorize URI", "Token URI", "Client ID", "Client Secret", "Scope"],
      ["https://www.make.com/oauth/cb/app", "https://www.integromat.com/oauth/cb/app"],
    ],
  ])("of %s", async (preset, answers, labels, redirectUris) => {
    const visitor = await signedIn(server.url, admin);
    const csrf = await csrfOf(visitor);
    const path = `/organization/apps/new/${preset}`;
    const made = await visitor.post(path, { csrf, name: "Mine", ...answers });
    expect(made.status).toBe(200);
    expect(made.headers.get("cache-control")).toBe("no-store");
    for (const label of labels) expect(made.html).toContain(`>${label}</label>`);
    const [client] = await listClients(organization.context);
    expect(client).toMatchObject({ name: "Mine", preset, redirectUris });
    if ("zapier_app_id" in answers) {
      const wrong = await visitor.post(path, { csrf, name: "Mine", zapier_app_id: "x" });
      expect(wrong.status).toBe(422);
      expect(wrong.html).toContain('id="zapier_app_id-fault"');
    }
  });

  test("of another kind: what it gets is what it asked for, and works at the token address", async () => {
    const visitor = await signedIn(server.url, admin);
    const csrf = await csrfOf(visitor);
    const send = (fields: [string, string][]) =>
      visitor.send("POST", "/organization/apps/new/other", {
        headers: { origin: server.url },
        body: new URLSearchParams([["csrf", csrf], ...fields]),
      });
    const good: [string, string][] = [
      ["name", "Ledger"],
      ["redirect_uris", `${REDIRECT_URI}\r\n\r\n  https://app.example.com/other  `],
      ["kind", "web"],
      ["scopes", "approvals:read"],
      ["scopes", "approvals:write"],
      ["allows_client_credentials", "yes"],
    ];
    const without = (name: string) => good.filter(([key]) => key !== name);
    for (const [fields, fault] of [
      [without("name"), "name-fault"],
      [without("scopes"), "scopes-fault"],
      [
        [...without("redirect_uris"), ["redirect_uris", "javascript:alert(1)"]],
        "redirect_uris-fault",
      ],
      [[...without("kind"), ["kind", "native"]], "allows_client_credentials-fault"],
    ] as [[string, string][], string][]) {
      const wrong = await send(fields);
      expect(wrong.status, fault).toBe(422);
      expect(wrong.html).toContain(`id="${fault}"`);
      expect(wrong.html.match(/autofocus/g)).toHaveLength(1);
    }
    const made = await send(good);
    expect(made.status).toBe(200);
    const [client] = await listClients(organization.context);
    expect(client).toMatchObject({
      name: "Ledger",
      kind: "web",
      redirectUris: [REDIRECT_URI, "https://app.example.com/other"],
      scopes: ["approvals:read", "approvals:write"],
      allowsClientCredentials: true,
    });
    const secret = /cs_[0-9a-f]{64}/.exec(made.html)![0];
    const tokenOf = async (clientSecret: string) =>
      fetch(`${server.url}/api/v1/oauth/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: client!.id,
          client_secret: clientSecret,
          scope: "approvals:read",
        }),
      });
    expect((await tokenOf(secret)).status).toBe(200);

    const rotated = await visitor.post(`/organization/apps/${client!.id}/secret`, { csrf });
    expect(rotated.status).toBe(200);
    expect(rotated.html).toContain("The secret before works until");
    const next = /cs_[0-9a-f]{64}/.exec(rotated.html)![0];
    expect(next).not.toBe(secret);
    expect((await tokenOf(next)).status).toBe(200);
    expect((await tokenOf(secret)).status).toBe(200);
    expect((await visitor.get(`/organization/apps/${client!.id}`)).html).toMatch(
      /the one before works until/,
    );
  });

  test("on people's own devices has no secret to show or to change", async () => {
    const visitor = await signedIn(server.url, admin);
    const csrf = await csrfOf(visitor);
    const made = await visitor.post("/organization/apps/new/other", {
      csrf,
      name: "Desk",
      redirect_uris: "http://127.0.0.1/callback",
      kind: "native",
      scopes: "approvals:read",
    });
    expect(made.status).toBe(200);
    expect(made.html).not.toMatch(/cs_|Client Secret|shown this once/);
    const [client] = await listClients(organization.context);
    const path = `/organization/apps/${client!.id}`;
    expect((await visitor.get(path)).html).not.toContain(`${path}/secret`);
    expect((await visitor.post(`${path}/secret`, { csrf })).status).toBe(409);
  });

  test("loses one person's connection, then all of them with itself, and says how many", async () => {
    const { client } = await addApp();
    const [one, two] = [await organization.addPerson(), await organization.addPerson()];
    const grants = [
      await connect(one, client.id),
      await connect(two, client.id),
      await connect(two, client.id),
    ];
    await tab.enter(admin);
    await tab.open(`/organization/apps/${client.id}`);
    expect(await tab.page.textContent("h1")).toBe("Example <b>app</b>");
    const rows = tab.page.locator("section:has(#grants) .rows > li");
    expect(await rows.count()).toBe(3);
    const deletion = tab.page.locator(".ask", { hasText: "Delete this app" });
    await deletion.locator("summary").click();
    expect(await deletion.textContent()).toContain("2 people lose the connection");
    await rows.filter({ hasText: one.name }).locator("summary").click();
    await rows.filter({ hasText: one.name }).locator("button").click();
    await tab.page.waitForURL(`${server.url}/organization/apps/${client.id}?done=revoked`);
    expect(
      (await listGrants(organization.context, { whose: "organization", clientId: client.id })).map(
        ({ id }) => id,
      ),
    ).toEqual([grants[2], grants[1]]);
    await deletion.locator("summary").click();
    expect(await deletion.textContent()).toContain("One person loses the connection");
    await deletion.locator("button").click();
    await tab.page.waitForURL(`${server.url}/organization/apps?done=deleted`);
    expect(await listGrants(two.context, { whose: "own" })).toEqual([]);
    const visitor = await signedIn(server.url, admin);
    expect((await visitor.get(`/organization/apps/${client.id}`)).status).toBe(404);
  });
});

test("a team's members, once saved, show nobody of another organization", async () => {
  const other = await createOrganization(services, server);
  const team = await createTeam(organization.context, { name: "Only ours" });
  await setTeamMembers(organization.context, team.id, [admin.id]);
  const visitor = await signedIn(server.url, admin);
  const csrf = await csrfOf(visitor);
  const refused = await visitor.post(`/organization/teams/${team.id}/members`, {
    csrf,
    member_ids: other.owner.id,
  });
  expect(refused.status).toBe(422);
  expect(refused.html).not.toContain(other.owner.name);
});

// People, teams, templates, settings with the emergency stop, activity and numbers, in a real browser.
import { createTemplate, disablePerson, removeMember } from "@sayso/core";
import { must } from "@sayso/must";
import { shareStage } from "@sayso/testkit";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Page } from "playwright-core";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { another } from "../pages/another.ts";
import { createVisitor } from "../pages/visitor.ts";
import { openDashboard, screens, type DashboardTab } from "./dashboard-tab.ts";

const stage = await shareStage();
const { server, organization, machine, alice, bob, services } = stage;
const ann = await organization.addPerson({ name: "Ann Abel", role: "owner" });
const team = await organization.addTeam("Operations", [alice, bob]);
await createTemplate(organization.context, {
  name: "Production deploy",
  defaults: { priority: "high", assignedTeamId: team.id, requiredApprovals: 2 },
});
for (const title of ["Deploy v1", "Deploy v2", "<b>Deploy</b>\u202e v3"]) {
  const { body } = await machine.api.create({ title, assigned_team_id: team.id });
  if (title !== "Deploy v2") await alice.api.approve(body.id);
}

let browser: TestBrowser;
let tab: DashboardTab;
let page: Page;
beforeAll(async () => {
  browser = await shareBrowser();
  tab = await openDashboard(browser, server.url, ann);
  ({ page } = tab);
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

const dialog = () => tab.dialog().last();
const press = (name: string | RegExp) => page.getByRole("button", { name }).click();
const pages = ["people", "teams", "templates", "settings", "activity", "insights"];

test.each(pages)(
  "%s has no fault that axe finds, and is not too wide, on any screen",
  async (name) => {
    await tab.show(`/${name}`);
    expect(await tab.inspectOnAll()).toEqual([]);
  },
);

test("somebody is invited, gets their link once and comes; is changed, disabled, enabled and removed", async () => {
  const name = another("Cara Cole");
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.com`;
  await tab.show("/people");
  await press("Invite people");
  await dialog().getByLabel("Name").fill(name);
  await dialog().getByRole("textbox", { name: "Email" }).fill("not an address");
  await press("Send invitation");
  await dialog().getByText("Enter an email address like ada@example.com").waitFor();
  await dialog().getByRole("textbox", { name: "Email" }).fill(email);
  expect(await tab.inspect()).toEqual([]);
  await press("Send invitation");
  const link = await dialog().getByLabel("Link").inputValue();
  expect(link).toMatch(/^http.*\/invitation\/[\w-]{43}$/);
  await tab.send("Done");
  await page.getByText("1 invitation").waitFor();
  expect(await tab.inspect()).toEqual([]);
  const newcomer = createVisitor(server.url);
  const joined = await newcomer.post(new URL(link).pathname, {
    name,
    password: "nine rare otters",
  });
  expect([joined.status, joined.location]).toEqual([303, "/"]);
  await tab.show("/people");

  await page.getByRole("link", { name }).click();
  await dialog()
    .getByRole("radio", { name: /^Admin/ })
    .check();
  await press("Save changes");
  await page.getByText("Saved.").waitFor();
  await press("Disable");
  await dialog().getByText("You can enable them again.").waitFor();
  await tab.confirm(`Disable ${name}?`, "Disable");
  await press("Enable");
  await page.getByRole("button", { name: "Create password link" }).waitFor();
  await press("Remove");
  await dialog().getByText("Their requests and earlier votes stay").waitFor();
  expect(await tab.inspect()).toEqual([]);
  await tab.confirm(`Remove ${name} from the organization?`, /^Remove/);
  await page.getByText(`${name} was removed from the organization.`).waitFor();
  const rows = await services.sql<{ type: string }>(
    "select type from events where organization_id = $1 and data ->> 'person_id' = (select id::text from people where email = $2) order by id",
    [organization.id, email],
  );
  expect(rows.map(({ type }) => type)).toEqual(
    ["joined", "updated", "disabled", "enabled", "removed"].map((deed) => `person.${deed}`),
  );
});

test("what somebody answers for is handed over, also after they have left", async () => {
  const leaving = await organization.addPerson({ name: another("Leo Leaving"), role: "admin" });
  const heir = await organization.addPerson({ name: "Heir <i>Apparent</i>" });
  const bot = await organization.addConnection({ name: another("Their bot"), by: leaving });
  const ownerOf = async () => {
    const [row] = await services.sql<{ owner_id: string }>(
      "select owner_id from connections where id = $1",
      [bot.id],
    );
    return must(row).owner_id;
  };
  await tab.show(`/people?person=${leaving.id}`);
  await dialog().getByLabel("New owner").selectOption({ label: "Heir <i>Apparent</i>" });
  await press("Transfer");
  await expect.poll(ownerOf).toBe(heir.id);
  await removeMember(organization.context, heir.id);
  await tab.show("/people");
  const left = page.locator("section", {
    has: page.getByRole("heading", { name: "Connections without an owner" }),
  });
  await left.getByText("Heir <i>Apparent</i>").waitFor();
  await left.getByRole("link", { name: bot.name }).waitFor();
  expect(await tab.inspect()).toEqual([]);
  expect(await left.getByLabel("New owner").inputValue()).toBe(ann.id);
  await left.getByRole("button", { name: "Transfer" }).click();
  await left.waitFor({ state: "detached" });
  expect(await ownerOf()).toBe(ann.id);
});

test("people are found by typing; the address keeps it", async () => {
  await tab.show("/people");
  await page.getByRole("searchbox").fill("bob app");
  await page.getByRole("link", { name: "Alice Approver" }).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Bob Approver" }).waitFor();
  await expect.poll(() => new URL(page.url()).searchParams.get("search")).toBe("bob app");
  await page.getByRole("link", { name: "People", exact: true }).click();
  await page.getByRole("link", { name: "Alice Approver" }).waitFor();
  await expect.poll(() => page.getByRole("searchbox").inputValue()).toBe("");
});

test("a team is made, with people in it, renamed and deleted; one that is asked stays", async () => {
  const [legal, lawyers] = [another("Legal"), another("Lawyers")];
  const card = (name: string) =>
    page.locator("section", { has: page.getByRole("heading", { name, exact: true }) });
  await tab.show("/teams");
  await press("New team");
  await dialog().getByLabel("Name").fill(legal);
  await dialog()
    .getByRole("checkbox", { name: /Bob Approver/ })
    .check();
  await tab.send("Save");
  // A dialog starts with the data of the list, so the list must be up to date first.
  await card(legal).getByText("Bob Approver").waitFor();
  await press(`Edit the team ${legal}`);
  const isIn = dialog().getByRole("checkbox", { name: /Bob Approver/ });
  await expect.poll(() => isIn.isChecked()).toBe(true);
  await dialog().getByLabel("Name").fill(lawyers);
  await tab.send("Save");
  await press(`Edit the team ${lawyers}`);
  await press("Delete team");
  await tab.confirm(`Delete the team ${lawyers}?`, "Delete team");
  await page.getByText(`Team ${lawyers} deleted.`).waitFor();
  await card(lawyers).waitFor({ state: "detached" });
  await press("Edit the team Operations");
  await press("Delete team");
  const asking = tab.dialog("Delete the team Operations?");
  await asking.getByRole("button", { name: "Delete team" }).click();
  await asking.getByText("1 pending request waits for this team").waitFor();
});

test("a team's members who are disabled are shown to be taken out of it", async () => {
  const gone = await organization.addPerson({ name: another("Dora Disabled") });
  const crew = await organization.addTeam(another("Crew"), [gone, bob]);
  await disablePerson(organization.context, gone.id);
  await tab.show("/teams");
  await press(`Edit the team ${crew.name}`);
  const theirs = dialog().getByRole("checkbox", { name: gone.name });
  await expect.poll(() => theirs.isChecked()).toBe(true);
  await theirs.uncheck();
  await tab.send("Save");
  const rows = await services.sql("select person_id as id from team_members where team_id = $1", [
    crew.id,
  ]);
  expect(rows).toEqual([{ id: bob.id }]);
});

test("a template is made and changed, and shows what people will see while it is typed", async () => {
  const name = another("Refund");
  await tab.show("/templates");
  await press("New template");
  await dialog().getByLabel("Name").fill(name);
  await dialog().getByLabel("Priority").selectOption("medium");
  await dialog().getByRole("radio", { name: "Specific people" }).check();
  await dialog()
    .getByRole("checkbox", { name: /Alice Approver/ })
    .check();
  await dialog().getByLabel("Automatic action").selectOption("reject");
  await dialog().getByLabel("After: unit", { exact: true }).selectOption("days");
  await dialog().getByRole("spinbutton", { name: "After", exact: false }).last().fill("2");
  const preview = dialog().getByRole("region", { name: "Preview" });
  await preview.getByText("Alice Approver can decide.").waitFor();
  await preview.getByText("Auto-rejects after 2 days.").waitFor();
  expect(await tab.inspect()).toEqual([]);
  await tab.send("Save");
  const card = page.locator("section", { has: page.getByRole("heading", { name, exact: true }) });
  await card.getByText("auto-rejects after 2 days").waitFor();
  const { body } = await ann.api.call<{ data: { name: string; defaults: unknown }[] }>(
    "GET",
    "/api/v1/templates",
  );
  expect(body.data.find((one) => one.name === name)?.defaults).toEqual({
    priority: "medium",
    assigned_approvers: [alice.id],
    auto_action: "reject",
    auto_action_after_minutes: 2880,
  });
});

test("the emergency stop needs two steps, tells what it does, shows above every page, and is lifted", async () => {
  onTestFinished(async () => {
    await ann.api.call("POST", "/api/v1/emergency-stop", { body: { active: false } });
  });
  await tab.show("/settings");
  await press("Stop everything…");
  await dialog().getByText("Every pending request is cancelled").waitFor();
  const now = dialog().getByRole("button", { name: "Stop everything now" });
  expect(await now.isDisabled()).toBe(true);
  await expect.poll(() => tab.focused("tagName")).toBe("TEXTAREA");
  await page.keyboard.type("An agent is misbehaving");
  await page.keyboard.press("Tab");
  await page.keyboard.type("STO");
  await page.keyboard.press("Enter");
  expect(await now.isDisabled()).toBe(true);
  await page.keyboard.type("P");
  await dialog().getByText("Armed. Press the button to stop everything.").waitFor();
  expect(await tab.inspect()).toEqual([]);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Lift the stop" }).waitFor();
  await page.getByRole("status").getByText("An agent is misbehaving").waitFor();
  expect((await machine.api.create()).status).toBe(503);
  expect(await tab.inspect()).toEqual([]);
  await press("Lift the stop");
  await tab.confirm("Lift the emergency stop?", "Lift the stop");
  await page.getByRole("button", { name: "Stop everything…" }).waitFor();
  expect((await machine.api.create()).status).toBe(201);
});

const webhookSecrets = async () =>
  (await ann.api.call<{ data: string[] }>("GET", "/api/v1/webhook-secrets")).body.data;

test("four eyes are switched on, and people's secrets are rotated", async () => {
  await ann.api.call("PATCH", "/api/v1/org", { body: { four_eyes: false } });
  await tab.show("/settings");
  await page.getByRole("checkbox", { name: /Four-eyes principle/ }).check();
  await press("Save");
  await page.getByText("Settings saved.").waitFor();
  const before = await webhookSecrets();
  await press("Rotate secrets");
  await tab.confirm("Rotate everybody's webhook secret?", "Rotate secrets");
  await page.getByText("Secrets rotated.").waitFor();
  expect((await webhookSecrets()).slice(1)).toEqual(before);
  const { body } = await ann.api.call<{ four_eyes: boolean }>("GET", "/api/v1/org");
  expect(body.four_eyes).toBe(true);
});

test("activity tells who did what, is narrowed by its address, goes on by itself, and is exported", async () => {
  const made = another("Only to be seen");
  await organization.addTeam(made, []);
  const title = another("Seen at once");
  await tab.show("/activity?kind=requests");
  const lines = page
    .getByRole("listitem")
    .filter({ hasText: /Alice Approver, through the personal token .+, approved/ });
  await lines.first().waitFor();
  // Text from other people stays text, and its invisible characters are shown.
  await page.getByText("<b>Deploy</b>").first().waitFor();
  await page.getByText("U+202E").first().waitFor();
  const { body } = await machine.api.create({ title });
  await page.getByRole("link", { name: title }).waitFor();
  await page.getByLabel("Type").selectOption("people");
  const making = page.getByRole("listitem").filter({ hasText: "created the team" });
  await making.filter({ hasText: made }).waitFor();
  await expect.poll(() => new URL(page.url()).searchParams.get("kind")).toBe("people");
  await page.goto(`${server.url}/app/activity?request=${body.id}`);
  await page.getByText("One request only").waitFor();
  await page.getByRole("listitem").filter({ hasText: "machine" }).getByText(title).waitFor();
  await press("Export");
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "CSV" }).click();
  expect((await download).suggestedFilename()).toBe("activity.csv");
});

test("the chain is checked on demand", async () => {
  await tab.show("/activity");
  await press("Verify the chain");
  await page.getByText(/Verified: all \d+ entries are unchanged/).waitFor();
});

test("insights are shown as charts and as tables, for any period", async () => {
  await tab.show("/figures");
  await expect.poll(() => new URL(page.url()).pathname).toBe("/app/insights");
  await page.getByRole("heading", { name: "Time to decision", exact: true }).waitFor();
  await page.getByRole("img", { name: "Ended requests per day" }).waitFor();
  const volume = page.getByRole("region", { name: "Ended requests per day" });
  const card = page.locator("section", {
    has: page.getByRole("heading", { name: "Ended requests per day" }),
  });
  await card.getByRole("button", { name: "Show as a table" }).click();
  await expect.poll(() => volume.getByRole("row").count()).toBe(31);
  expect(await tab.inspect()).toEqual([]);
  await page.getByRole("link", { name: "7 days" }).click();
  await expect.poll(() => volume.getByRole("row").count()).toBe(8);
  await page.getByLabel("To").fill("2020-01-01");
  expect(new URL(page.url()).searchParams.get("days")).toBe("7");
});

test("a member looks at people and teams, and changes nothing", async () => {
  const members = await openDashboard(browser, server.url, alice, screens.phone);
  await members.show("/goals");
  // The pages of goals and this page share the data about people.
  await members.page.keyboard.press("n");
  const bobAsOwner = members.page.getByRole("option", { name: "Bob Approver" });
  await bobAsOwner.waitFor({ state: "attached" });
  await members.page.keyboard.press("Escape");
  await members.dialog().waitFor({ state: "detached" });
  await members.page.getByRole("button", { name: "More" }).click();
  await members.page.getByRole("link", { name: "People", exact: true }).click();
  await members.page.getByRole("searchbox").waitFor();
  await members.page.getByText("Bob Approver").waitFor();
  expect(await members.page.getByRole("button", { name: "Invite people" }).count()).toBe(0);
  await members.show("/settings");
  await members.page.getByText("Only admins can change").waitFor();
  await members.show("/activity");
  expect(await members.page.getByRole("option", { name: "Sign-ins" }).count()).toBe(0);
  expect(await members.inspect()).toEqual([]);
  expect(members.complaints).toEqual([]);
  await members.context.close();
});

test("nothing complained", () => {
  expect(tab.complaints).toEqual([]);
});

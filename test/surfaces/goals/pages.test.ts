import { createKpi, createObjective, createReviewCycle, getKpi } from "@sayso/core";
import { openStage, type TestPerson } from "@sayso/testkit";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openBrowser } from "../../open-browser.ts";
import { openTab, shapes, type Tab } from "../../pages/tab.ts";
import { createVisitor, signedIn } from "../../pages/visitor.ts";
import { goalsApi } from "./goals-api.ts";

const stage = await openStage();
const { server, organization, owner, alice } = stage;
let browser: Browser;
let tab: Tab;
let page: Page;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await stage.close();
});
beforeEach(() => openContext(shapes.phone));
afterEach(() => tab.context.close());

async function openContext(options: BrowserContextOptions) {
  tab = await openTab(browser, server.url, options);
  ({ page } = tab);
}

const long = "w".repeat(120);
const nasty = `\u202Egpj.exe\u202C <script>alert(1)</script> & "quoted" ${long}`;

/** Something on every page, with text that nobody would like to show. */
async function fill() {
  const objective = await createObjective(organization.context, {
    title: nasty,
    description: `${nasty}\n\nMore.`,
    needsApproval: true,
    ownerId: alice.id,
    keyResults: [
      { title: nasty, target: 1e12, unit: "<b>%</b>" },
      { title: "Less", start: 10, target: 2 },
    ],
  });
  const kpi = await createKpi(organization.context, { name: nasty, target: 4500, unit: "users" });
  const api = goalsApi(server.url, stage.machine.key);
  await api.post(`/okrs/${objective.keyResults[0]!.id}/checkins`, {
    value: 123456.789,
    comment: nasty,
  });
  await api.post(`/kpis/${kpi.id}/updates`, { value: -1, comment: nasty });
  await api.post("/cycles", { name: nasty, starts_on: "2026-01-01", ends_on: "2026-12-31" });
  const round = await createReviewCycle(organization.context, { name: nasty });
  const write = goalsApi(server.url, owner.token);
  const answers = [{ question: nasty, answer: nasty }];
  const draft = await write.post<{ id: string }>("/reviews", {
    review_cycle_id: round.id,
    answers,
  });
  const shared = await write.post<{ id: string }>("/reviews", {
    review_cycle_id: round.id,
    employee_id: alice.id,
    answers,
  });
  await write.post(`/reviews/${shared.body.id}/share`);
  const [cycle] = (await api.get<{ id: string }[]>("/cycles")).body;
  return { objective, kpi, round, draft: draft.body, shared: shared.body, cycle: cycle! };
}
const filled = fill();

test.each([
  ["phone", shapes["smallest phone, dark"]],
  ["desktop at 200 %", shapes["desktop at 200 %"]],
] as const)(
  "on a %s every page is free of axe violations and needs no scrolling sideways",
  async (_, shape) => {
    const { objective, kpi, round, draft, shared, cycle } = await filled;
    await tab.context.close();
    await openContext(shape);
    await tab.enter(owner);
    const found: string[] = [];
    const paths = [
      "/goals",
      `/goals/objectives/${objective.id}`,
      `/goals/objectives/${objective.id}/key-results`,
      `/goals/key-results/${objective.keyResults[0]!.id}`,
      "/goals/kpis",
      `/goals/kpis/${kpi.id}`,
      "/goals/cycles",
      `/goals/cycles/${cycle.id}`,
      "/goals/reviews",
      `/goals/review-cycles/${round.id}`,
      `/goals/reviews/${draft.id}`,
      `/goals/reviews/${shared.id}`,
      "/goals/tables",
      "/goals/keys",
    ];
    // What fits on the smallest screen is looked at on the others where it stands side by side.
    const isSmallest = shape.viewport.width === 320;
    for (const path of isSmallest ? paths : ["/goals", `/goals/kpis/${kpi.id}`, "/goals/keys"]) {
      await tab.open(path);
      expect([path, await page.locator("h1").count()]).toEqual([path, 1]);
      for (const summary of await page.locator("main summary").all()) await summary.click();
      found.push(...(await tab.inspect()));
    }
    await page.locator("button", { hasText: "Make the key" }).click();
    found.push(...(await tab.inspect()));
    expect(found).toEqual([]);
    expect(tab.complaints).toEqual([]);
  },
);

describe("somebody with a keyboard", () => {
  const type = async (selector: string, text: string) => {
    await tab.tabTo(selector);
    await page.keyboard.type(text);
  };
  const press = async (selector: string) => {
    await tab.tabTo(selector);
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  };

  test("sets an objective, adds a key result and checks in", async () => {
    await tab.enter(alice);
    await tab.open("/");
    await press('a[href="/goals"]');
    await type("#title", "Grow by keyboard");
    await press("main form button.primary");
    expect(await page.locator("h1").innerText()).toBe("Grow by keyboard");
    await press('a[href$="/key-results"]');
    await type("#title", "Sales");
    await type("#start", "100");
    await type("#target", "200,5");
    await type("#unit", "k€");
    await press("main form button.primary");
    await press('.rows a[href*="/key-results/"]');
    await type("#value", "150,25");
    await type("#comment", "Half way");
    await press("#check-in ~ form button.primary, section button.primary");
    expect(await page.locator("main").innerText()).toContain("100 → 150.25 k€");
    await press('.back a, a[href*="/goals/objectives/"]');
    expect(await page.locator(".fields").innerText()).toContain("50 %");
    expect(tab.complaints).toEqual([]);
  });

  test("sets up a KPI, records a value and sees the one before beside it", async () => {
    await tab.enter(alice);
    await tab.open("/goals/kpis");
    await type("#name", "Users");
    await type("#target", "4500");
    await type("#current", "3721");
    await press("main form button.primary");
    await type("#value", "3810");
    await press("section button.primary");
    const text = await page.locator("main").innerText();
    expect(text).toContain("The new value is recorded.");
    expect(text).toContain("3,721 → 3,810");
    expect(text).toContain(alice.name);
  });

  test("begins a review, writes and shares it", async () => {
    await filled;
    await tab.enter(alice);
    await tab.open("/goals/reviews");
    await press("main form button.primary");
    await type("#answer-1", "All of it");
    await press('button[name="share"]');
    const text = await page.locator("main").innerText();
    expect(text).toContain("What went well this cycle?");
    expect(text).toContain("All of it");
    expect(text).toContain("The review is shared.");
  });
});

describe("a form that can't be taken", () => {
  test("comes back with what was typed and the fault at its field", async () => {
    await tab.enter(alice);
    await tab.open("/goals/kpis");
    await page.fill("#name", "Half a KPI");
    await page.fill("#target", "a lot");
    await page.click("main form button.primary");
    expect(await page.inputValue("#name")).toBe("Half a KPI");
    expect(await page.inputValue("#target")).toBe("a lot");
    expect(await page.locator("#target-fault").innerText()).toBe("Target must be a number");
    expect(await tab.focused("id")).toBe("target");
    expect(await tab.inspect()).toEqual([]);
    await tab.open("/goals/cycles");
    await page.fill("#name", "Backwards");
    await page.fill("#starts_on", "2026-06-30");
    await page.fill("#ends_on", "2026-04-01");
    await page.click("main form button.primary");
    expect(await page.locator("#ends_on-fault").innerText()).toContain("must not lie before");
    expect(await page.inputValue("#starts_on")).toBe("2026-06-30");
  });

  test("says line and column of a table, and makes none of it", async () => {
    const visitor = await signedIn(server.url, alice);
    const send = async (csv: string, table = "kpis") => {
      const form = await visitor.get("/goals/tables");
      return visitor.post("/goals/tables", { ...form.hidden("/goals/tables"), table, csv });
    };
    const bad = await send("name,target\nImported one,1\nImported two,many\n");
    expect(bad.status).toBe(422);
    expect(bad.html).toContain("line 3, column 2: target must be a number");
    expect((await visitor.get("/goals/kpis")).html).not.toContain("Imported one");
    expect((await send("name,target\nImported one,1\n")).html).toContain("1 KPIs");
    expect((await visitor.get("/goals/kpis")).html).toContain("Imported one");
    expect((await send("name", "nonsense")).status).toBe(422);
  });

  test("filled in before somebody else's change saves nothing, and keeps what was typed", async () => {
    const objective = await createObjective(organization.context, {
      title: "Stale",
      keyResults: [{ title: "Stale", target: 10 }],
    });
    const kpi = await createKpi(organization.context, { name: "Stale", target: 10 });
    const api = goalsApi(server.url, owner.token);
    const visitor = await signedIn(server.url, owner);
    const part = objective.keyResults[0]!.id;
    const goals = [
      [`/goals/objectives/${objective.id}`, `/okrs/${objective.id}`, { type: "org" }],
      [`/goals/key-results/${part}`, `/key-results/${part}`, { target: "11" }],
      [`/goals/kpis/${kpi.id}`, `/kpis/${kpi.id}`, { target: "11", direction: "increase" }],
    ] as const;
    for (const [page, path, fields] of goals) {
      const name = page.includes("kpis") ? "name" : "title";
      const form = (await visitor.get(page)).hidden(page);
      const sent = { ...form, ...fields, [name]: "Typed here" };
      await api.patch(path, { needs_approval: true });
      const refused = await visitor.post(page, sent);
      expect([page, refused.status]).toEqual([page, 409]);
      expect(refused.html).toContain("Somebody changed this after you opened it");
      expect(refused.html).toContain("Typed here");
      // The same form once more is as old as it was, and so is one that says nothing of it.
      const again = [refused.hidden(page), { csrf: form.csrf ?? "" }];
      for (const hidden of again)
        expect((await visitor.post(page, { ...fields, ...hidden, [name]: "X" })).status).toBe(409);
      const untouched = { [name]: "Stale", needs_approval: true, version: 2 };
      expect((await api.get(path)).body).toMatchObject(untouched);
      const fresh = { ...sent, ...(await visitor.get(page)).hidden(page), needs_approval: "yes" };
      expect((await visitor.post(page, fresh)).location).toBe(`${page}?done=saved`);
      expect((await api.get(path)).body).toMatchObject({ [name]: "Typed here", version: 3 });
    }
  });

  test("may be as long as a whole table, from whoever is signed in", async () => {
    const visitor = await signedIn(server.url, alice);
    const row = (i: number) => `Long ${i},1,${"d".repeat(4000)}`;
    const csv = ["name,target,description", ...Array.from({ length: 25 }, (_, i) => row(i))];
    const table = { table: "kpis", csv: csv.join("\n") };
    const form = (await visitor.get("/goals/tables")).hidden("/goals/tables");
    const imported = await visitor.post("/goals/tables", { ...form, ...table });
    expect([imported.status, imported.html]).toEqual([200, expect.stringContaining("25 KPIs")]);
    const endless = { ...form, table: "kpis", csv: "x".repeat(4 * 1024 * 1024) };
    expect((await visitor.post("/goals/tables", endless)).status).toBe(413);
    const stranger = createVisitor(server.url);
    stranger.cookies.set("sayso_session", "made-up");
    expect((await stranger.post("/goals/tables", { ...form, ...table })).status).toBe(413);
  });

  test("from elsewhere, or without the session's token, changes nothing", async () => {
    const visitor = await signedIn(server.url, alice);
    const fields = { name: "Forged", target: "1" };
    const form = await visitor.get("/goals/kpis");
    const csrf = form.hidden("/goals/kpis");
    const refused = [
      await visitor.post("/goals/kpis", fields),
      await visitor.post("/goals/kpis", { ...fields, ...csrf }, { origin: "https://evil.example" }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403]);
    expect((await visitor.get("/goals/kpis")).html).not.toContain("Forged");
  });
});

describe("who sees what", () => {
  const pathsFor = async (person: TestPerson, paths: string[]) => {
    const visitor = await signedIn(server.url, person);
    return Promise.all(paths.map(async (path) => (await visitor.get(path)).status));
  };

  test("keys are for admins, a draft is for its author, and strangers sign in first", async () => {
    const { draft, shared, kpi } = await filled;
    const paths = ["/goals/keys", `/goals/reviews/${draft.id}`, `/goals/reviews/${shared.id}`];
    expect(await pathsFor(owner, paths)).toEqual([200, 200, 200]);
    expect(await pathsFor(alice, paths)).toEqual([403, 404, 200]);
    expect(await pathsFor(stage.bob, paths)).toEqual([403, 404, 404]);
    const nowhere = "01234567-89ab-7def-8123-456789abcdef";
    expect(
      await pathsFor(alice, [
        `/goals/kpis/${nowhere}`,
        "/goals/objectives/x",
        `/goals/cycles/${nowhere}`,
      ]),
    ).toEqual([404, 404, 404]);
    const stranger = await fetch(`${server.url}/goals/kpis/${kpi.id}`, { redirect: "manual" });
    expect(stranger.headers.get("location")).toContain("/sign-in?next=");
  });

  test("a key is shown once, works, and is refused when it is revoked", async () => {
    await tab.enter(owner);
    await tab.open("/goals/keys");
    await page.fill("#name", "Dashboard");
    await page.click("text=Make the key");
    const key = await page.inputValue("#key");
    expect(key).toMatch(/^okrt_[0-9a-f]{64}$/);
    expect(await tab.inspect()).toEqual([]);
    expect((await goalsApi(server.url, key).get("/kpis")).status).toBe(200);
    expect((await goalsApi(server.url, key).get("/review-cycles")).status).toBe(403);
    await tab.open("/goals/keys");
    expect(await page.content()).not.toContain(key);
    await page.locator("li", { hasText: "Dashboard" }).locator("summary").click();
    await page.locator("li", { hasText: "Dashboard" }).locator("button.reject").click();
    expect(await page.locator(".banner").innerText()).toContain("revoked");
    await expect
      .poll(async () => (await goalsApi(server.url, key).get("/kpis")).status, { timeout: 10_000 })
      .toBe(401);
  });

  test("what a member changes of a KPI under change control waits for an admin", async () => {
    const kpi = await createKpi(organization.context, {
      name: "Guarded",
      target: 10,
      needsApproval: true,
    });
    await tab.enter(alice);
    await tab.open(`/goals/kpis/${kpi.id}`);
    await page.locator("summary", { hasText: "Change this KPI" }).click();
    await page.fill("#target", "12");
    await page.click(`form[action="/goals/kpis/${kpi.id}"] button.primary`);
    expect(await page.locator(".banner").innerText()).toContain("An admin is asked");
    expect(await getKpi(organization.context, kpi.id)).toMatchObject({ target: 10, version: 1 });
    await tab.enter(owner);
    await tab.open("/");
    await page.locator(".requests a", { hasText: "Guarded" }).first().click();
    await Promise.all([page.waitForNavigation(), page.click('button[value="approve"]')]);
    await expect
      .poll(async () => (await getKpi(organization.context, kpi.id)).target, { timeout: 10_000 })
      .toBe(12);
  });
});

test("what is exported is a file without formulas, and can be imported again", async () => {
  const visitor = await signedIn(server.url, alice);
  await createKpi(organization.context, { name: "=HYPERLINK(1)", target: -5, unit: "+1" });
  const file = await visitor.get("/goals/export/kpis.csv");
  expect(file.headers.get("content-type")).toContain("text/csv");
  expect(file.headers.get("content-disposition")).toBe('attachment; filename="kpis.csv"');
  expect(file.html).toContain("'=HYPERLINK(1),,,-5,'+1,increase,\r\n");
  const { post } = goalsApi(server.url, owner.token);
  const again = await post("/goals/import", { table: "kpis", csv: file.html });
  expect(again.status).toBe(201);
  const { body: kpis } = await goalsApi(server.url, owner.token).get<{ name: string }[]>("/kpis", {
    search: "=HYPERLINK",
  });
  expect(kpis.map(({ name }) => name)).toEqual(["=HYPERLINK(1)", "=HYPERLINK(1)"]);
  expect((await visitor.get("/goals/export/objectives.csv")).html).toContain("key_result");
});

// Where a machine acted, the machine is named, and never its person alone.
import { must } from "@sayso/must";
import { api, type Api } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDashboard, type DashboardTab } from "../dashboard/dashboard-tab.ts";
import { connect, openReplicas, registerApp } from "../oauth/app.ts";
import { shareBrowser, type TestBrowser } from "../open-browser.ts";
import { signedIn } from "../pages/visitor.ts";
import { signedInApi } from "./signed-in-api.ts";

// With a worker, because the trail lists what was sequenced.
const replicas = await openReplicas({ SAYSO_ROLE: "all" });
const { services, here, organization } = replicas;
const { owner } = organization;
const ada = await organization.addPerson({ name: "Ada Lovelace", role: "admin" });
const eve = await organization.addPerson({ name: "Eve Admin", role: "admin" });
const pipeline = await organization.addConnection({ name: "Release pipeline" });
const robot = await registerApp(organization, { name: "Night robot" });
const scopes = robot.client.scopes;
const { token } = await ada.createToken(scopes);
const session = await signedInApi(here, ada);

let browser: TestBrowser;
let tab: DashboardTab;
beforeAll(async () => {
  browser = await shareBrowser();
  tab = await openDashboard(browser, here, eve);
});
afterAll(async () => {
  await browser?.close();
  await replicas.close();
});

const actors: Record<string, { by: () => Promise<Pick<Api, "call">>; name: RegExp }> = {
  "a connection": {
    by: () => Promise.resolve(pipeline.api),
    name: new RegExp(`^Release pipeline, for ${owner.name}$`),
  },
  "an app": {
    by: async () =>
      api(here, (await connect(here, ada, robot, { scope: scopes.join(" ") })).access),
    name: /^Ada Lovelace, through the app Night robot$/,
  },
  "a personal token": {
    by: () => Promise.resolve(api(here, token)),
    name: /^Ada Lovelace, through the personal token Token[\w -]*$/,
  },
  "a person by themselves": { by: () => Promise.resolve(session), name: /^Ada Lovelace$/ },
};

interface Named {
  full_name: string | null;
}

interface Entry {
  type: string;
  actor: Named;
}

const hasEvent = (entries: Entry[], wanted: string) => entries.some(({ type }) => type === wanted);

/** Reads the audit trail until it holds the event, because the sequencer places events after their commit. */
async function trailOf(isThere: (entries: Entry[]) => boolean, query = {}): Promise<Entry[]> {
  let entries: Entry[] = [];
  await expect
    .poll(async () => {
      const path = "/api/v1/activity";
      entries = (await eve.api.call<{ data: Entry[] }>("GET", path, { query })).body.data;
      return isThere(entries);
    })
    .toBe(true);
  return entries;
}

/** Returns the text of a page, as people read it. */
const textOf = (html: string): string =>
  html
    .replace(/<script[^]*?<\/script>|<[^>]+>/g, "")
    .replaceAll("&#39;", "'")
    .replace(/\s+/g, " ")
    .replaceAll(" ,", ",");

describe.each(Object.entries(actors))(
  "what %s asks, comments on, revises and withdraws",
  (who, actor) => {
    let id: string;
    /** The name with the machine, as the request's answer gives it. */
    let name: string;

    beforeAll(async () => {
      const by = await actor.by();
      const made = await by.call<{ id: string }>("POST", "/api/v1/approvals", {
        body: {
          ...{ title: `By ${who}`, description: "d", priority: "low" },
          callback_url: "https://hooks.example.com/decided",
        },
      });
      expect(made.status).toBe(201);
      ({ id } = made.body);
      const path = `/api/v1/approvals/${id}`;
      const answers = [
        await by.call("POST", `${path}/comments`, { body: { body: "Look at it" } }),
        await by.call("PUT", path, { body: { title: `By ${who}, again` } }),
        await by.call("POST", `${path}/steps`, { body: { steps: [{ name: "One" }] } }),
        await by.call("DELETE", path),
      ];
      expect(answers.map(({ status }) => status)).toEqual([201, 200, 201, 200]);
      name = must((await eve.api.get(id)).body.decided_by_full_name);
    });

    test("is named in the answers about the request and its comments", async () => {
      expect(name).toMatch(actor.name);
      const { body } = await eve.api.get(id);
      // A token's or a person's own request is the person's.
      expect(body.requested_by_full_name).toBe(
        who === "an app" ? name : who === "a connection" ? "Release pipeline" : "Ada Lovelace",
      );
      expect(body.decided_via_connection_name).toBe(
        who === "a connection" ? "Release pipeline" : null,
      );
      const [listed] = (await eve.api.list({ status: "cancelled" })).body.data.filter(
        (request) => request.id === id,
      );
      expect(must(listed).decided_by_full_name).toBe(name);
      const { data } = (await eve.api.comments(id)).body;
      expect(data.map((comment) => comment.author_full_name)).toEqual([name]);
    });

    test("is named in the callback", async () => {
      const [callback] = await services.sql<{ body: string }>(
        "select body from deliveries where request_id = $1",
        [id],
      );
      expect(JSON.parse(must(callback).body)).toMatchObject({ decided_by_full_name: name });
    });

    test("is named in the request's timeline, in the audit trail and in its export", async () => {
      const timeline = await eve.api.call<{ data: Entry[] }>(
        "GET",
        `/api/v1/approvals/${id}/timeline`,
      );
      const trail = await trailOf((entries) => hasEvent(entries, "approval.cancelled"), {
        request_id: id,
      });
      const types = ["approval.commented", "approval.revised", "approval.steps_replaced"];
      // The trail doesn't look up the owner of a connection.
      const inTrail = who === "a connection" ? "Release pipeline" : name;
      const ofType = (entries: Entry[], type: string) =>
        entries.filter((entry) => entry.type === type).map((entry) => entry.actor.full_name);
      for (const type of types) {
        expect([type, ofType(timeline.body.data, type)]).toEqual([type, [inTrail]]);
        expect([type, ofType(trail, type)]).toEqual([type, [inTrail]]);
      }
      expect(ofType(timeline.body.data, "approval.cancelled")).toEqual([name]);
      const exported = await fetch(`${here}/api/v1/activity/export?format=csv&request_id=${id}`, {
        headers: { Authorization: `Bearer ${eve.token}` },
      });
      const [head, ...lines] = (await exported.text()).trim().split("\r\n");
      expect(must(head).split(",").at(-1)).toBe("actor_full_name");
      const withdrawn = must(lines.find((line) => line.includes("approval.cancelled")));
      expect(withdrawn.replaceAll('"', "").endsWith(`,${inTrail}`)).toBe(true);
    });

    test("is named on the plain page and in its list", async () => {
      const visitor = await signedIn(here, eve);
      const text = textOf((await visitor.get(`/requests/${id}?plain=1`)).html);
      expect(text).toContain(`Cancelled by ${name}`);
      expect(text).toContain(`Comments ${name}`);
      const list = textOf((await visitor.get("/waiting?tab=decided")).html);
      expect(list).toContain(`by ${name}`);
    });

    test("is named in the dashboard", async () => {
      await tab.show(`/requests/${id}`);
      const words = await tab.page.locator("main").innerText();
      const comma = who === "a person by themselves" ? "" : ",";
      expect(words.replace(/\s+/g, " ")).toContain(`${name}${comma} withdrew this`);
      expect(words.replace(/\s+/g, " ")).toContain(`Withdrawn by ${name}`);
    });
  },
);

test("a token that administers is named in the trail", async () => {
  const byToken = api(here, token);
  const made = await byToken.call<{ id: string }>("POST", "/api/v1/templates", {
    body: { name: "By a script", defaults: { priority: "low" } },
  });
  expect(made.status).toBe(201);
  const trail = await trailOf((entries) => hasEvent(entries, "template.created"));
  const event = trail.find(({ type }) => type === "template.created");
  expect(must(event).actor.full_name).toMatch(/^Ada Lovelace, through the personal token /);
});

test("an app that checks in is named in the check-ins and in the goal's timeline", async () => {
  const app = await must(actors["an app"]).by();
  const goal = await eve.api.call<{ id: string; key_results: { id: string }[] }>(
    "POST",
    "/api/v1/okrs",
    { body: { title: "Reported by an app", key_results: [{ title: "KR", target: 10 }] } },
  );
  expect(goal.status).toBe(201);
  const keyResult = must(goal.body.key_results[0]).id;
  const path = `/api/v1/key-results/${keyResult}/checkins`;
  expect((await app.call("POST", path, { body: { value: 4 } })).status).toBeLessThan(300);
  const checkIns = await eve.api.call<{ by: Named }[]>("GET", path);
  const timeline = await eve.api.call<{ data: { type: string; by: Named }[] }>(
    "GET",
    `/api/v1/objectives/${goal.body.id}/timeline`,
  );
  const name = "Ada Lovelace, through the app Night robot";
  expect(must(checkIns.body[0]).by.full_name).toBe(name);
  const told = timeline.body.data.find(({ type }) => type === "checkin.recorded");
  expect(must(told).by.full_name).toBe(name);
});

// Browsing, exporting and verifying the audit trail.
import { setTimeout as sleep } from "node:timers/promises";
import { exportActivity, listActivity } from "@sayso/core";
import { must } from "@sayso/must";
import { createOrganization, shareStage, until } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

interface Item {
  entry: number;
  type: string;
  created_at: string;
  actor: { kind: string; id: string | null; name: string | null };
  request: { id: string; title: string } | null;
  data: Record<string, unknown>;
}
interface Page {
  data: Item[];
  names: { id: string; name: string }[];
  next_before: number | null;
  searched_to: string | null;
}

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, owner, alice, machine, services, server } = stage;

const activity = async (query: Record<string, string | number> = {}, by = owner.api) =>
  (await by.call<Page>("GET", "/api/v1/activity", { query })).body;
/** Reads all pages. */
async function everything(query: Record<string, string | number> = {}): Promise<Item[]> {
  const items: Item[] = [];
  let before: number | null | undefined;
  do {
    const page = await activity({ ...query, ...(before && { before }) });
    items.push(...page.data);
    before = page.next_before;
  } while (before !== null);
  return items;
}
const countOf = async (table: "feed" | "events", organizationId: string): Promise<number> =>
  must(
    (
      await services.sql<{ n: number }>(
        `select count(*)::int as n from ${table} where organization_id = $1`,
        [organizationId],
      )
    )[0],
  ).n;
/** Waits until every stored event has its position. */
const settled = (organizationId = organization.id) =>
  until(
    async () =>
      (await countOf("feed", organizationId)) >= (await countOf("events", organizationId)),
    "all events have their places",
  );

const team = await organization.addTeam("Reviewers", [alice]);
const { body: request } = await machine.api.create({
  title: '=HYPERLINK("https://evil.example.com")',
  assigned_team_id: team.id,
});
await alice.api.approve(request.id, "Fine");
const { body: other } = await machine.api.create({ title: "Another" });
await owner.api.reject(other.id);
const { body: kpi } = await owner.api.call<{ id: string }>("POST", "/api/v1/kpis", {
  body: { name: "Margin", target: 10 },
});
await owner.api.call("POST", `/api/v1/kpis/${kpi.id}/updates`, { body: { value: 4 } });

beforeAll(() => settled());

test("is all that happened, newest first, numbered without gaps, whatever the page's length", async () => {
  const all = await everything({ limit: 100 });
  expect(all.length).toBe(await countOf("feed", organization.id));
  expect(all.map(({ entry }) => entry)).toEqual(all.map((_, i) => all.length - i));
  expect(await everything({ limit: 7 })).toEqual(all);
});

test("says who did it, to what, and how those are called whose ids it holds", async () => {
  const [approved] = (await activity({ types: "approval.approved" })).data;
  expect(approved).toMatchObject({
    actor: { kind: "person", id: alice.id, name: "Alice Approver" },
    request: { id: request.id, title: request.title },
  });
  const { data, names } = await activity({ types: "team.*", limit: 1 });
  expect(must(data[0]).data).toMatchObject({ team_id: team.id, person_ids: [alice.id] });
  expect(new Map(names.map(({ id, name }) => [id, name]))).toEqual(
    new Map([
      [team.id, "Reviewers"],
      [alice.id, "Alice Approver"],
    ]),
  );
});

test("names the KPI that was updated", async () => {
  const { data, names } = await activity({ types: "kpi.updated", limit: 1 });
  expect(data[0]?.data).toMatchObject({ kpi_id: kpi.id });
  expect(names).toContainEqual({ id: kpi.id, name: "Margin" });
});

describe("is narrowed", () => {
  const typesOf = (items: readonly Item[]) => new Set(items.map(({ type }) => type));

  test("to types and families", async () => {
    const found = await everything({ types: "team.*,approval.rejected" });
    expect(typesOf(found)).toEqual(
      new Set(["team.created", "team.members_set", "approval.rejected"]),
    );
  });

  test("to a person or a connection", async () => {
    const byMachine = await everything({ actor_id: machine.id });
    expect(byMachine.map(({ type }) => type)).toEqual(["approval.created", "approval.created"]);
    for (const { actor } of await everything({ actor_id: alice.id }))
      expect(actor.id).toBe(alice.id);
  });

  test("to a request, which needs no search, page by page", async () => {
    const found = await everything({ request_id: request.id, limit: 1 });
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(must(found.at(-1)).type).toBe("approval.created");
    for (const item of found) expect(item.request?.id).toBe(request.id);
  });

  test("to what tells of a thing, a request among them", async () => {
    expect(typesOf(await everything({ about: team.id }))).toContain("team.created");
    expect(typesOf(await everything({ about: request.id }))).toContain("approval.approved");
    for (const { data } of await everything({ about: team.id, types: "team.*" }))
      expect(JSON.stringify(data)).toContain(team.id);
  });

  test("to a span of time: from inclusive, to exclusive", async () => {
    const all = await everything();
    const middle = must(all[Math.floor(all.length / 2)]).created_at;
    const [since, until_] = [await everything({ from: middle }), await everything({ to: middle })];
    expect(since.length + until_.length).toBe(all.length);
    expect(since.every(({ created_at }) => created_at >= middle)).toBe(true);
    expect(until_.every(({ created_at }) => created_at < middle)).toBe(true);
    expect(await everything({ from: "2100-01-01T00:00:00Z" })).toEqual([]);
    expect(await everything({ to: "2000-01-01T00:00:00Z" })).toEqual([]);
  });
});

test("of what is rare, a call looks so far back, says how far, and the next one goes on", async () => {
  const theirs = await createOrganization(services, server);
  await settled(theirs.id);
  const start = await countOf("feed", theirs.id);
  await services.sql(
    `with numbered as (select n, gen_random_uuid() as id from generate_series(1, 41000) n), made as (
       insert into events (id, organization_id, sequence, type, actor_kind, data, transaction_id, created_at)
       select id, $1, 0, case when n = 10 then 'team.deleted' else 'session.entered' end, 'system', '{}', '1',
         '2101-01-01Z'::timestamptz + n * interval '1 minute' from numbered)
     insert into feed (organization_id, position, event_id, hash)
     select $1, n + $2, id, '\\x00' from numbered`,
    [theirs.id, start],
  );
  await services.sql(
    "update feed_heads set position = position + 41000 where organization_id = $1",
    [theirs.id],
  );
  const look = (before?: number) =>
    activity({ types: "team.*", ...(before && { before }) }, theirs.owner.api);
  const first = await look();
  expect([first.data, first.next_before]).toEqual([[], start + 21_001]);
  expect(first.searched_to).toBe("2101-01-15T14:01:00.000Z");
  const second = await look(must(first.next_before));
  const third = await look(must(second.next_before));
  expect([...second.data, ...third.data].map(({ entry }) => entry)).toEqual([start + 10]);
  // A time span needs no search: the server finds its positions by bisection.
  const query = { from: "2101-01-01T00:09:00Z", to: "2101-01-01T00:12:00Z" };
  const spanned = await activity(query, theirs.owner.api);
  expect(spanned.data.map(({ entry }) => entry - start)).toEqual([11, 10, 9]);
  expect(spanned.next_before).toBeNull();
});

test("shows members what concerns everybody, and nothing of other organizations", async () => {
  const seen = await activity({ limit: 100 }, alice.api);
  expect(seen.data.length).toBeGreaterThan(4);
  for (const { type } of seen.data) expect(type).toMatch(/^(approval|delivery|subscription|kpi)\./);
  const refused = await alice.api.call("GET", "/api/v1/activity", { query: { types: "person.*" } });
  expect(refused.status).toBe(403);
  const theirs = await createOrganization(services, server);
  const foreign: Record<string, string>[] = [
    { request_id: request.id },
    { about: team.id },
    { actor_id: alice.id },
  ];
  for (const query of foreign) expect((await activity(query, theirs.owner.api)).data).toEqual([]);
});

describe("the export", () => {
  const download = (query: Record<string, string>) =>
    fetch(`${server.url}/api/v1/activity/export?${new URLSearchParams(query).toString()}`, {
      headers: { Authorization: `Bearer ${owner.token}` },
    });

  test("as a table has a row for each event, and no cell is a formula", async () => {
    const answer = await download({ format: "csv", types: "approval.*" });
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="activity.csv"');
    const lines = (await answer.text()).trimEnd().split("\r\n");
    expect(lines[0]).toMatch(/^entry,time,type,/);
    expect(lines.length - 1).toBe((await everything({ types: "approval.*" })).length);
    const cells = lines.flatMap((line) => line.split(","));
    expect(cells).toContainEqual(expect.stringContaining("'=HYPERLINK"));
    for (const cell of cells) expect(cell).not.toMatch(/^"?[=+@]/);
  });

  test("as NDJSON is the list, an event on each line", async () => {
    const answer = await download({ format: "ndjson" });
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    const lines = (await answer.text()).trimEnd().split("\n");
    const items = lines.map((line) => JSON.parse(line) as Item);
    expect(items.map(({ entry }) => entry)).toEqual(
      (await everything()).map(({ entry }) => entry).slice(-items.length),
    );
  });

  test("reads no further than it is taken", async () => {
    const { context } = organization;
    const whole = await listActivity(context, {}, { limit: 500 });
    expect(whole.items.length).toBeGreaterThan(3);
    const reads: unknown[] = [];
    const watched = {
      ...context,
      services: {
        ...context.services,
        app: {
          query: (query: never) => {
            reads.push(query);
            return context.services.app.query(query);
          },
        } as unknown as typeof context.services.app,
      },
    };
    const parts = exportActivity(watched, {}, "ndjson")[Symbol.asyncIterator]();
    expect(reads).toHaveLength(0);
    await parts.next();
    // A part takes few reads if events are short.
    const taken = reads.length;
    expect(taken).toBeLessThanOrEqual(6);
    await sleep(100);
    expect(reads).toHaveLength(taken);
    await parts.return?.();
  });

  test("refuses a member what only admins see, in the form of any refusal", async () => {
    const refused = await alice.api.call("GET", "/api/v1/activity/export", {
      query: { types: "session.*" },
    });
    expect([refused.status, refused.error?.code]).toEqual([403, "FORBIDDEN"]);
  });
});

describe("the verification", () => {
  interface Verified {
    verified_to: number;
    size: number;
    fault: { kind: string; entry: number; message: string } | null;
  }
  const verify = async (by = owner.api, after = 0) =>
    by.call<Verified>("GET", "/api/v1/activity/verification", { query: { after } });

  test("computes the chain anew, from any entry that was verified before", async () => {
    const { body } = await verify();
    expect([body.verified_to, body.fault]).toEqual([body.size, null]);
    expect(body.size).toBeGreaterThanOrEqual((await everything()).length);
    expect((await verify(owner.api, 3)).body.fault).toBeNull();
    expect((await verify(alice.api)).status).toBe(403);
  });

  test("names the first entry that was altered", async () => {
    const theirs = await createOrganization(services, server);
    await theirs.addTeam("One", []);
    await settled(theirs.id);
    await services.sql(
      `update events set data = '{"name": "Forged"}' where id = (select event_id from feed where organization_id = $1 and position = 2)`,
      [theirs.id],
    );
    const { body } = await verify(theirs.owner.api);
    expect([body.verified_to, body.fault?.kind, body.fault?.entry]).toEqual([1, "altered", 2]);
  });
});

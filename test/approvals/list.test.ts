import { must } from "@sayso/must";
import { createOrganization, shareStage, type Approval } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { machine, alice, organization, server, services } = stage;

const priorities = ["low", "medium", "high", "critical"] as const;
const words = ["alpha", "beta", "gamma"];
/** All requests of the organization, newest first. */
const all: Approval[] = [];

beforeAll(async () => {
  for (let i = 0; i < 48; i++) {
    const { body } = await machine.api.create({
      title: `Request ${i} ${words[i % 3]}`,
      description: i % 2 === 0 ? "about production" : "about staging",
      priority: priorities[i % 4],
      action_type: i % 5 === 0 ? "deploy" : undefined,
      source: i % 6 === 0 ? "ci" : "cli",
      source_id: i % 8 === 0 ? undefined : `flow-${i % 8}`,
    });
    if (i % 7 === 1) await alice.api.approve(body.id);
    if (i % 7 === 2) await alice.api.reject(body.id);
    if (i % 7 === 3) await machine.api.cancel(body.id);
  }
  await machine.api.create({ title: "A note", is_log: true });
  for (let page = 1; ; page++) {
    const { body } = await machine.api.list({ page, page_size: 10 });
    all.push(...body.data);
    if (body.data.length < 10) break;
  }
  expect(all).toHaveLength(49);
});

const ids = (requests: readonly { id: string }[]) => requests.map((r) => r.id);

describe("pages", () => {
  test("come newest first, each request once", () => {
    expect(new Set(ids(all)).size).toBe(49);
    const moments = all.map((r) => r.created_at);
    expect(moments).toEqual([...moments].sort().reverse());
  });

  test("carry exact totals in pagination, and at the top for older clients", async () => {
    const { body } = await machine.api.list({ page: 3, page_size: 20 });
    expect(body.pagination).toEqual({ page: 3, page_size: 20, total: 49, total_pages: 3 });
    expect(body).toMatchObject({ total: 49, page: 3, page_size: 20 });
    expect(body.data).toHaveLength(9);
  });

  test("beyond the last are empty and keep the total", async () => {
    for (const page of [4, 1000, 10_000_000]) {
      const answer = await machine.api.list({ page });
      expect(answer).toMatchObject({
        status: 200,
        body: { data: [], total: 49, pagination: { page, total_pages: 3 } },
      });
    }
  });

  test("hold at most 100", async () => {
    expect((await machine.api.list({ page_size: 100 })).body.data).toHaveLength(49);
    expect(await machine.api.list({ page_size: 101 })).toMatchObject({ status: 400 });
  });

  test("are filled by the same numbers, whether counters or a count gives the total", async () => {
    const counted = await machine.api.list({ status: "pending", page_size: 100 });
    const searched = await machine.api.list({
      status: "pending",
      created_after: "2000-01-01T00:00:00Z",
      page_size: 100,
    });
    expect(searched.body).toEqual(counted.body);
  });

  test("leave out context_html and show everything else that one request shows", async () => {
    const { context_html: _, ...single } = (await machine.api.get(must(all[0]).id)).body;
    expect(all[0]).toEqual(single);
  });
});

describe("filters", () => {
  const filters: [string, Record<string, string>, (r: Approval) => boolean][] = [
    ["status", { status: "pending" }, (r) => r.status === "pending"],
    ["status", { status: "rejected" }, (r) => r.status === "rejected"],
    [
      "several statuses",
      { status: "approved,cancelled" },
      (r) => r.status === "approved" || r.status === "cancelled",
    ],
    [
      "several statuses with spaces and twice the same",
      { status: "approved, approved ,rejected" },
      (r) => ["approved", "rejected"].includes(r.status),
    ],
    ["a status that nothing has", { status: "expired" }, () => false],
    ["priority", { priority: "critical" }, (r) => r.priority === "critical"],
    [
      "several priorities",
      { priority: "low,high" },
      (r) => r.priority === "low" || r.priority === "high",
    ],
    [
      "status and priority",
      { status: "pending", priority: "high" },
      (r) => r.status === "pending" && r.priority === "high",
    ],
    ["action type", { action_type: "deploy" }, (r) => r.action_type === "deploy"],
    ["source", { source: "ci" }, (r) => r.source === "ci"],
    ["source id", { source_id: "flow-3" }, (r) => r.source_id === "flow-3"],
    [
      "not this source id, none at all included",
      { exclude_source_id: "flow-3" },
      (r) => r.source_id !== "flow-3",
    ],
    [
      "not this source id, among others",
      { exclude_source_id: "flow-3", status: "pending", search: "production" },
      (r) =>
        r.source_id !== "flow-3" && r.status === "pending" && r.description.includes("production"),
    ],
    [
      "one source id and not another",
      { source_id: "flow-2", exclude_source_id: "flow-3" },
      (r) => r.source_id === "flow-2",
    ],
    ["a word", { search: "alpha" }, (r) => r.title.includes("alpha")],
    [
      "a word and a status",
      { search: "production", status: "approved" },
      (r) => r.description.includes("production") && r.status === "approved",
    ],
    [
      "all at once",
      { search: "beta", status: "pending,approved", priority: "low,medium,high", source: "cli" },
      (r) =>
        r.title.includes("beta") &&
        ["pending", "approved"].includes(r.status) &&
        r.priority !== "critical" &&
        r.source === "cli",
    ],
  ];

  test.each(filters)("by %s (case %#)", async (_, query, matches) => {
    const expected = all.filter(matches);
    const { body } = await machine.api.list({ ...query, page_size: 100 });
    expect(ids(body.data)).toEqual(ids(expected));
    expect(body.pagination.total).toBe(expected.length);
    const second = await machine.api.list({ ...query, page_size: 3, page: 2 });
    expect(ids(second.body.data)).toEqual(ids(expected.slice(3, 6)));
    expect(second.body.pagination).toMatchObject({
      total: expected.length,
      total_pages: Math.ceil(expected.length / 3),
    });
  });

  test("created_after includes its instant, created_before does not; time zones count", async () => {
    const middle = must(all[20]).created_at;
    const [after, before] = await Promise.all([
      machine.api.list({ created_after: middle, page_size: 100 }),
      machine.api.list({ created_before: middle, page_size: 100 }),
    ]);
    expect(ids(after.body.data)).toEqual(ids(all.filter((r) => r.created_at >= middle)));
    expect(ids(before.body.data)).toEqual(ids(all.filter((r) => r.created_at < middle)));
    expect(after.body.total + before.body.total).toBe(49);
    const elsewhere = new Date(Date.parse(middle) + 2 * 3_600_000)
      .toISOString()
      .replace("Z", "+02:00");
    expect((await machine.api.list({ created_after: elsewhere, page_size: 100 })).body.total).toBe(
      after.body.total,
    );
  });

  test("decided_after and decided_before find only what was decided", async () => {
    const decided = all
      .filter((r) => r.decided_at !== null)
      .sort((a, b) => (must(a.decided_at) < must(b.decided_at) ? -1 : 1));
    const middle = must(must(decided[5]).decided_at);
    const [after, before] = await Promise.all([
      machine.api.list({ decided_after: middle }),
      machine.api.list({ decided_before: middle }),
    ]);
    expect(new Set(ids(after.body.data))).toEqual(
      new Set(ids(decided.filter((r) => must(r.decided_at) >= middle))),
    );
    expect(new Set(ids(before.body.data))).toEqual(
      new Set(ids(decided.filter((r) => must(r.decided_at) < middle))),
    );
  });

  test.each<[string, string]>([
    ["status", "done"],
    ["status", "pending,done"],
    ["status", ","],
    ["priority", "urgent"],
    ["created_after", "yesterday"],
    ["created_before", "2026-03-25"],
    ["decided_after", "2026-03-25T10:00:00"],
    ["decided_before", "275760-01-01T00:00:00Z"],
    ["created_after", "0000-01-01T00:00:00Z"],
    ["created_before", "0001-01-01T00:00:00+14:00"],
    ["search", "x".repeat(501)],
  ])("%s=%s is a 400 that names it", async (name, value) => {
    const answer = await machine.api.list({ [name]: value });
    expect(answer.status).toBe(400);
    expect(answer.error?.details?.fields?.[0]?.field).toBe(name);
  });
});

describe("search", () => {
  const find = async (search: string) =>
    (await machine.api.list({ search, page_size: 100 })).body.data;
  beforeAll(async () => {
    await machine.api.create({
      title: "Rotating the certificates",
      description: "for the mail gateway",
    });
    await machine.api.create({ title: "Rotate passwords", description: "mail them never" });
    await machine.api.create({ title: "Grüße aus Köln", description: "100% sure_thing" });
  });

  test("finds other forms of a word, in title and description, whatever the case", async () => {
    expect(await find("ROTATION")).toHaveLength(2);
    expect(await find("mails")).toHaveLength(2);
    expect(await find("KÖLN")).toHaveLength(1);
  });

  test("wants all words, and takes quotes, a minus sign and or", async () => {
    expect(await find("rotate certificate")).toHaveLength(1);
    expect(await find('"mail gateway"')).toHaveLength(1);
    expect(await find('"gateway mail"')).toHaveLength(0);
    expect(await find("rotate -passwords")).toHaveLength(1);
    expect(await find("passwords or köln")).toHaveLength(2);
  });

  test("goes by what a request says now, and by its status", async () => {
    const { body } = await machine.api.create({ title: "Zebra crossing", description: "first" });
    await machine.api.revise(body.id, { title: "Giraffe crossing" });
    expect(await find("zebra")).toHaveLength(0);
    expect(await find("giraffe first")).toHaveLength(1);
    await alice.api.approve(body.id);
    await machine.api.create({ title: "Giraffe feeding" });
    const found = async (status: string) =>
      (await machine.api.list({ search: "giraffe", status })).body;
    expect(await found("approved")).toMatchObject({ total: 1, data: [{ id: body.id }] });
    expect((await found("pending")).total).toBe(1);
    expect((await found("pending,approved")).total).toBe(2);
  });

  test("of nothing but white space is no search", async () => {
    const everything = (await machine.api.list()).body.total;
    expect((await machine.api.list({ search: "   " })).body.total).toBe(everything);
  });
});

test("after every kind of change the totals are still those of the rows", async () => {
  const other = await organization.addConnection();
  const { body } = await other.api.create({ auto_action: "reject", auto_action_after_minutes: 60 });
  await services.sql(
    "update requests set auto_action_at = now() - interval '1 second' where id = $1",
    [body.id],
  );
  await alice.api.approve(body.id);
  await expect.poll(async () => (await machine.api.get(body.id)).body.status).toBe("rejected");
  const rows = await services.sql<{ status: string; priority: string; n: number }>(
    "select status, priority, count(*)::int as n from requests where organization_id = $1 group by 1, 2",
    [organization.id],
  );
  for (const { status, priority, n } of rows)
    expect((await machine.api.list({ status, priority })).body.total).toBe(n);
  expect((await machine.api.list()).body.total).toBe(rows.reduce((sum, row) => sum + row.n, 0));
});

test("what lies behind thousands of newer requests is listed as exactly", async () => {
  const other = await createOrganization(services, server);
  const connection = await other.addConnection();
  await services.sql(
    `insert into requests (id, organization_id, connection_id, title, description, status, priority, action_type, source, source_id,
       required_approvals, created_at)
     select gen_random_uuid(), $1, $2, case when n <= 45 then 'Ancient ' else 'Recent ' end || n, 'Something', 'pending',
       case when n % 2 = 0 then 'low' else 'high' end, case when n <= 45 then 'old' else 'new' end,
       case when n <= 45 then 'before' else 'after' end, case when n <= 45 then 'flow-1' else 'flow-2' end, 1,
       now() - make_interval(mins => 3000 - n)
     from generate_series(1, 2500) n`,
    [other.id, connection.id],
  );
  await services.sql(
    `insert into request_counts (organization_id, status, priority, shard, count)
     select organization_id, status, priority, 0, count(*) from requests where organization_id = $1 group by 1, 2, 3`,
    [other.id],
  );
  const titles = async (query: object, page: number) => {
    for (;;) {
      const { status, body, error } = await connection.api.list({ ...query, page, page_size: 20 });
      // A machine with too much to do says so. Its clients ask again.
      if (status === 503) continue;
      expect([status, error, query]).toEqual([200, undefined, query]);
      return [body.total, ...body.data.map((request) => request.title)];
    }
  };
  const ancient = Array.from({ length: 45 }, (_, i) => `Ancient ${45 - i}`);
  const before = new Date(Date.now() - (3000 - 45.5) * 60_000).toISOString();
  for (const query of [
    { search: "ancient" },
    { search: "ancient", source: "before" },
    { search: "ancient", action_type: "old" },
    { search: "ancient", created_before: before },
    { source: "before" },
    { action_type: "old" },
    { source_id: "flow-1" },
    { exclude_source_id: "flow-2" },
    { created_before: before },
    { created_before: before, search: "something" },
  ]) {
    expect(await titles(query, 1), JSON.stringify(query)).toEqual([45, ...ancient.slice(0, 20)]);
    expect(await titles(query, 3), JSON.stringify(query)).toEqual([45, ...ancient.slice(40)]);
    expect(await titles(query, 4), JSON.stringify(query)).toEqual([45]);
  }
  const low = ancient.filter((title) => Number(title.slice(8)) % 2 === 0);
  expect(await titles({ search: "ancient", priority: "low" }, 2)).toEqual([22, ...low.slice(20)]);
  // The matches begin among the newest 2,000 requests and end behind them.
  expect(await titles({ search: "something" }, 101)).toEqual([
    2500,
    ...Array.from({ length: 20 }, (_, i) => `Recent ${500 - i}`),
  ]);
  expect(await titles({ exclude_source_id: "flow-1" }, 123)).toEqual([
    2455,
    ...Array.from({ length: 15 }, (_, i) => `Recent ${60 - i}`),
  ]);
});

// The inbox of each person. find_inbox (packages/database/sql/functions/search/find_inbox.sql) judges all pending
// requests at once, as the state machine judges each. So the tests compare every list with previewVote.
import { listInbox, previewVote, type Context, type InboxFilter } from "@sayso/core";
import { must } from "@sayso/must";
import { api, openStage, type ApprovalPage, type TestPerson } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// A server without a worker, so that a passed deadline changes nothing.
const stage = await openStage({ env: { SAYSO_ROLE: "api" } });
afterAll(() => stage.close());
const { organization, services, server, owner, alice, bob, machine } = stage;

const admin = await organization.addPerson({ name: "Ada Admin", role: "admin" });
const onlooker = await organization.addPerson({ name: "Only Looks", canApprove: false });
const legal = await organization.addTeam("Legal", [bob, admin]);
const adminsMachine = await organization.addConnection({ by: admin });

const asked = {
  everybody: {},
  nobodyLeft: { assigned_approvers: [onlooker.id] },
  alice: { assigned_approvers: [alice.id] },
  both: { assigned_approvers: [alice.id, bob.id], required_approvals: 2 },
  team: { assigned_team_id: legal.id },
  peopleAndTeam: { assigned_approvers: [alice.id], assigned_team_id: legal.id },
} satisfies Record<string, Record<string, unknown>>;

const steps: Record<string, unknown>[][] = [
  [
    { approver_id: bob.id, step_order: 1 },
    { approver_id: alice.id, step_order: 2 },
  ],
  [{ name: "Anybody", required_approvals: 2 }],
  [{ assigned_team_id: legal.id }, { assigned_role: "owner" }],
  [{ assigned_role: "admin" }],
  [{ assigned_role: "member" }, { approver_id: admin.id }],
  [
    { assigned_user_ids: [alice.id, owner.id], required_approvals: 2, step_order: 1 },
    { approver_id: owner.id, step_order: 2 },
  ],
];

/** The contexts of all people who may be asked, by name. */
const readers: Record<string, Context> = {
  ...Object.fromEntries(
    [owner, admin, alice, bob, onlooker].map((person) => [person.name, person.context]),
  ),
  "an app in an owner's name": {
    ...owner.context,
    actor: { kind: "person", personId: owner.id, role: "owner", via: "oauth", mayDecide: true },
  },
};

beforeAll(async () => {
  const askers = [machine.api, adminsMachine.api, alice.api, bob.api];
  for (const [n, asker] of askers.entries()) {
    const priority = (["low", "medium", "high", "critical"] as const)[n];
    for (const [name, body] of Object.entries(asked)) {
      const more = { title: `${name} of ${n}`, priority, source: `source-${n}` };
      await asker.create({ ...more, ...body });
      if (name === "alice" || name === "nobodyLeft") continue;
      // The request has one vote and needs a second one.
      const voted = await asker.create({ ...more, ...body, required_approvals: 2 });
      expect(voted.status).toBe(201);
      await (name === "both" ? alice : bob).api.approve(voted.body.id);
    }
    for (const [i, list] of steps.entries()) {
      const { body } = await asker.create({
        title: `in steps ${i} of ${n}`,
        priority,
        is_sequential: i % 2 === 0,
        action_type: `steps.${i}`,
      });
      expect((await asker.setSteps(body.id, list)).status).toBe(201);
      if (n % 2 === 0) for (const voter of [bob, alice]) await voter.api.approve(body.id);
    }
  }
  // Approvers in order are different people: who approved one step in another's place is not asked on the next.
  for (const asker of askers) {
    for (const second of [admin, owner]) {
      const { body } = await asker.create({
        title: "in order",
        is_sequential: true,
        assigned_approvers: [alice.id, second.id],
      });
      const [step] = (await asker.steps(body.id)).body.data;
      await admin.api.decideStep(body.id, must(step).id, { decision: "approve" });
    }
  }
  const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  for (const minutes of [90, 30]) {
    await machine.api.create({
      title: `in ${minutes}`,
      priority: "high",
      expires_at: soon(minutes),
    });
  }
  await machine.api.create({
    title: "by itself in 60",
    priority: "high",
    auto_action: "reject",
    auto_action_after_minutes: 60,
  });
  const { body: late } = await machine.api.create({ title: "too late", expires_at: soon(30) });
  await services.sql("update requests set expires_at = now() - interval '1 second' where id = $1", [
    late.id,
  ]);
  // A vote that a revision voided doesn't count.
  const { body: revised } = await machine.api.create({ title: "revised", required_approvals: 2 });
  await alice.api.approve(revised.id);
  await machine.api.revise(revised.id, { title: "revised since" });
  // A change excludes its own asker even without four eyes.
  await admin.api.call("POST", "/changes/api/v1/approvals", {
    body: { entityType: "offer", entityId: "a", entityName: "Offer", action: "create" },
  });
  // Neither a decided request nor a log entry needs a vote.
  await alice.api.approve((await machine.api.create()).body.id);
  await machine.api.create({ is_log: true });
});

/** Returns the answers of the state machine, request by request. */
async function expected(context: Context): Promise<string[]> {
  const pending = await services.sql<{ id: string }>(
    `select id from requests where organization_id = $1 and status = 'pending'`,
    [organization.id],
  );
  if (context.actor.kind !== "person") throw new Error("not a person");
  const { personId } = context.actor;
  const loaded = await Promise.all(
    pending.map(({ id }) => services.loadRequest(organization.id, { id, personId })),
  );
  return loaded
    .filter((one) => one !== null)
    .filter((one) => {
      const vote = previewVote(context, one);
      return vote.isAllowed && !vote.asAdmin;
    })
    .map((one) => one.state.id);
}

async function inbox(context: Context, filter: InboxFilter = {}) {
  const items = [];
  for (let page = 1; ; page++) {
    const { items: more, total } = await listInbox(context, filter, page, 20);
    items.push(...more);
    if (more.length < 20) {
      expect(items).toHaveLength(total);
      return items;
    }
  }
}

describe.each([
  ["without four eyes", false],
  ["with four eyes", true],
])("%s", (_, fourEyes) => {
  beforeAll(() =>
    owner.api.call("PATCH", "/api/v1/org", { body: { four_eyes: fourEyes } }).then(({ status }) => {
      expect(status).toBe(200);
    }),
  );

  test.each(Object.entries(readers))(
    "%s is shown exactly what asks them",
    async (name, context) => {
      const [items, wanted] = [await inbox(context), await expected(context)];
      expect(items.map(({ record }) => record.id).sort()).toEqual(wanted.sort());
      expect(wanted.length > 0).toBe(name !== onlooker.name);
      for (const { vote } of items) expect(vote).toMatchObject({ isAllowed: true, asAdmin: false });
    },
  );
});

interface Item {
  id: string;
  title: string;
  priority: string;
  created_at: string;
  expires_at: string | null;
  auto_action_at: string | null;
  your_vote: {
    can_decide: boolean;
    reason: string | null;
    as_admin: boolean;
    step_id: string | null;
  };
}
const list = async (by: TestPerson, query: Record<string, string | number> = {}) =>
  (
    await by.api.call<{ data: Item[]; total: number; pagination: { total_pages: number } }>(
      "GET",
      "/api/v1/inbox",
      { query: { page_size: 100, ...query } },
    )
  ).body;

describe("GET /api/v1/inbox", () => {
  test("comes by priority, then deadline, then age", async () => {
    const { data } = await list(admin);
    const rank = ["critical", "high", "medium", "low"];
    const key = (item: Item) => [
      rank.indexOf(item.priority),
      item.expires_at ?? item.auto_action_at ?? "9999",
      item.created_at,
      item.id,
    ];
    const sorted = [...data].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    expect(data.map(({ title }) => title)).toEqual(sorted.map(({ title }) => title));
    expect(
      data
        .filter(({ priority }) => priority === "high")
        .map(({ title }) => title)
        .slice(0, 3),
    ).toEqual(["in 30", "by itself in 60", "in 90"]);
    expect(new Set(data.map(({ priority }) => priority)).size).toBeGreaterThanOrEqual(3);
  });

  test("pages with an exact total, the last page and what lies behind it included", async () => {
    const all = await list(bob);
    const paged: string[] = [];
    const pages = Math.ceil(all.total / 7);
    for (let page = 1; page <= pages + 1; page++) {
      const { data, total, pagination } = await list(bob, { page, page_size: 7 });
      expect([total, pagination.total_pages]).toEqual([all.total, pages]);
      paged.push(...data.map(({ id }) => id));
    }
    expect(paged).toEqual(all.data.map(({ id }) => id));
  });

  test("says for which step the vote would be", async () => {
    const { data } = await list(bob, { action_type: "steps.0" });
    expect(data.length).toBeGreaterThan(0);
    for (const { id, your_vote } of data) {
      const { data: stepsOf } = (await bob.api.steps(id)).body;
      expect(your_vote).toEqual({
        can_decide: true,
        sequence: expect.any(Number) as number,
        reason: null,
        as_admin: false,
        step_id: stepsOf.find(({ approver_id }) => approver_id === bob.id)?.id,
      });
    }
  });

  test.each<[string, Record<string, string>, (item: Item & { source: string }) => boolean]>([
    ["priorities", { priority: "critical,low" }, ({ priority }) => /critical|low/.test(priority)],
    ["an integration", { source: "source-1" }, ({ source }) => source === "source-1"],
    ["words", { search: '"everybody"' }, ({ title }) => title.includes("everybody")],
    ["words that nothing has", { search: "zebra" }, () => false],
    ["blank words, which are none", { search: "  " }, () => true],
    ["a moment before all", { created_after: "2000-01-01T00:00:00Z" }, () => true],
    ["a moment after all", { created_after: "2999-01-01T00:00:00Z" }, () => false],
    ["before a moment before all", { created_before: "2000-01-01T00:00:00Z" }, () => false],
  ])("is narrowed by %s", async (_, query, keeps) => {
    const [all, some] = [await list(bob), await list(bob, query)];
    const wanted = (all.data as (Item & { source: string })[]).filter(keeps);
    expect(some.data.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
    expect(some.total).toBe(wanted.length);
  });

  test("loses what was decided and what the person voted on, at once", async () => {
    const { body: one } = await machine.api.create({ title: "goes", required_approvals: 2 });
    const has = async (person: TestPerson) =>
      (await list(person, { search: "goes" })).data.map(({ id }) => id).includes(one.id);
    expect([await has(alice), await has(bob)]).toEqual([true, true]);
    await alice.api.approve(one.id);
    expect([await has(alice), await has(bob)]).toEqual([false, true]);
    await bob.api.approve(one.id);
    expect([await has(alice), await has(bob)]).toEqual([false, false]);
  });

  test("is a person's: a machine has none", async () => {
    const decider = await organization.addConnection({ canDecide: true });
    for (const path of ["/api/v1/inbox", "/api/v1/inbox/asked"])
      expect(await decider.api.call("GET", path)).toMatchObject({
        status: 403,
        error: { code: "FORBIDDEN" },
      });
  });

  test("refuses what it doesn't know, and says which", async () => {
    for (const [field, value] of [
      ["priority", "urgent"],
      ["page", "0"],
      ["page_size", "101"],
      ["created_after", "yesterday"],
    ] as const) {
      const answer = await bob.api.call("GET", "/api/v1/inbox", { query: { [field]: value } });
      expect([answer.status, answer.error?.details?.fields?.[0]?.field]).toEqual([400, field]);
    }
  });

  test("is empty while the emergency stop is active", async () => {
    const other = api(server.url, owner.token);
    expect((await list(bob)).total).toBeGreaterThan(0);
    // The stop's own sweep would cancel everything, so the test sets only the mark of the stop.
    await services.sql("update organizations set emergency_stop_at = now() where id = $1", [
      organization.id,
    ]);
    expect((await list(bob)).total).toBe(0);
    await services.sql("update organizations set emergency_stop_at = null where id = $1", [
      organization.id,
    ]);
    expect((await other.list({ page_size: 1 })).status).toBe(200);
  });
});

describe("GET /api/v1/inbox/asked", () => {
  const mine = async (by: TestPerson, query: Record<string, string> = {}) =>
    (
      await by.api.call<ApprovalPage>("GET", "/api/v1/inbox/asked", {
        query: { page_size: 100, ...query },
      })
    ).body;

  test("lists what the person and the connections that they answer for asked, newest first", async () => {
    const { body: all } = await owner.api.list({ page_size: 100 });
    expect(all.total).toBeLessThanOrEqual(100);
    const cases: [TestPerson, (request: ApprovalPage["data"][number]) => boolean][] = [
      [alice, (request) => request.created_by === alice.id],
      [
        admin,
        (request) => request.connection_id === adminsMachine.id || request.created_by === admin.id,
      ],
      [owner, (request) => request.connection_id === machine.id],
      [onlooker, () => false],
    ];
    for (const [person, isTheirs] of cases) {
      const { data, total } = await mine(person);
      const wanted = all.data.filter(isTheirs);
      expect([total, data.map(({ id }) => id)]).toEqual([
        wanted.length,
        wanted.map(({ id }) => id),
      ]);
      expect(total > 0).toBe(person !== onlooker);
    }
  });

  test("is narrowed by status and the other filters", async () => {
    const all = await mine(owner);
    const decided = await mine(owner, { status: "approved,rejected" });
    expect(decided.data.map(({ id }) => id)).toEqual(
      all.data.filter(({ status }) => status === "approved").map(({ id }) => id),
    );
    expect(decided.total).toBeGreaterThan(0);
    const critical = await mine(bob, { priority: "critical", search: "team" });
    expect(critical.total).toBe(2);
  });
});

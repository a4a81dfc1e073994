// A vote counts only as long as its person may approve. Removing or disabling them, or taking the right to approve from
// them, voids their votes on pending requests in the same transaction.
import { invitePerson } from "@sayso/core";
import { must } from "@sayso/must";
import { createOrganization, shareStage, until, type TestPerson } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { createVisitor, signedIn } from "../pages/visitor.ts";
import { expectSound } from "../request-history.ts";
import { changesApi } from "../surfaces/changes/changes-api.ts";
import { bodyOf, runsApi, step as flowStep, user } from "../surfaces/runs/runs-api.ts";
import { signedInApi } from "./signed-in-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;

async function open() {
  const organization = await createOrganization(services, server);
  const { owner } = organization;
  const [eve, ann, ben] = [
    await organization.addPerson({ name: "Eve", role: "admin" }),
    await organization.addPerson({ name: "Ann" }),
    await organization.addPerson({ name: "Ben" }),
  ];
  const machine = await organization.addConnection();
  const admin = await signedInApi(server.url, owner);
  const ask = async (more: Record<string, unknown> = { required_approvals: 2 }) => {
    const { status, body } = await machine.api.create(more);
    expect(status).toBe(201);
    return body.id;
  };
  const read = async (id: string) => (await owner.api.get(id)).body;
  return { organization, owner, eve, ann, ben, machine, admin, ask, read };
}
type There = Awaited<ReturnType<typeof open>>;

const at = (id: string, rest = "") => `/api/v1/approvals/${id}${rest}`;
const person = (id: string, rest = "") => `/api/v1/people/${id}${rest}`;

/** Every way in which a person loses the right to approve, and the reason that the trail gives. */
const losses: [string, string, (there: There, who: TestPerson) => Promise<{ status: number }>][] = [
  ["is removed", "person_removed", ({ admin }, { id }) => admin.call("DELETE", person(id))],
  [
    "is disabled",
    "person_disabled",
    ({ admin }, { id }) => admin.call("POST", person(id, "/disable")),
  ],
  [
    "may approve no more",
    "right_to_approve_lost",
    ({ admin }, { id }) => admin.call("PATCH", person(id), { body: { can_approve: false } }),
  ],
];
const remove = must(losses[0])[2];

describe.each(losses)("the vote of a person who %s", (_, reason, lose) => {
  test("counts no more: the next vote doesn't reach the quorum with it", async () => {
    const there = await open();
    const { eve, ann, ben, owner, ask, read } = there;
    const id = await ask();
    expect((await eve.api.approve(id, "Go on")).body).toMatchObject({ current_approvals: 1 });
    expect((await lose(there, eve)).status).toBe(200);
    expect(await read(id)).toMatchObject({ status: "pending", current_approvals: 0 });
    const listed = await owner.api.list({ status: "pending" });
    expect(listed.body.data).toMatchObject([{ id, current_approvals: 0 }]);
    expect((await ann.api.approve(id)).body).toMatchObject({
      status: "pending",
      current_approvals: 1,
    });
    expect((await ben.api.approve(id)).body).toMatchObject({
      status: "approved",
      current_approvals: 2,
    });
    const { body } = await owner.api.call<{ data: { type: string }[] }>("GET", at(id, "/timeline"));
    expect(body.data.filter(({ type }) => type === "approval.vote_voided")).toMatchObject([
      {
        actor: { id: owner.id },
        person: { id: eve.id },
        decision: "approve",
        step: null,
        void_reason: reason,
      },
    ]);
    const deciders = await owner.api.call("GET", at(id, "/deciders"));
    expect(deciders.body).toMatchObject({
      steps: [{ votes: [{ person: { id: ann.id } }, { person: { id: ben.id } }] }],
      voided_votes: [{ person: { id: eve.id }, comment: "Go on", void_reason: reason }],
    });
    await expectSound(services, id);
  });

  test("stays where the request was decided with it", async () => {
    const there = await open();
    const { eve, ann, ask, read, owner } = there;
    const id = await ask();
    await eve.api.approve(id);
    await ann.api.approve(id);
    await lose(there, eve);
    expect(await read(id)).toMatchObject({ status: "approved", current_approvals: 2 });
    const { body } = await owner.api.call("GET", at(id, "/deciders"));
    expect(body).toMatchObject({ voided_votes: [] });
    await expectSound(services, id);
  });

  test("is void whichever credential cast it: a session, an own step, a connection", async () => {
    const there = await open();
    const { organization, eve, ask, read } = there;
    const robot = await organization.addConnection({ by: eve, canDecide: true });
    const [byRobot, bySession] = [await ask(), await ask()];
    expect((await robot.api.approve(byRobot)).body).toMatchObject({ current_approvals: 1 });
    const { call } = await signedInApi(server.url, eve);
    expect((await call("PATCH", at(bySession), { body: { decision: "approve" } })).status).toBe(
      200,
    );
    await lose(there, eve);
    for (const id of [byRobot, bySession])
      expect(await read(id)).toMatchObject({ status: "pending", current_approvals: 0 });
    await expectSound(services, byRobot, bySession);
  });
});

describe("a step that the vote approved", () => {
  test("is active again, and the later ones wait; those that others approved stay approved", async () => {
    const there = await open();
    const { eve, ann, ben, owner, machine, ask, read } = there;
    const assigned_approvers = [eve.id, ann.id, ben.id];
    const id = await ask({ is_sequential: true, assigned_approvers });
    await eve.api.approve(id);
    await ann.api.approve(id);
    await remove(there, eve);
    const steps = (await machine.api.steps(id)).body.data;
    expect(steps.map(({ status }) => status)).toEqual(["pending", "approved", "waiting"]);
    expect(steps[0]).toMatchObject({ decided_by: null, decided_at: null });
    expect(await read(id)).toMatchObject({ status: "pending", current_approvals: 1 });
    expect((await ben.api.approve(id)).status).toBe(409);
    await expectSound(services, id);
    // An admin stands in for the person who is gone.
    const stepId = must(steps[0]).id;
    expect((await owner.api.decideStep(id, stepId, { decision: "approve" })).status).toBe(200);
    expect((await ben.api.approve(id)).body).toMatchObject({
      status: "approved",
      current_approvals: 3,
    });
    await expectSound(services, id);
  });

  test("is active again where steps run at once", async () => {
    const there = await open();
    const { eve, ann, ben, machine, owner, ask } = there;
    const id = await ask({});
    const body = [eve, ann, ben].map(({ id }) => ({ approver_id: id, step_order: 1 }));
    await machine.api.setSteps(id, body);
    await eve.api.approve(id);
    await ann.api.approve(id);
    await remove(there, eve);
    const steps = (await machine.api.steps(id)).body.data;
    expect(steps.map(({ status }) => status).sort()).toEqual(["approved", "pending", "pending"]);
    const { body: timeline } = await owner.api.call<{
      data: { type: string; step: { id: string } | null }[];
    }>("GET", at(id, "/timeline"));
    expect(timeline.data.slice(-2)).toMatchObject([
      { type: "approval.vote_voided" },
      { type: "approval.step_activated" },
    ]);
    await expectSound(services, id);
  });

  test("of a change is undecided again, and the change isn't applied", async () => {
    const there = await open();
    const { eve, machine } = there;
    const second = await there.organization.addPerson({ role: "admin" });
    const { body } = await changesApi(machine.api).propose({
      entityId: `qr_${Math.random()}`,
      stages: [
        { stageName: "review", requiredRole: "editor" },
        { stageName: "approve", requiredRole: "admin" },
      ],
    });
    await changesApi(eve.api).approve(body.id);
    await remove(there, eve);
    expect((await changesApi(second.api).approve(body.id)).body).toMatchObject({
      status: "pending",
      stages: [{ status: "approved", decidedBy: second.id }, { status: "active" }],
    });
    await expectSound(services, body.id);
  });

  test("of a flow's run is undecided again", async () => {
    const there = await open();
    const { eve, ann, owner, organization } = there;
    const owners = runsApi(server.url, organization.id, `Bearer ${owner.token}`);
    const steps = [flowStep("all", user(eve), user(ann))];
    const flow = bodyOf(await owners.createFlow({ steps }), 201).id;
    const run = bodyOf(await owners.start(flow), 201);
    await eve.api.approve(run.id);
    await remove(there, eve);
    const now = bodyOf(await owners.getRun(flow, run.id));
    expect(now).toMatchObject({ results: [] });
    await expectSound(services, run.id);
  });
});

test("a right that is given again brings no vote back, and the person can vote anew", async () => {
  const there = await open();
  const { admin, eve, ask, read } = there;
  const id = await ask();
  await eve.api.approve(id);
  for (const can_approve of [false, true])
    await admin.call("PATCH", person(eve.id), { body: { can_approve } });
  expect(await read(id)).toMatchObject({ current_approvals: 0 });
  await expect
    .poll(async () => (await eve.api.approve(id)).body)
    .toMatchObject({ current_approvals: 1 });
  await expectSound(services, id);
});

test("another role or team voids nothing: the vote was given by somebody who may still approve", async () => {
  const there = await open();
  const { admin, organization, ann, ask, read } = there;
  const team = await organization.addTeam("Red", [ann]);
  const id = await ask({ assigned_team_id: team.id });
  expect((await read(id)).status).toBe("pending");
  const two = await ask();
  await ann.api.approve(two);
  await admin.call("PATCH", person(ann.id), { body: { role: "admin" } });
  await admin.call("PATCH", person(ann.id), { body: { role: "member" } });
  expect(await read(two)).toMatchObject({ current_approvals: 1 });
});

test("votes in another organization stay", async () => {
  const there = await open();
  const elsewhere = await open();
  await elsewhere.organization.admit(there.eve);
  const [here, abroad] = [await there.ask(), await elsewhere.ask()];
  await there.eve.api.approve(here);
  await elsewhere.ann.api.approve(abroad);
  await remove(there, there.eve);
  expect(await there.read(here)).toMatchObject({ current_approvals: 0 });
  expect(await elsewhere.read(abroad)).toMatchObject({ current_approvals: 1 });
});

test("both pages show the vote as void, with the reason, and the person who is gone as nobody who approves", async () => {
  const there = await open();
  const { eve, ann, ask } = there;
  const id = await ask();
  await eve.api.approve(id);
  await remove(there, eve);
  const { html } = await (await signedIn(server.url, ann)).get(`/requests/${id}`);
  expect(html).toMatch(
    /Void, because the right to approve ended: <bdi>Eve, through the personal token [^<]*<\/bdi> \(approved; removed from the organization\)/,
  );
  expect(html).toMatch(/0 of 2 approvals/);
});

test("a subscription and the activity tell of it", async () => {
  const there = await open();
  const { eve, owner, ask } = there;
  const id = await ask();
  await eve.api.approve(id);
  await remove(there, eve);
  await expect
    .poll(async () => {
      const { body } = await owner.api.call<{ data: { request_id: string; data: object }[] }>(
        "GET",
        "/api/v1/events",
        {
          query: { types: "approval.vote_voided", last: 5 },
        },
      );
      return body.data;
    })
    .toMatchObject([
      {
        request_id: id,
        data: {
          step_id: null,
          person_id: eve.id,
          connection_id: null,
          decision: "approve",
          reason: "person_removed",
        },
      },
    ]);
});

test("a person's votes on many requests are void at once, in few statements", async () => {
  const there = await open();
  const { eve, organization } = there;
  await services.sql(
    `insert into requests (id, organization_id, title, description, status, priority, required_approvals, current_approvals, version, event_sequence)
     select gen_random_uuid(), $1, 'Many', 'Many', 'pending', 'low', 2, 1, 2, 2 from generate_series(1, 1000)`,
    [organization.id],
  );
  await services.sql(
    `insert into votes (id, organization_id, request_id, step_id, person_id, decision)
     select gen_random_uuid(), organization_id, id, id, $2, 'approve' from requests where organization_id = $1`,
    [organization.id, eve.id],
  );
  expect((await remove(there, eve)).status).toBe(200);
  const counts = await services.sql(
    `select count(*)::int as requests, sum(current_approvals)::int as approvals,
       (select count(*)::int from votes where organization_id = $1 and voided_at is null) as counting,
       (select count(*)::int from events where organization_id = $1 and type = 'approval.vote_voided') as told
     from requests where organization_id = $1`,
    [organization.id],
  );
  expect(counts).toEqual([{ requests: 1000, approvals: 0, counting: 0, told: 1000 }]);
});

describe("at the same instant", () => {
  /** Runs `act` while the request's row is locked, so that whatever writes it waits. */
  async function whileHeld<T>(id: string, act: () => Promise<T>): Promise<T> {
    const client = await services.system.connect();
    try {
      await client.query("begin");
      await client.query("select from requests where id = $1 for update", [id]);
      return await act();
    } finally {
      await client.query("rollback");
      client.release();
    }
  }
  const waiting = async (): Promise<number> =>
    must(
      (
        await services.sql<{ count: number }>(
          "select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        )
      )[0],
    ).count;
  const standing = async (id: string) => {
    const [row] = await services.sql(
      `select status, current_approvals, (select count(*)::int from votes v where v.request_id = r.id and v.voided_at is null) as votes
       from requests r where id = $1`,
      [id],
    );
    return row;
  };

  test("a vote under way either counts before the removal is done, or never", async () => {
    const there = await open();
    const { eve, ask } = there;
    const id = await ask({ required_approvals: 1 });
    const { vote, removal } = await whileHeld(id, async () => {
      const vote = eve.api.approve(id);
      await until(async () => (await waiting()) >= 1, "the vote waits");
      let isDone = false;
      const removal = remove(there, eve).then(async ({ status }) => {
        isDone = true;
        return { status, then: await standing(id) };
      });
      await until(async () => isDone || (await waiting()) >= 2, "the removal is done or waits");
      return { vote, removal };
    });
    const removed = await removal;
    await vote;
    expect(removed.status).toBe(200);
    // Nothing that the removed person did takes effect after their removal was answered.
    expect(await standing(id)).toEqual(removed.then);
    await expectSound(services, id);
  });

  test("a vote of the removed person that comes while the removal is under way counts nowhere", async () => {
    const there = await open();
    const { eve, ask } = there;
    const [voted, next] = [await ask(), await ask({ required_approvals: 1 })];
    await eve.api.approve(voted);
    const { vote, removal } = await whileHeld(voted, async () => {
      const removal = remove(there, eve);
      await until(async () => (await waiting()) >= 1, "the removal waits");
      let isDone = false;
      const vote = eve.api.approve(next).finally(() => (isDone = true));
      await until(async () => isDone || (await waiting()) >= 2, "the vote is done or waits");
      return { vote, removal };
    });
    expect((await removal).status).toBe(200);
    expect([401, 403]).toContain((await vote).status);
    expect(await standing(next)).toEqual({ status: "pending", current_approvals: 0, votes: 0 });
    await expectSound(services, voted, next);
  });
});

test("a vote that stands from a removal by an earlier release counts for nothing, also after the person came back", async () => {
  const there = await open();
  const { organization, owner, eve, ann, ask } = there;
  const id = await ask();
  await eve.api.approve(id);
  // An earlier release removes members without voiding their votes.
  await services.sql("delete from memberships where organization_id = $1 and person_id = $2", [
    organization.id,
    eve.id,
  ]);
  await services.sql("insert into former_members (organization_id, person_id) values ($1, $2)", [
    organization.id,
    eve.id,
  ]);
  expect((await ann.api.approve(id)).body).toMatchObject({ status: "pending" });
  const { link } = await invitePerson(organization.operator, {
    email: eve.email,
    name: "Eve",
    role: "member",
  });
  expect(
    (
      await createVisitor(server.url).post(new URL(link.url).pathname, {
        name: "Eve",
        password: eve.password,
      })
    ).status,
  ).toBe(303);
  expect((await owner.api.approve(id)).body).toMatchObject({ status: "approved" });
  const [row] = await services.sql(
    "select count(*)::int as votes from votes where request_id = $1 and person_id <> $2",
    [id, eve.id],
  );
  expect(row).toEqual({ votes: 2 });
});

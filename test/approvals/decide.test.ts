import { must } from "@sayso/must";
import { api, openStage, startReceiver, letExpire } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await openStage({ replicas: 2 });
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { organization, machine, alice, bob, owner, services, server } = stage;
const decider = await organization.addConnection({ name: "decider", canDecide: true });

const ask = async (body: Record<string, unknown> = {}) => (await machine.api.create(body)).body;
const read = async (id: string) => (await machine.api.get(id)).body;
const x = (length: number) => "x".repeat(length);

describe("a vote", () => {
  test("that approves ends a request that needs one, and says who, when, why and where", async () => {
    const { id } = await ask();
    const answer = await alice.api.decide(id, {
      decision: "approve",
      comment: "Looks right",
      source: "phone",
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        id,
        status: "approved",
        decided_by: alice.id,
        decided_by_name: alice.name,
        decision_comment: "Looks right",
        current_approvals: 1,
      },
    });
    expect(await read(id)).toMatchObject({
      status: "approved",
      decided_at: answer.body.decided_at,
      decided_by: alice.id,
      decided_by_name: alice.name,
      decided_via_connection_id: null,
      decision_comment: "Looks right",
      decision_source: "phone",
      current_approvals: 1,
    });
  });

  test("that rejects ends a request at once, whatever its quorum", async () => {
    const { id } = await ask({ required_approvals: 3 });
    expect(await alice.api.reject(id, "No")).toMatchObject({
      status: 200,
      body: { status: "rejected", current_approvals: 0 },
    });
  });

  test("leaves a request pending until its quorum is reached", async () => {
    const { id } = await ask({ required_approvals: 2 });
    expect(await alice.api.approve(id)).toMatchObject({
      status: 200,
      body: { status: "pending", current_approvals: 1, decided_at: null, decided_by: null },
    });
    expect(await bob.api.approve(id)).toMatchObject({
      status: 200,
      body: { status: "approved", current_approvals: 2, decided_by: bob.id },
    });
  });

  test("counts once for each person: the second is a 409", async () => {
    const { id } = await ask({ required_approvals: 2 });
    await alice.api.approve(id);
    expect(await alice.api.approve(id)).toMatchObject({
      status: 409,
      error: { code: "CONFLICT", details: { reason: "already_voted" } },
    });
    expect(await alice.api.reject(id)).toMatchObject({ status: 409 });
    expect(await read(id)).toMatchObject({ status: "pending", current_approvals: 1 });
  });

  test("on a decided request is a 409 that tells its final status", async () => {
    const { id } = await ask();
    await alice.api.reject(id);
    const late = await bob.api.approve(id);
    expect(late).toMatchObject({ status: 409, error: { details: { status: "rejected" } } });
    expect(late.error?.message).toContain("rejected");
  });

  test("by somebody who may not approve is a 403", async () => {
    const { id } = await ask();
    const watcher = await organization.addPerson({ canApprove: false });
    expect(await watcher.api.approve(id)).toMatchObject({ status: 403 });
  });

  test("by somebody who is not among the assigned approvers is a 403, unless they are an admin", async () => {
    const { id } = await ask({ assigned_approvers: [alice.id] });
    expect(await bob.api.approve(id)).toMatchObject({ status: 403 });
    expect(await owner.api.approve(id)).toMatchObject({ status: 200 });
  });

  test("by a member of the assigned team counts, by another does not", async () => {
    const team = await organization.addTeam(`Team of ${Date.now()}`, [bob]);
    const { id } = await ask({ assigned_team_id: team.id });
    expect(await alice.api.approve(id)).toMatchObject({ status: 403 });
    expect(await bob.api.approve(id)).toMatchObject({ status: 200, body: { status: "approved" } });
  });

  test.each<[string, unknown, number]>([
    ["an unknown decision", { decision: "maybe" }, 400],
    ["no decision", { comment: "?" }, 400],
    ["a comment of 2,001 characters", { decision: "approve", comment: x(2001) }, 400],
    ["a comment of 2,000 characters", { decision: "approve", comment: x(2000) }, 200],
  ])("with %s is answered as it should be", async (_, body, status) => {
    const { id } = await ask();
    expect((await alice.api.call("PATCH", `/api/v1/approvals/${id}`, { body })).status).toBe(
      status,
    );
  });

  test("that rejects without a reason is a 400 where a reason is asked for; approving needs none", async () => {
    const first = await ask({ require_rejection_reason: true });
    for (const comment of [undefined, "", "   "]) {
      const answer = await alice.api.decide(first.id, { decision: "reject", comment });
      expect(answer).toMatchObject({
        status: 400,
        error: { details: { fields: [{ field: "comment" }] } },
      });
    }
    expect(await alice.api.reject(first.id, "Too late at night")).toMatchObject({ status: 200 });
    const second = await ask({ require_rejection_reason: true });
    expect(await alice.api.approve(second.id)).toMatchObject({ status: 200 });
  });

  test("by a connection that may decide is shown as its own, with its owner behind it", async () => {
    const { id } = await ask();
    expect(await decider.api.approve(id)).toMatchObject({
      status: 200,
      body: { decided_by: owner.id, decided_via_connection_id: decider.id },
    });
    expect(await read(id)).toMatchObject({
      decided_by: owner.id,
      decided_via_connection_name: "decider",
    });
    expect(await owner.api.approve((await ask({ required_approvals: 2 })).id)).toMatchObject({
      status: 200,
    });
  });

  test("by a connection is its owner's: both together are one", async () => {
    const { id } = await ask({ required_approvals: 2 });
    await decider.api.approve(id);
    expect(await owner.api.approve(id)).toMatchObject({ status: 409 });
  });
});

describe("several decisions at once", () => {
  test("each stand for themselves", async () => {
    const [open, other, decided, assigned] = [
      await ask(),
      await ask(),
      await ask(),
      await ask({ assigned_approvers: [bob.id] }),
    ];
    await bob.api.reject(decided.id);
    const unknown = "01234567-89ab-7def-8123-456789abcdef";
    const answer = await alice.api.batch({
      ids: [open.id, decided.id, unknown, assigned.id, other.id],
      decision: "approve",
      comment: "All fine",
    });
    expect(answer.status).toBe(200);
    expect(answer.body.results).toMatchObject([
      { id: open.id, success: true, status: "approved" },
      { id: decided.id, success: false, error: expect.any(String) as string },
      { id: unknown, success: false, error: expect.any(String) as string },
      { id: assigned.id, success: false, error: expect.any(String) as string },
      { id: other.id, success: true },
    ]);
    expect(await read(other.id)).toMatchObject({
      status: "approved",
      decision_comment: "All fine",
    });
  });

  test("one id given twice is decided once", async () => {
    const { id } = await ask({ required_approvals: 2 });
    const { body } = await alice.api.batch({ ids: [id, id], decision: "approve" });
    expect(body.results.filter((result) => result.success)).toHaveLength(1);
    expect(await read(id)).toMatchObject({ current_approvals: 1 });
  });

  test("are 1 to 50", async () => {
    const requests = await Promise.all(Array.from({ length: 51 }, () => ask()));
    const ids = requests.map((request) => request.id);
    expect(await alice.api.batch({ ids: [], decision: "reject" })).toMatchObject({ status: 400 });
    expect(await alice.api.batch({ ids, decision: "reject" })).toMatchObject({ status: 400 });
    const { body } = await alice.api.batch({ ids: ids.slice(0, 50), decision: "reject" });
    expect(body.results.every((result) => result.success)).toBe(true);
  });
});

describe("delegating", () => {
  test("hands the vote on: the other votes, the one who gave it away no longer", async () => {
    const { id } = await ask({ assigned_approvers: [alice.id] });
    expect(await alice.api.delegate(id, { to_user_id: bob.id })).toMatchObject({
      status: 200,
      body: { assigned_approvers: [bob.id] },
    });
    expect(await alice.api.approve(id)).toMatchObject({ status: 403 });
    expect(await bob.api.approve(id)).toMatchObject({ status: 200, body: { status: "approved" } });
  });

  test("works on one step of several", async () => {
    const { id } = await ask({ is_sequential: true, assigned_approvers: [alice.id, owner.id] });
    const [step] = (await machine.api.steps(id)).body.data;
    expect(
      await alice.api.delegate(id, { to_user_id: bob.id, step_id: must(step).id }),
    ).toMatchObject({
      status: 200,
    });
    expect((await machine.api.steps(id)).body.data[0]).toMatchObject({ approver_id: bob.id });
    expect(await bob.api.approve(id)).toMatchObject({ status: 200, body: { status: "pending" } });
  });

  test("is for named approvers only, before they voted, to somebody of the organization who may approve", async () => {
    const { id } = await ask({ assigned_approvers: [alice.id, owner.id], required_approvals: 2 });
    const watcher = await organization.addPerson({ canApprove: false });
    expect(await bob.api.delegate(id, { to_user_id: bob.id })).toMatchObject({ status: 403 });
    expect(await machine.api.delegate(id, { to_user_id: bob.id })).toMatchObject({ status: 403 });
    expect(await alice.api.delegate(id, { to_user_id: watcher.id })).toMatchObject({ status: 409 });
    expect(await alice.api.delegate(id, { to_user_id: owner.id })).toMatchObject({ status: 409 });
    expect(await alice.api.delegate(id, { to_user_id: id })).toMatchObject({ status: 400 });
    await alice.api.approve(id);
    expect(await alice.api.delegate(id, { to_user_id: bob.id })).toMatchObject({ status: 409 });
  });
});

describe("revising", () => {
  test("changes what is asked for and voids the votes cast on what it was before", async () => {
    const { id } = await ask({ required_approvals: 2, metadata: { amount: 10 } });
    await alice.api.approve(id);
    const revised = await machine.api.revise(id, { title: "Pay 100", metadata: { amount: 100 } });
    expect(revised).toMatchObject({
      status: 200,
      body: {
        title: "Pay 100",
        metadata: { amount: 100 },
        description: "To production",
        current_approvals: 0,
      },
    });
    await bob.api.approve(id);
    expect(await read(id)).toMatchObject({ status: "pending", current_approvals: 1 });
    expect(await alice.api.approve(id)).toMatchObject({
      status: 200,
      body: { status: "approved" },
    });
  });

  test("restarts the steps", async () => {
    const { id } = await ask({ is_sequential: true, assigned_approvers: [alice.id, bob.id] });
    await alice.api.approve(id);
    await machine.api.revise(id, { description: "Something else" });
    expect((await machine.api.steps(id)).body.data).toMatchObject([
      { status: "pending", decided_by: null },
      { status: "waiting" },
    ]);
  });

  test("makes the new words findable and the old ones not", async () => {
    const { id } = await ask({ title: "Zebra crossing" });
    await machine.api.revise(id, { title: "Giraffe crossing" });
    expect((await machine.api.list({ search: "zebra" })).body.total).toBe(0);
    expect((await machine.api.list({ search: "giraffe" })).body.data).toMatchObject([{ id }]);
  });

  test("is for what asked, and no admin, while the request is pending", async () => {
    const { id } = await ask();
    const other = await organization.addConnection();
    expect(await other.api.revise(id, { title: "Mine now" })).toMatchObject({ status: 403 });
    expect(await alice.api.revise(id, { title: "Mine now" })).toMatchObject({ status: 403 });
    expect(await owner.api.revise(id, { title: "By the owner" })).toMatchObject({ status: 403 });
    expect(await machine.api.revise(id, { title: "By itself" })).toMatchObject({ status: 200 });
    expect(await machine.api.revise(id, {})).toMatchObject({ status: 400 });
    expect(await machine.api.revise(id, { title: x(501) })).toMatchObject({ status: 400 });
    await alice.api.approve(id);
    expect(await machine.api.revise(id, { title: "Too late" })).toMatchObject({ status: 409 });
    expect(await read(id)).toMatchObject({ title: "By itself", status: "approved" });
  });
});

describe("cancelling", () => {
  test("is for whoever asked, or an admin", async () => {
    const [first, second] = [await ask(), await ask()];
    const other = await organization.addConnection();
    expect(await other.api.cancel(first.id)).toMatchObject({ status: 403 });
    expect(await alice.api.cancel(first.id)).toMatchObject({ status: 403 });
    expect(await machine.api.cancel(first.id, "Not needed")).toMatchObject({
      status: 200,
      body: { id: first.id, status: "cancelled" },
    });
    expect(await owner.api.cancel(second.id)).toMatchObject({ status: 200 });
    const cancelled = await read(first.id);
    expect(cancelled).toMatchObject({ status: "cancelled", decision_comment: "Not needed" });
    expect(cancelled.cancelled_at).toBe(cancelled.decided_at);
  });

  test("happens once: what is no longer pending is a 409", async () => {
    const { id } = await ask();
    await machine.api.cancel(id);
    expect(await machine.api.cancel(id)).toMatchObject({ status: 409 });
    expect(await alice.api.approve(id)).toMatchObject({
      status: 409,
      error: { details: { status: "cancelled" } },
    });
  });
});

describe("waiting for a decision", () => {
  test("answers as soon as it is made", async () => {
    const [{ id }, other] = [await ask(), await ask()];
    const waiting = machine.api.get(id, { wait: 60 });
    const idle = machine.api.get(other.id, { wait: 60 });
    setTimeout(() => void alice.api.approve(id), 300);
    expect(await Promise.race([waiting, idle])).toMatchObject({
      status: 200,
      body: { id, status: "approved" },
    });
    await alice.api.approve(other.id);
    await idle;
  });

  test("answers also when it is made on another replica", async () => {
    const { id } = await ask();
    const other = await ask();
    const there = api(must(server.replicas[1]).url, alice.token);
    const waiting = machine.api.get(id, { wait: 60 });
    const idle = machine.api.get(other.id, { wait: 60 });
    setTimeout(() => void there.approve(id), 300);
    expect((await Promise.race([waiting, idle])).body).toMatchObject({ id, status: "approved" });
    await there.approve(other.id);
    await idle;
  });

  test("answers at once when it is made already, and pending when the time is over", async () => {
    const [open, decided] = [await ask(), await ask()];
    await alice.api.approve(decided.id);
    const began = performance.now();
    const idle = machine.api.get(open.id, { wait: 2 });
    const made = machine.api.get(decided.id, { wait: 60 });
    expect((await made).body.status).toBe("approved");
    expect((await idle).body.status).toBe("pending");
    expect(performance.now() - began).toBeGreaterThan(1_900);
  });

  test("answers a cancellation and an expiry as well", async () => {
    const [cancelled, expiring] = [
      await ask(),
      await ask({ expires_at: new Date(Date.now() + 3_600_000).toISOString() }),
    ];
    const answers = Promise.all([
      machine.api.get(cancelled.id, { wait: 60 }),
      machine.api.get(expiring.id, { wait: 60 }),
    ]);
    await machine.api.cancel(cancelled.id);
    await letExpire(services, expiring.id);
    expect((await answers).map((a) => a.body.status)).toEqual(["cancelled", "expired"]);
  });

  test("is at most 60 seconds", async () => {
    const { id } = await ask();
    expect(await machine.api.get(id, { wait: 61 })).toMatchObject({ status: 400 });
    expect(await machine.api.get(id, { wait: -1 })).toMatchObject({ status: 400 });
  });

  test("leaves the server able to answer others, many at once", async () => {
    const requests = await Promise.all(Array.from({ length: 150 }, () => ask()));
    let answered = 0;
    const waiting = requests.map((request) =>
      machine.api.get(request.id, { wait: 60 }).finally(() => answered++),
    );
    expect((await machine.api.list()).status).toBe(200);
    expect(answered).toBe(0);
    for (let i = 0; i < requests.length; i += 50) {
      await alice.api.batch({
        ids: requests.slice(i, i + 50).map((request) => request.id),
        decision: "approve",
      });
    }
    const answers = await Promise.all(waiting);
    expect(answers.every((answer) => answer.body.status === "approved")).toBe(true);
  });
});

describe("deadlines", () => {
  test("a request expires by itself, and its callback says so though nobody reads it", async () => {
    const { id } = await ask({
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      callback_url: receiver.url,
    });
    await letExpire(services, id);
    const callback = await receiver.waitFor((r) => r.json.request_id === id);
    expect(callback.json).toMatchObject({ status: "expired", decided_by: null });
    expect(await read(id)).toMatchObject({ status: "expired", decided_by: null });
    expect(await alice.api.approve(id)).toMatchObject({
      status: 409,
      error: { details: { status: "expired" } },
    });
  });

  test.each([
    ["approve", "approved"],
    ["reject", "rejected"],
  ])("auto_action %s happens when nobody decides", async (auto_action, status) => {
    const { id } = await ask({
      ...(auto_action === "approve"
        ? await organization.approvingItself(1)
        : { auto_action, auto_action_after_minutes: 1 }),
      callback_url: receiver.url,
    });
    await services.sql(
      "update requests set auto_action_at = now() + interval '200 ms' where id = $1",
      [id],
    );
    const callback = await receiver.waitFor((r) => r.json.request_id === id);
    expect(callback.json).toMatchObject({ status, decided_by: null });
  });

  test("a vote after the deadline doesn't count, also while no worker has met it yet", async () => {
    const { id } = await ask({ expires_at: new Date(Date.now() + 60_000).toISOString() });
    await services.sql(
      "update requests set expires_at = now() - interval '1 second' where id = $1",
      [id],
    );
    expect(await alice.api.approve(id)).toMatchObject({ status: 409 });
    expect(await read(id)).toMatchObject({ status: "expired", current_approvals: 0 });
  });
});

describe("comments", () => {
  test("come oldest first, with who said them, and are counted", async () => {
    const { id } = await ask();
    await alice.api.comment(id, "First");
    await machine.api.comment(id, "Second");
    await alice.api.approve(id);
    expect(await bob.api.comment(id, "After the decision")).toMatchObject({
      status: 201,
      body: { author_name: bob.name, approval_request_id: id },
    });
    const { body } = await machine.api.comments(id);
    expect(body.data.map((c) => [c.body, c.author_name])).toEqual([
      ["First", alice.name],
      ["Second", "machine"],
      ["After the decision", bob.name],
    ]);
    expect(body.data[1]).toMatchObject({ connection_id: machine.id });
    expect(await read(id)).toMatchObject({ comments_count: 3 });
  });

  test("have 1 to 5,000 characters", async () => {
    const { id } = await ask();
    const statuses = await Promise.all(
      [x(5000), x(5001), "", "  ", undefined, 7].map(
        async (text) => (await alice.api.comment(id, text)).status,
      ),
    );
    expect(statuses).toEqual([201, 400, 400, 400, 400, 400]);
  });

  test("of what does not exist are a 404", async () => {
    const nowhere = "01234567-89ab-7def-8123-456789abcdef";
    expect(await alice.api.comments(nowhere)).toMatchObject({ status: 404 });
    expect(await alice.api.comment(nowhere, "?")).toMatchObject({ status: 404 });
  });
});

test("an id that is none is a 404 on every path that takes one", async () => {
  const { api: anybody } = { api: api(server.url, owner.token) };
  for (const id of [
    "1",
    "undefined",
    "01234567-89ab-7def-8123-456789abcde",
    "%00",
    "..%2f..%2fetc",
    "'; drop table requests --",
  ]) {
    const path = id.startsWith("%") || id.includes("%2f") ? id : encodeURIComponent(id);
    expect([id, (await anybody.call("GET", `/api/v1/approvals/${path}`)).status]).toEqual([
      id,
      404,
    ]);
  }
});

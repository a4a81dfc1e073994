// The operations behind the dashboard's page of one request.
import type { ReplyOf, workspaceOperations } from "@sayso/catalogue";
import { must } from "@sayso/must";
import { api, openStage, startReceiver, until, type Api, type TestPerson } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

type Operations = typeof workspaceOperations;
type Body<Name extends keyof Operations> = ReplyOf<Operations[Name]>["body"];

const stage = await openStage({ fourEyes: true });
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { owner, alice, bob, machine, organization, server } = stage;
const admin = await organization.addPerson({ name: "Ada Admin", role: "admin" });

const at = (id: string, what: string) => `/api/v1/approvals/${id}/${what}`;
const preview = async (by: { api: Api }, id: string) =>
  (await by.api.call<Body<"previewVote">>("GET", at(id, "your-vote"))).body;
const deciders = async (id: string) =>
  (await alice.api.call<Body<"listDeciders">>("GET", at(id, "deciders"))).body;
const timeline = async (id: string, query = {}, by: { api: Api } = alice) =>
  (await by.api.call<Body<"getTimeline">>("GET", at(id, "timeline"), { query })).body;
const vote = (by: { api: Api }, id: string, body: Record<string, unknown>) =>
  by.api.call<Body<"castVote">>("POST", at(id, "your-vote"), { body });
const ask = async (body: Record<string, unknown> = {}, by: { api: Api } = machine) => {
  const answer = await by.api.create(body);
  expect(answer.status).toBe(201);
  return answer.body;
};

test("a step waits for its people and for its team, each person named once", async () => {
  const { id: teamId } = await organization.addTeam("Sentinels", [bob, admin]);
  const { id } = await ask();
  const replaced = await machine.api.call("POST", at(id, "steps"), {
    body: { steps: [{ assigned_user_ids: [alice.id, bob.id], assigned_team_id: teamId }] },
  });
  expect(replaced.status).toBeLessThan(300);
  const [step] = (await deciders(id)).steps;
  expect(step?.missing?.map(({ name }) => name)).toEqual([admin.name, alice.name, bob.name]);
});

describe("what one may do", () => {
  test("is what the vote, the cancellation and the delegation will meet", async () => {
    const { id } = await ask({
      assigned_approvers: [alice.id, bob.id],
      require_rejection_reason: true,
    });
    expect(await preview(alice, id)).toMatchObject({
      can_decide: true,
      reason: null,
      as_admin: false,
      step_id: null,
      needs_reason: true,
      can_cancel: false,
      can_delegate: true,
      cast: [],
      sequence: 1,
    });
    expect(await preview(admin, id)).toMatchObject({
      can_decide: true,
      as_admin: true,
      can_cancel: true,
      can_delegate: false,
    });
    // The connection asked in the owner's name, so the owner can't decide, but can withdraw.
    expect(await preview(owner, id)).toMatchObject({
      can_decide: false,
      reason: "own_request",
      can_cancel: true,
    });
    expect(await preview(machine, id)).toMatchObject({ can_decide: false, can_cancel: true });
    expect((await alice.api.approve(id)).status).toBe(200);
    expect(await preview(bob, id)).toMatchObject({
      can_decide: false,
      reason: "already_decided",
      message: "This request is already approved",
      can_cancel: false,
      can_delegate: false,
    });
    expect((await preview(alice, id)).cast).toEqual([{ step_id: null, decision: "approve" }]);
  });

  test("tells which step the vote is for", async () => {
    const { id } = await ask({ assigned_approvers: [alice.id, bob.id], is_sequential: true });
    const { steps } = await deciders(id);
    expect(await preview(alice, id)).toMatchObject({
      can_decide: true,
      step_id: must(steps[0]).id,
    });
    expect(await preview(bob, id)).toMatchObject({ can_decide: false, reason: "no_active_step" });
  });

  test("is nothing during an emergency stop", async () => {
    // A server without a worker doesn't cancel the pending request, so the test has time to look.
    const still = await openStage({ env: { SAYSO_ROLE: "api" } });
    try {
      const { body } = await still.machine.api.create({ assigned_approvers: [still.alice.id] });
      await still.services.sql("update organizations set emergency_stop_at = now()");
      expect(await preview(still.alice, body.id)).toMatchObject({
        can_decide: false,
        reason: "emergency_stop",
        can_delegate: false,
      });
    } finally {
      await still.close();
    }
  });
});

describe("a vote on what was seen", () => {
  test("counts, also after others have spoken and voted meanwhile", async () => {
    const { id } = await ask({ required_approvals: 2 });
    const { sequence } = await preview(alice, id);
    await bob.api.comment(id, "Looks fine");
    await bob.api.approve(id);
    const answer = await vote(alice, id, { decision: "approve", comment: " Yes ", sequence });
    expect(answer).toMatchObject({
      status: 200,
      body: { status: "approved", current_approvals: 2, decision_comment: "Yes" },
    });
  });

  test("is refused and changes nothing once the request was revised", async () => {
    const { id } = await ask();
    const { sequence } = await preview(alice, id);
    await machine.api.revise(id, { title: "Something else" });
    const answer = await vote(alice, id, { decision: "approve", sequence });
    expect([answer.status, answer.error?.details?.reason]).toEqual([409, "revised"]);
    const again = await preview(alice, id);
    expect(again).toMatchObject({ can_decide: true, cast: [] });
    const second = await vote(alice, id, { decision: "approve", sequence: again.sequence });
    expect(second.status).toBe(200);
  });

  test("sent twice at once is one vote", async () => {
    const { id } = await ask({ required_approvals: 2 });
    const { sequence } = await preview(alice, id);
    const both = await Promise.all(
      [1, 2].map(() => vote(alice, id, { decision: "approve", sequence })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await alice.api.get(id)).body.current_approvals).toBe(1);
  });

  test("says which field is wrong", async () => {
    const { id } = await ask({ require_rejection_reason: true });
    const none = await vote(alice, id, { decision: "approve" });
    expect([none.status, none.error?.details?.fields?.[0]?.field]).toEqual([400, "sequence"]);
    const { sequence } = await preview(alice, id);
    const silent = await vote(alice, id, { decision: "reject", comment: "  ", sequence });
    expect([silent.status, silent.error?.details?.reason]).toEqual([400, "reason_required"]);
  });

  test("is told to have come from the dashboard only where it did", async () => {
    const bySession = async (person: TestPerson, id: string) => {
      const { sequence } = await preview(person, id);
      return api(server.url, null).call("POST", at(id, "your-vote"), {
        body: { decision: "approve", sequence },
        headers: { Cookie: `sayso_session=${await person.signIn()}`, Origin: server.url },
      });
    };
    const { id } = await ask({ required_approvals: 2 });
    expect((await bySession(alice, id)).status).toBe(200);
    await vote(bob, id, { decision: "approve", sequence: 1 });
    const { steps } = await deciders(id);
    expect(must(steps[0]).votes.map(({ person, source }) => [person.name, source])).toEqual([
      ["Alice Approver", "dashboard"],
      ["Bob Approver", null],
    ]);
  });
});

describe("who decides", () => {
  test("step by step, with who is missing by name", async () => {
    const team = await organization.addTeam("Night watch", [bob, admin]);
    const { id } = await ask();
    await machine.api.setSteps(id, [
      { name: "Check", assigned_user_ids: [alice.id, bob.id], required_approvals: 2 },
      { name: "Watch", assigned_team_id: team.id },
      { assigned_role: "admin" },
    ]);
    await alice.api.approve(id, "Fine by me");
    const { steps, voided_votes } = await deciders(id);
    expect(voided_votes).toEqual([]);
    expect(steps).toMatchObject([
      {
        name: "Check",
        required_approvals: 2,
        missing: [{ id: bob.id, name: "Bob Approver" }],
        votes: [{ person: { name: "Alice Approver" }, decision: "approve", comment: "Fine by me" }],
      },
      {
        name: "Watch",
        team: { name: "Night watch", size: 2 },
        missing: [{ name: "Ada Admin" }, { name: "Bob Approver" }],
      },
      { name: null, role: "admin", missing: null, team: null },
    ]);
  });

  test("as a whole, with votes that a revision made void", async () => {
    const { id } = await ask({ required_approvals: 2 });
    await alice.api.reject((await ask()).id);
    await alice.api.approve(id);
    await machine.api.revise(id, { description: "More of it" });
    const { steps, voided_votes } = await deciders(id);
    expect(steps).toMatchObject([{ id: null, status: "active", missing: null, votes: [] }]);
    expect(voided_votes).toMatchObject([{ person: { id: alice.id } }]);
  });
});

describe("the timeline", () => {
  test("tells all that happened, by whom and through what, and whom it was told", async () => {
    const { id } = await ask({
      assigned_approvers: [alice.id],
      callback_url: `${receiver.url}/hook?secret=1`,
    });
    await alice.api.comment(id, "Wait a moment");
    await alice.api.delegate(id, { to_user_id: bob.id });
    await machine.api.revise(id, { title: "Deploy v3" });
    await bob.api.decide(id, { decision: "reject", comment: "Not now", source: "chat" });
    await until(async () => {
      const { deliveries } = await timeline(id);
      return deliveries[0]?.status === "delivered";
    }, "the callback is delivered");
    const { data, has_earlier, deliveries } = await timeline(id);
    expect(has_earlier).toBe(false);
    expect(data.map(({ type, sequence }) => [type, sequence])).toEqual([
      ["approval.created", 1],
      ["approval.commented", 2],
      ["approval.delegated", 3],
      ["approval.revised", 4],
      ["approval.vote_cast", 5],
      ["approval.rejected", 6],
    ]);
    expect(data).toMatchObject([
      { actor: { kind: "connection", name: "machine" }, connection: { name: "machine" } },
      { actor: { kind: "person", name: "Alice Approver" }, comment: "Wait a moment" },
      { person: { name: "Alice Approver" }, to: { name: "Bob Approver" } },
      { fields: ["title"], votes_voided: 0 },
      {
        person: { name: "Bob Approver" },
        decision: "reject",
        comment: "Not now",
        source: "chat",
        connection: null,
      },
      { reason: "vote", person: { name: "Bob Approver" } },
    ]);
    expect(deliveries).toMatchObject([
      {
        kind: "callback",
        event_type: "approval.decided",
        origin: receiver.url,
        attempts: 1,
        last_status_code: 200,
      },
    ]);
  });

  test("is read in parts, the newest first, each in order and without a gap", async () => {
    const { id } = await ask();
    for (const text of ["one", "two", "three"]) await alice.api.comment(id, text);
    const newest = await timeline(id, { limit: 2 });
    expect(newest.data.map(({ comment }) => comment)).toEqual(["two", "three"]);
    expect(newest.has_earlier).toBe(true);
    const earlier = await timeline(id, { limit: 2, before: must(newest.data[0]).sequence });
    expect(earlier.data.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect([earlier.has_earlier, earlier.deliveries]).toEqual([false, []]);
    const tooMany = await alice.api.call("GET", at(id, "timeline"), { query: { limit: 501 } });
    expect(tooMany.status).toBe(400);
  });

  test("shows a machine no deliveries but its own", async () => {
    const { id } = await ask({ callback_url: receiver.url });
    await alice.api.approve(id);
    const stranger = await organization.addConnection();
    expect((await timeline(id, {}, machine)).deliveries).toHaveLength(1);
    expect((await timeline(id, {}, stranger)).deliveries).toEqual([]);
  });
});

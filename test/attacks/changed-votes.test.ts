// A person can change their own vote while it doesn't decide yet: from an approval to a rejection, and never so that
// something is approved that nobody approved.
import { must } from "@sayso/must";
import { shareStage, type Api } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { machine, owner, alice, bob, services } = stage;

const ask = async (more: object = {}) =>
  (await machine.api.create({ title: "Delete the old backups", required_approvals: 2, ...more }))
    .body;
const path = (id: string) => `/api/v1/approvals/${id}/your-vote`;
interface Own {
  sequence: number;
  change: { step_id: string | null } | null;
  cast: { decision: string }[];
}
const own = async (api: Api, id: string) => (await api.call<Own>("GET", path(id))).body;
/** Votes as the page does: on what the preview showed. */
const vote = async (
  api: Api,
  id: string,
  decision: "approve" | "reject",
  more: Record<string, unknown> = {},
) => {
  const { sequence } = await own(api, id);
  return api.call("POST", path(id), { body: { decision, sequence, ...more } });
};
const change = (api: Api, id: string, more: Record<string, unknown> = {}) =>
  vote(api, id, "reject", { replaces: true, comment: "I misread it", ...more });
const read = async (id: string) => (await owner.api.get(id)).body;
const refused = (reason: string) => ({ status: 409, error: { details: { reason } } });

describe("an approval that was not enough", () => {
  test("becomes a rejection, which ends the request; the event says what it replaced", async () => {
    const { id } = await ask();
    await alice.api.approve(id, "Fine");
    expect((await own(alice.api, id)).change).toEqual({ step_id: null });
    expect(await change(alice.api, id)).toMatchObject({
      status: 200,
      body: { status: "rejected" },
    });
    expect(await read(id)).toMatchObject({
      status: "rejected",
      current_approvals: 0,
      decision_comment: "I misread it",
    });
    const { body } = await owner.api.call<{ data: Record<string, unknown>[] }>(
      "GET",
      `/api/v1/approvals/${id}/timeline`,
    );
    expect(body.data.filter(({ type }) => type === "approval.vote_cast")).toMatchObject([
      { decision: "approve", replaced: null, comment: "Fine" },
      { decision: "reject", replaced: "approve", comment: "I misread it" },
    ]);
    const deciders = await owner.api.call("GET", `/api/v1/approvals/${id}/deciders`);
    expect(deciders.body).toMatchObject({
      steps: [{ votes: [{ decision: "reject", person: { id: alice.id } }] }],
      voided_votes: [],
    });
  });

  test("of a step is changed on that step, and on no other", async () => {
    const { id } = await ask({ required_approvals: 1 });
    const { body: steps } = await machine.api.setSteps(id, [
      { name: "Legal", required_approvals: 2 },
      { name: "Finance", approver_id: bob.id },
    ]);
    const [legal, finance] = steps.data.map((step) => step.id);
    await alice.api.decideStep(id, must(legal), { decision: "approve" });
    expect((await own(alice.api, id)).change).toEqual({ step_id: legal });
    expect((await change(alice.api, id, { step_id: finance })).status).toBeGreaterThanOrEqual(400);
    expect(await read(id)).toMatchObject({ status: "pending", current_approvals: 1 });
    await change(alice.api, id, { step_id: legal });
    expect(await read(id)).toMatchObject({ status: "rejected", current_approvals: 0 });
  });

  test("is not changed by a second vote that doesn't say so, whichever it is", async () => {
    const { id } = await ask();
    await alice.api.approve(id);
    expect(await vote(alice.api, id, "reject")).toMatchObject(refused("already_voted"));
    expect(await vote(alice.api, id, "approve")).toMatchObject(refused("already_voted"));
    expect(await alice.api.reject(id, "no")).toMatchObject(refused("already_voted"));
    expect(await read(id)).toMatchObject({ status: "pending", current_approvals: 1 });
  });
});

describe("a change of a vote never", () => {
  test("counts one person twice, or makes an approval", async () => {
    const { id } = await ask();
    await alice.api.approve(id);
    const twice = await vote(alice.api, id, "approve", { replaces: true });
    expect(twice).toMatchObject(refused("already_voted"));
    const fresh = await vote(bob.api, id, "approve", { replaces: true });
    expect(fresh).toMatchObject(refused("not_voted"));
    expect(await read(id)).toMatchObject({ status: "pending", current_approvals: 1 });
  });

  test("touches the vote of somebody else", async () => {
    const { id } = await ask({ required_approvals: 3 });
    await alice.api.approve(id);
    expect((await own(bob.api, id)).change).toBeNull();
    expect(await change(bob.api, id)).toMatchObject(refused("not_voted"));
    expect(
      (
        await machine.api.call("POST", path(id), {
          body: { decision: "reject", sequence: 2, replaces: true },
        })
      ).status,
    ).toBe(403);
    expect(await read(id)).toMatchObject({ status: "pending", current_approvals: 1 });
  });

  test("comes after the decision, not even in the same instant", async () => {
    for (let round = 0; round < 8; round++) {
      const { id } = await ask();
      await alice.api.approve(id);
      const [changed, approved] = await Promise.all([change(alice.api, id), bob.api.approve(id)]);
      const { status, current_approvals: approvals } = await read(id);
      if (changed.status === 200) expect([status, approvals]).toEqual(["rejected", 0]);
      else expect([status, approvals]).toEqual(["approved", 2]);
      expect([changed.status, approved.status].sort()).toEqual([200, 409]);
      const rows = await services.sql(
        "select person_id from votes where request_id = $1 and voided_at is null",
        [id],
      );
      expect(rows).toHaveLength(changed.status === 200 ? 1 : 2);
    }
  });

  test("counts for a version that was not read", async () => {
    const { id } = await ask();
    await alice.api.approve(id);
    const { sequence } = await own(alice.api, id);
    await machine.api.revise(id, { title: "Delete all backups" });
    const body = { decision: "reject", sequence, replaces: true };
    expect(await alice.api.call("POST", path(id), { body })).toMatchObject(refused("revised"));
    // The revision has voided the approval, so there is nothing left to change.
    expect((await own(alice.api, id)).change).toBeNull();
  });

  test("is open to somebody who may no longer decide", async () => {
    const { id } = await ask();
    await alice.api.approve(id);
    await owner.api.call("PATCH", `/api/v1/people/${alice.id}`, { body: { can_approve: false } });
    expect((await own(alice.api, id)).change).toBeNull();
    expect((await change(alice.api, id)).status).toBe(403);
    await owner.api.call("PATCH", `/api/v1/people/${alice.id}`, { body: { can_approve: true } });
    // The vote was voided with the right, and doesn't come back with it.
    expect(await read(id)).toMatchObject({ status: "pending", current_approvals: 0 });
  });
});

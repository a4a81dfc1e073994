import { must } from "@sayso/must";
import { openStage, type Answer } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { expectAllSound, expectSound } from "../request-history.ts";
import { inRounds, openRaces, ROUNDS, statusesOf } from "./lanes.ts";

// docs/faults.md, races 50–53: the rules about who may vote on which request, and when, also while other people change
// it.

const stage = await openStage({ replicas: 3 });
const races = await openRaces(stage);
const { openCast, on } = races;
const { services, server } = stage;
afterAll(() => Promise.all([stage.close(), races.close()]));
const refusal = (answer: Answer) => `${answer.status} ${String(answer.error?.details?.reason)}`;

describe("50: under four eyes nobody decides what they asked for", () => {
  test("by token, session, own key, step or batch, nor by handing it to themselves", async () => {
    const { organization, owner, machine, alice, bob, ask } = await openCast({ fourEyes: true });
    const robot = await organization.addConnection({ canDecide: true, canDecideOwn: true });
    const byMachine = await ask();
    const byOwner = (await owner.api.create()).body.id;
    const inSteps = await ask({ is_sequential: true, assigned_approvers: [owner.id, alice.id] });
    const [ownStep] = (await machine.api.steps(inSteps)).body.data;
    const session = await owner.signIn();
    const bySession = (id: string) =>
      fetch(`${server.url}/api/v1/approvals/${id}`, {
        method: "PATCH",
        headers: {
          Cookie: `sayso_session=${session}`,
          Origin: server.url,
          "Content-Type": "application/json",
        },
        body: '{"decision":"approve"}',
      });
    for (const id of [byMachine, byOwner]) {
      expect(refusal(await owner.api.approve(id))).toBe("403 own_request");
      expect(refusal(await owner.api.reject(id))).toBe("403 own_request");
      expect(refusal(await robot.api.approve(id))).toBe("403 own_request");
      const answer = await bySession(id);
      expect([
        answer.status,
        ((await answer.json()) as { error: { details: unknown } }).error.details,
      ]).toEqual([403, { reason: "own_request" }]);
    }
    expect(
      refusal(await owner.api.decideStep(inSteps, must(ownStep).id, { decision: "approve" })),
    ).toBe("403 own_request");
    expect(
      (
        await owner.api.batch({ ids: [byMachine, byOwner, inSteps], decision: "approve" })
      ).body.results.map((r) => r.success),
    ).toEqual([false, false, false]);
    expect((await machine.api.approve(byMachine)).status).toBe(403);

    const named = await ask({ assigned_approvers: [alice.id] });
    expect(refusal(await alice.api.delegate(named, { to_user_id: owner.id }))).toBe(
      "409 not_eligible",
    );

    for (const id of [byMachine, byOwner, named]) {
      expect((await services.sql("select 1 from votes where request_id = $1", [id])).length).toBe(
        0,
      );
      expect((await (id === named ? alice : bob).api.approve(id)).body.status).toBe("approved");
    }
    await expectSound(services, byMachine, byOwner, inSteps, named);
  });

  test("however many requests they approve at once with everybody else", async () => {
    const { owner, alice, ask } = await openCast({ fourEyes: true });
    await inRounds(ROUNDS, async (n) => {
      const id = await ask({ required_approvals: 2 });
      const [own, other] = await Promise.all([
        on(owner, n).approve(id),
        on(alice, n + 1).approve(id),
      ]);
      expect([refusal(own), other.status]).toEqual(["403 own_request", 200]);
      expect(other.body).toMatchObject({ status: "pending", current_approvals: 1 });
      await expectSound(services, id);
    });
  });
});

describe("51: in a sequence", () => {
  const chain = (first: { id: string }, second: { id: string }) => ({
    is_sequential: true,
    assigned_approvers: [first.id, second.id],
  });

  test("the second step can't be decided before the first, by nobody and by no door", async () => {
    const { ask, alice, bob, owner, machine } = await openCast();
    const id = await ask(chain(alice, bob));
    const [first, second] = (await machine.api.steps(id)).body.data;
    expect(refusal(await bob.api.approve(id))).toBe("409 no_active_step");
    expect(refusal(await owner.api.approve(id))).toBe("409 no_active_step");
    for (const person of [bob, owner, alice]) {
      expect(
        refusal(await person.api.decideStep(id, must(second).id, { decision: "approve" })),
      ).toBe("409 step_not_active");
      expect(
        refusal(await person.api.decideStep(id, must(second).id, { decision: "reject" })),
      ).toBe("409 step_not_active");
    }
    expect(refusal(await bob.api.decideStep(id, must(first).id, { decision: "approve" }))).toBe(
      "403 not_eligible",
    );
    expect((await machine.api.get(id)).body).toMatchObject({
      status: "pending",
      current_approvals: 0,
    });
    expect((await alice.api.approve(id)).body.status).toBe("pending");
    expect(refusal(await alice.api.approve(id))).toBe("409 no_active_step");
    expect((await bob.api.approve(id)).body.status).toBe("approved");
    await expectSound(services, id);
  });

  test("the second step's vote at the instant of the first's counts only after it", async () => {
    const { ask, alice, bob } = await openCast();
    await inRounds(ROUNDS, async (n) => {
      const id = await ask(chain(alice, bob));
      const [first, second] = await Promise.all([
        on(alice, n).approve(id),
        on(bob, n + 1 + (n % 2) * 2).approve(id),
      ]);
      expect(first.status).toBe(200);
      if (second.status === 200) expect(second.body.status).toBe("approved");
      else expect(refusal(second)).toBe("409 no_active_step");
      await expectSound(services, id);
    });
  });
});

describe("52: steps", () => {
  test("can't be replaced after a vote", async () => {
    const { ask, alice, bob, machine } = await openCast();
    const id = await ask({ is_sequential: true, assigned_approvers: [alice.id, bob.id] });
    await alice.api.approve(id);
    const before = (await machine.api.steps(id)).body;
    expect(refusal(await machine.api.setSteps(id, [{ approver_id: alice.id }]))).toBe(
      "409 votes_cast",
    );
    expect((await machine.api.steps(id)).body).toEqual(before);
    await expectSound(services, id);
  });

  test("replaced at the instant of a vote: the vote is on a step that exists, or they stay", async () => {
    const { ask, alice, machine } = await openCast();
    await inRounds(ROUNDS, async (n) => {
      const id = await ask({ required_approvals: 2 });
      const [vote, steps] = await Promise.all([
        on(alice, n).approve(id),
        on(machine, n + 1 + (n % 2) * 2).setSteps(id, [
          { name: "one" },
          { name: "two", required_approvals: 2 },
        ]),
      ]);
      expect(vote.status).toBe(200);
      if (steps.status !== 201) expect(refusal(steps)).toBe("409 votes_cast");
      expect((await machine.api.get(id)).body.required_approvals).toBe(
        steps.status === 201 ? 3 : 2,
      );
      await expectSound(services, id);
    });
  });

  test("replaced twice at once: one set stays, whole", async () => {
    const { ask, machine } = await openCast();
    await inRounds(ROUNDS, async (n) => {
      const id = await ask();
      const sets = [[{ name: "a1" }, { name: "a2" }], [{ name: "b1" }]];
      const answers = await Promise.all(sets.map((set, i) => on(machine, n + i).setSteps(id, set)));
      expect(statusesOf(answers)).toEqual([201, 201]);
      const names = (await machine.api.steps(id)).body.data.map((s) => s.name);
      expect([["a1", "a2"], ["b1"]]).toContainEqual(names);
      await expectSound(services, id);
    });
  });
});

test("53: who stands in two steps votes on each, also at the same instant, and once on each", async () => {
  const { ask, alice, machine } = await openCast();
  await inRounds(Math.ceil(ROUNDS / 3), async (n) => {
    const id = await ask();
    const made = (
      await machine.api.setSteps(id, [
        { approver_id: alice.id, step_order: 1 },
        { approver_id: alice.id, step_order: 1 },
      ])
    ).body.data;
    const votes = made.flatMap((step, i) =>
      [0, 1].map((again) =>
        on(alice, n + i + again).decideStep(id, step.id, { decision: "approve" }),
      ),
    );
    expect(statusesOf(await Promise.all(votes))).toEqual([200, 200, 409, 409]);
    expect((await machine.api.get(id)).body).toMatchObject({
      status: "approved",
      current_approvals: 2,
    });
    await expectSound(services, id);
  });
});

test("afterwards every request of all these races is sound and the counters are exact", async () => {
  await expectAllSound(services);
});

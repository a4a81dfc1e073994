import { must } from "@sayso/must";
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, machine, alice, bob, owner } = stage;
const admin = await organization.addPerson({ role: "admin" });
const team = await organization.addTeam("Legal", [bob]);
const nobody = "01234567-89ab-7def-8123-456789abcdef";

const ask = async (body: Record<string, unknown> = {}) => (await machine.api.create(body)).body;
const statusOf = async (id: string) => (await machine.api.get(id)).body.status;
/** Creates a request with these steps. */
async function askWithSteps(steps: Record<string, unknown>[], body: Record<string, unknown> = {}) {
  const { id } = await ask(body);
  const answer = await machine.api.setSteps(id, steps);
  expect([answer.status, answer.error]).toEqual([201, undefined]);
  return { id, steps: answer.body.data, ids: answer.body.data.map((step) => step.id) };
}
const vote = (decision: "approve" | "reject" = "approve") => ({ decision });

describe("the two shapes", () => {
  test("approver_id and step_order: one person a step", async () => {
    const { id, steps } = await askWithSteps([
      { approver_id: bob.id, step_order: 2 },
      { approver_id: alice.id, step_order: 1 },
    ]);
    expect(steps).toMatchObject([
      {
        step_order: 1,
        approver_id: alice.id,
        assigned_user_ids: [alice.id],
        required_approvals: 1,
      },
      { step_order: 2, approver_id: bob.id },
    ]);
    expect((await machine.api.steps(id)).body.data).toEqual(steps);
  });

  test("name with people, a team or a role, and a quorum", async () => {
    const { steps } = await askWithSteps([
      { name: "Peers", assigned_user_ids: [alice.id, bob.id], required_approvals: 2 },
      { name: "Legal", assigned_team_id: team.id },
      { name: "Admins", assigned_role: "admin" },
      { name: "Anybody" },
    ]);
    expect(steps).toMatchObject([
      {
        step_order: 1,
        name: "Peers",
        approver_id: null,
        assigned_user_ids: [alice.id, bob.id],
        required_approvals: 2,
      },
      { step_order: 2, name: "Legal", assigned_team_id: team.id, assigned_user_ids: null },
      { step_order: 3, name: "Admins", assigned_role: "admin" },
      {
        step_order: 4,
        name: "Anybody",
        assigned_user_ids: null,
        assigned_team_id: null,
        assigned_role: null,
      },
    ]);
  });

  test.each<[string, unknown]>([
    ["no steps", []],
    ["steps that are no list", "all"],
    ["more than 20", Array.from({ length: 21 }, () => ({ name: "x" }))],
    ["both shapes in one step", [{ approver_id: alice.id, assigned_user_ids: [bob.id] }]],
    ["an unknown approver", [{ approver_id: nobody }]],
    ["an unknown team", [{ assigned_team_id: nobody }]],
    ["an unknown role", [{ assigned_role: "king" }]],
    [
      "a quorum that its people can't reach",
      [{ assigned_user_ids: [alice.id], required_approvals: 2 }],
    ],
    ["a quorum of 0", [{ assigned_user_ids: [alice.id], required_approvals: 0 }]],
    ["a quorum of 11", [{ name: "x", required_approvals: 11 }]],
    ["an order of 0", [{ approver_id: alice.id, step_order: 0 }]],
    ["a name of 201 characters", [{ name: "x".repeat(201) }]],
  ])("%s: 400, and the steps stay as they were", async (_, steps) => {
    const { id, steps: before } = await askWithSteps([{ approver_id: alice.id }]);
    expect(await machine.api.setSteps(id, steps)).toMatchObject({
      status: 400,
      error: { code: "VALIDATION_ERROR" },
    });
    expect((await machine.api.steps(id)).body.data).toEqual(before);
  });
});

describe("in sequence", () => {
  const chain = () =>
    askWithSteps(
      [
        { approver_id: alice.id, step_order: 1 },
        { approver_id: bob.id, step_order: 2 },
      ],
      { is_sequential: true },
    );

  test("the second waits for the first, and the last one approves the request", async () => {
    const { id, ids, steps } = await chain();
    expect(steps.map((step) => step.status)).toEqual(["pending", "waiting"]);
    expect(await bob.api.decideStep(id, must(ids[1]), vote())).toMatchObject({ status: 409 });
    expect(await alice.api.decideStep(id, must(ids[0]), vote())).toMatchObject({
      status: 200,
      body: { status: "approved", request_status: "pending", decided_by: alice.id },
    });
    expect((await machine.api.steps(id)).body.data.map((step) => step.status)).toEqual([
      "approved",
      "pending",
    ]);
    expect(await bob.api.decideStep(id, must(ids[1]), vote())).toMatchObject({
      status: 200,
      body: { request_status: "approved" },
    });
    expect(await statusOf(id)).toBe("approved");
  });

  test("one rejection ends it all, and skips what is left", async () => {
    const { id, ids } = await chain();
    expect(await alice.api.decideStep(id, must(ids[0]), vote("reject"))).toMatchObject({
      body: { status: "rejected", request_status: "rejected" },
    });
    expect((await machine.api.steps(id)).body.data.map((step) => step.status)).toEqual([
      "rejected",
      "skipped",
    ]);
  });

  test("steps of the same order run side by side", async () => {
    const { id, ids, steps } = await askWithSteps(
      [
        { approver_id: alice.id, step_order: 1 },
        { approver_id: bob.id, step_order: 1 },
        { approver_id: owner.id, step_order: 2 },
      ],
      { is_sequential: true },
    );
    expect(steps.map((step) => step.status)).toEqual(["pending", "pending", "waiting"]);
    await alice.api.decideStep(id, must(steps.find((s) => s.approver_id === alice.id)).id, vote());
    expect((await machine.api.steps(id)).body.data[2]).toMatchObject({ status: "waiting" });
    await bob.api.decideStep(id, must(steps.find((s) => s.approver_id === bob.id)).id, vote());
    expect(await owner.api.decideStep(id, must(ids[2]), vote())).toMatchObject({
      body: { request_status: "approved" },
    });
  });

  test("a decided step is a 409, and so is a second vote on a step", async () => {
    const { id, ids } = await chain();
    await alice.api.decideStep(id, must(ids[0]), vote());
    expect(await alice.api.decideStep(id, must(ids[0]), vote())).toMatchObject({ status: 409 });
    const two = await askWithSteps([
      { assigned_user_ids: [alice.id, bob.id], required_approvals: 2 },
    ]);
    await alice.api.decideStep(two.id, must(two.ids[0]), vote());
    expect(await alice.api.decideStep(two.id, must(two.ids[0]), vote())).toMatchObject({
      status: 409,
    });
  });

  test("the same person in two steps votes on each", async () => {
    const { id, ids } = await askWithSteps([{ approver_id: alice.id }, { approver_id: alice.id }], {
      is_sequential: true,
    });
    await alice.api.decideStep(id, must(ids[0]), vote());
    expect(await alice.api.decideStep(id, must(ids[1]), vote())).toMatchObject({
      status: 200,
      body: { request_status: "approved" },
    });
  });
});

describe("side by side", () => {
  test("all wait for votes at once, in any order", async () => {
    const { id, ids, steps } = await askWithSteps(
      [{ approver_id: alice.id }, { approver_id: bob.id }],
      { is_sequential: false },
    );
    expect(steps.map((step) => step.status)).toEqual(["pending", "pending"]);
    expect(await bob.api.decideStep(id, must(ids[1]), vote())).toMatchObject({
      body: { request_status: "pending" },
    });
    expect(await alice.api.decideStep(id, must(ids[0]), vote())).toMatchObject({
      body: { request_status: "approved" },
    });
  });

  test("a step's quorum is of distinct people", async () => {
    const { id, ids } = await askWithSteps([
      { name: "Peers", assigned_user_ids: [alice.id, bob.id], required_approvals: 2 },
    ]);
    expect(await alice.api.decideStep(id, must(ids[0]), vote())).toMatchObject({
      body: { status: "pending", decided_at: null, request_status: "pending" },
    });
    expect(await bob.api.decideStep(id, must(ids[0]), vote())).toMatchObject({
      body: { status: "approved", request_status: "approved" },
    });
  });
});

describe("who may vote on a step", () => {
  test("its approver, or an admin; nobody else", async () => {
    const { id, ids } = await askWithSteps([{ approver_id: alice.id }, { approver_id: alice.id }]);
    expect(await bob.api.decideStep(id, must(ids[0]), vote())).toMatchObject({ status: 403 });
    expect(await machine.api.decideStep(id, must(ids[0]), vote())).toMatchObject({ status: 403 });
    expect(await admin.api.decideStep(id, must(ids[0]), vote())).toMatchObject({
      status: 200,
      body: { decided_by: admin.id },
    });
    expect(await alice.api.decideStep(id, must(ids[1]), vote())).toMatchObject({ status: 200 });
  });

  test("whoever is in the team at the moment of the vote", async () => {
    const { id, ids } = await askWithSteps([{ assigned_team_id: team.id }]);
    expect(await alice.api.decideStep(id, must(ids[0]), vote())).toMatchObject({ status: 403 });
    expect(await bob.api.decideStep(id, must(ids[0]), vote())).toMatchObject({ status: 200 });
  });

  test("whoever has the role, or a higher one", async () => {
    const first = await askWithSteps([{ assigned_role: "admin" }]);
    expect(await alice.api.decideStep(first.id, must(first.ids[0]), vote())).toMatchObject({
      status: 403,
    });
    expect(await admin.api.decideStep(first.id, must(first.ids[0]), vote())).toMatchObject({
      status: 200,
    });
    const second = await askWithSteps([{ assigned_role: "admin" }]);
    expect(await owner.api.decideStep(second.id, must(second.ids[0]), vote())).toMatchObject({
      status: 200,
    });
    const third = await askWithSteps([{ assigned_role: "member" }]);
    expect(await alice.api.decideStep(third.id, must(third.ids[0]), vote())).toMatchObject({
      status: 200,
    });
  });

  test("nobody on a step of another request", async () => {
    const [first, second] = [
      await askWithSteps([{ approver_id: alice.id }]),
      await askWithSteps([{ approver_id: alice.id }]),
    ];
    expect(await alice.api.decideStep(first.id, must(second.ids[0]), vote())).toMatchObject({
      status: 404,
    });
    expect(await alice.api.decideStep(first.id, nobody, vote())).toMatchObject({ status: 404 });
    expect(await alice.api.decideStep(first.id, "no-id", vote())).toMatchObject({ status: 404 });
  });
});

describe("replacing", () => {
  test("puts the new steps in place of all old ones", async () => {
    const { id, ids } = await askWithSteps([{ approver_id: alice.id }, { approver_id: bob.id }]);
    const { body } = await machine.api.setSteps(id, [{ approver_id: owner.id }]);
    expect((await machine.api.steps(id)).body.data).toEqual(body.data);
    expect(body.data).toHaveLength(1);
    expect(await alice.api.decideStep(id, must(ids[0]), vote())).toMatchObject({ status: 404 });
    expect((await machine.api.get(id)).body.required_approvals).toBe(1);
  });

  test("is for what asked, and no admin, while the request is pending", async () => {
    const { id } = await ask();
    expect(await alice.api.setSteps(id, [{ approver_id: alice.id }])).toMatchObject({
      status: 403,
    });
    expect(await admin.api.setSteps(id, [{ approver_id: alice.id }])).toMatchObject({
      status: 403,
      error: { details: { reason: "asked_through_another" } },
    });
    await machine.api.cancel(id);
    expect(await machine.api.setSteps(id, [{ approver_id: alice.id }])).toMatchObject({
      status: 409,
    });
  });
});

test("a request without steps lists none", async () => {
  const { id } = await ask();
  expect(await machine.api.steps(id)).toMatchObject({ status: 200, body: { data: [] } });
});

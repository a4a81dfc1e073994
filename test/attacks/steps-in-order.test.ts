import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { machine, alice, bob, owner } = stage;

const two = [{ approver_id: alice.id }, { approver_id: bob.id }];
const statusesOf = async (id: string) =>
  (await machine.api.steps(id)).body.data.map((step) => step.status);

/** Both ways to give a request its steps. */
const ways = {
  "with the request": async (body: Record<string, unknown>, steps: unknown[] = two) =>
    (await machine.api.create({ ...body, steps })).body.id,
  "after the request": async (body: Record<string, unknown>, steps: unknown[] = two) => {
    const { id } = (await machine.api.create(body)).body;
    expect(await machine.api.setSteps(id, steps)).toMatchObject({ status: 201 });
    return id;
  },
};

describe.each(Object.entries(ways))("steps that are sent %s", (way, ask) => {
  test("run in order, so nobody votes on the second step before the first is approved", async () => {
    const id = await ask({});
    expect(await statusesOf(id)).toEqual(["pending", "waiting"]);
    expect((await machine.api.get(id)).body.is_sequential).toBe(true);
    expect((await bob.api.approve(id)).status).toBeGreaterThanOrEqual(400);
    expect(await alice.api.approve(id)).toMatchObject({ body: { status: "pending" } });
    expect(await statusesOf(id)).toEqual(["approved", "pending"]);
    expect(await bob.api.approve(id)).toMatchObject({ body: { status: "approved" } });
  });

  test("run in order where the request says so", async () => {
    expect(await statusesOf(await ask({ is_sequential: true }))).toEqual(["pending", "waiting"]);
  });

  test("run at once where the request says is_sequential: false", async () => {
    const id = await ask({ is_sequential: false });
    expect(await statusesOf(id)).toEqual(["pending", "pending"]);
    expect((await machine.api.get(id)).body.is_sequential).toBe(false);
  });

  test("run at once where they have the same order", async () => {
    const steps = two.map((step) => ({ ...step, step_order: 1 }));
    expect(await statusesOf(await ask({}, steps))).toEqual(["pending", "pending"]);
  });

  test("run as the template says, where the request doesn't", async () => {
    for (const isSequential of [true, false]) {
      const template = await owner.api.call<{ id: string }>("POST", "/api/v1/templates", {
        body: { name: `Steps ${isSequential} ${way}`, defaults: { is_sequential: isSequential } },
      });
      expect(template.status).toBe(201);
      const id = await ask({ template_id: template.body.id });
      expect(await statusesOf(id)).toEqual(["pending", isSequential ? "waiting" : "pending"]);
    }
  });

  test("keep their order through a revision and another list of steps", async () => {
    const id = await ask({});
    expect(await machine.api.setSteps(id, [...two].reverse())).toMatchObject({ status: 201 });
    expect(await statusesOf(id)).toEqual(["pending", "waiting"]);
    expect(await machine.api.revise(id, { title: "Other" })).toMatchObject({ status: 200 });
    expect(await statusesOf(id)).toEqual(["pending", "waiting"]);
  });
});

test("steps that are sent with the request can't be bypassed: no vote counts for the whole request", async () => {
  const id = await ways["with the request"]({});
  for (const person of [owner, bob])
    expect((await person.api.approve(id)).status).toBeGreaterThanOrEqual(400);
  expect((await machine.api.get(id)).body).toMatchObject({
    status: "pending",
    current_approvals: 0,
    required_approvals: 2,
  });
});

test("named approvers without steps vote at once, unless the request says is_sequential: true", async () => {
  const people = { assigned_approvers: [alice.id, bob.id], required_approvals: 2 };
  const { id, is_sequential: isSequential } = (await machine.api.create(people)).body;
  expect(isSequential).toBe(false);
  expect(await bob.api.approve(id)).toMatchObject({ body: { status: "pending" } });
  expect(await alice.api.approve(id)).toMatchObject({ body: { status: "approved" } });
});

// "2 of 2 approvals" means two people, also where named approvers approve in order, each on a step of their own.
import { createTemplate, updateConnection } from "@sayso/core";
import { must } from "@sayso/must";
import { createOrganization, shareStage, type Answer, type TestPerson } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { signedIn } from "../pages/visitor.ts";
import { expectSound } from "../request-history.ts";
import { bodyOf, runsApi, step, user } from "../surfaces/runs/runs-api.ts";
import { signedInApi } from "./signed-in-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;

const at = (id: string, rest = "") => `/api/v1/approvals/${id}${rest}`;
const refusal = ({ status, error }: Answer) => `${status} ${String(error?.details?.reason)}`;

/** Creates an organization whose machine names Mia and Ben, where Adam and Nora are admins. */
async function openCast() {
  const organization = await createOrganization(services, server);
  const [mia, ben, adam, nora] = [
    await organization.addPerson({ name: "Mia" }),
    await organization.addPerson({ name: "Ben" }),
    await organization.addPerson({ name: "Adam", role: "admin" }),
    await organization.addPerson({ name: "Nora", role: "admin" }),
  ];
  const robot = await organization.addConnection();
  const ask = async (more: Record<string, unknown>) => bodyOf(await robot.api.create(more), 201).id;
  /** Returns the ids of the request's steps, by order. */
  const stepsOf = async (id: string) => bodyOf(await robot.api.steps(id)).data.map((one) => one.id);
  return { organization, owner: organization.owner, mia, ben, adam, nora, robot, ask, stepsOf };
}
type Cast = Awaited<ReturnType<typeof openCast>>;

const inOrder = (...people: TestPerson[]) => ({
  is_sequential: true,
  assigned_approvers: people.map(({ id }) => id),
});
const approveStep = (by: TestPerson, id: string, stepId: string | undefined) =>
  by.api.decideStep(id, must(stepId), { decision: "approve" });

/** Expects that a person's approval is refused by every operation, and offered by no page. */
async function expectRefused(by: TestPerson, id: string, stepId: string | undefined) {
  const { call } = await signedInApi(server.url, by);
  const now = await call<{ sequence: number }>("GET", at(id, "/your-vote"));
  expect(now.body).toMatchObject({ can_decide: false, can_delegate: false });
  const answer = await approveStep(by, id, stepId);
  expect(refusal(answer)).toBe("409 already_voted");
  expect(answer.error?.message).toMatch(/different people/);
  const { sequence } = now.body;
  expect(
    refusal(
      await call("POST", at(id, "/your-vote"), {
        body: { decision: "approve", sequence, step_id: stepId },
      }),
    ),
  ).toBe("409 already_voted");
  const many = await call<{ results: unknown[] }>("POST", "/api/v1/your-votes", {
    body: { votes: [{ id, sequence, step_id: stepId }], decision: "approve" },
  });
  expect(many.body.results).toMatchObject([{ success: false }]);
  expect((await by.api.approve(id)).status).toBe(409);
  const batch = await by.api.batch({ ids: [id], decision: "approve" });
  expect(batch.body.results).toMatchObject([{ success: false }]);
  const visitor = await signedIn(server.url, by);
  expect((await visitor.get(`/requests/${id}?plain=1`)).html).toContain(
    "You can't vote on this request.",
  );
  await visitor.post(`/requests/${id}/decision`, { decision: "approve", step_id: must(stepId) });
  const inbox = await call("GET", "/api/v1/inbox", { query: { page_size: 100 } });
  expect(JSON.stringify(inbox.body)).not.toContain(id);
  expect((await by.api.get(id)).body).toMatchObject({ status: "pending", current_approvals: 1 });
}

describe("two approvals of named people in order", () => {
  const ways: Record<string, (cast: Cast) => Promise<string>> = {
    "of a request": ({ ask, mia, ben }) => ask(inOrder(mia, ben)),
    "of a request that needs two of three": ({ ask, mia, ben, owner }) =>
      ask({ ...inOrder(mia, ben, owner), required_approvals: 2 }),
    "of a template": async ({ ask, owner, mia, ben }) => {
      const { id: template_id } = await createTemplate(owner.context, {
        name: "Payments",
        defaults: { assignedApprovers: [mia.id, ben.id], isSequential: true },
      });
      return ask({ template_id });
    },
    "of a connection that needs all": async ({ ask, owner, robot, mia, ben }) => {
      await updateConnection(owner.context, robot.id, { approversNeeded: "all" });
      return ask(inOrder(mia, ben));
    },
  };
  test.each(Object.entries(ways))("%s are not one admin's twice", async (_way, asked) => {
    const cast = await openCast();
    const { adam, ben, robot, stepsOf } = cast;
    const id = await asked(cast);
    const [first, second] = await stepsOf(id);
    expect((await approveStep(adam, id, first)).status).toBe(200);
    await expectRefused(adam, id, second);
    expect((await ben.api.approve(id)).body).toMatchObject({ status: "approved" });
    expect((await robot.api.get(id)).body).toMatchObject({ current_approvals: 2 });
    await expectSound(services, id);
  });

  test("are not one person's who is named, and approved in another's place before", async () => {
    const { ask, stepsOf, mia, adam, nora } = await openCast();
    const id = await ask(inOrder(mia, adam));
    const [first, second] = await stepsOf(id);
    expect((await approveStep(adam, id, first)).status).toBe(200);
    await expectRefused(adam, id, second);
    // The vote that Adam can't cast is not his to give away.
    expect(refusal(await adam.api.delegate(id, { to_user_id: nora.id }))).toBe("409 already_voted");
    expect((await approveStep(nora, id, second)).status).toBe(200);
    expect((await mia.api.get(id)).body).toMatchObject({ status: "approved" });
    await expectSound(services, id);
  });

  test("are not one approver's to whom the other delegates", async () => {
    const { ask, mia, ben, adam } = await openCast();
    const id = await ask(inOrder(mia, ben));
    const give = (from: TestPerson, to: TestPerson) => from.api.delegate(id, { to_user_id: to.id });
    expect(refusal(await give(mia, ben))).toBe("409 not_eligible");
    expect((await mia.api.approve(id)).status).toBe(200);
    expect(refusal(await give(ben, mia))).toBe("409 not_eligible");
    // Neither by way of a third person.
    expect((await give(ben, adam)).status).toBe(200);
    expect(refusal(await give(adam, mia))).toBe("409 not_eligible");
    expect(refusal(await mia.api.approve(id))).toBe("409 no_active_step");
    expect((await adam.api.approve(id)).body).toMatchObject({ status: "approved" });
    await expectSound(services, id);
  });

  test("are not one person's after a revision either, which begins them anew", async () => {
    const { ask, stepsOf, robot, mia, ben, adam } = await openCast();
    const id = await ask(inOrder(mia, ben));
    const [first, second] = await stepsOf(id);
    expect((await approveStep(adam, id, first)).status).toBe(200);
    bodyOf(await robot.api.revise(id, { title: "Deploy v3" }));
    expect((await approveStep(adam, id, first)).status).toBe(200);
    await expectRefused(adam, id, second);
    await expectSound(services, id);
  });

  test("end with a rejection by an admin who approved before", async () => {
    const { ask, stepsOf, mia, ben, adam } = await openCast();
    const id = await ask(inOrder(mia, ben));
    const [first, second] = await stepsOf(id);
    expect((await approveStep(adam, id, first)).status).toBe(200);
    const rejected = await adam.api.decideStep(id, must(second), { decision: "reject" });
    expect(rejected.status).toBe(200);
    expect((await mia.api.get(id)).body.status).toBe("rejected");
    await expectSound(services, id);
  });
});

test("steps that somebody wrote out for two people become one person's by no delegation", async () => {
  const { robot, ask, mia, ben, nora } = await openCast();
  const id = await ask({});
  const steps = [mia, ben].map((one, i) => ({ approver_id: one.id, step_order: i + 1 }));
  bodyOf(await robot.api.setSteps(id, steps), 201);
  expect(refusal(await mia.api.delegate(id, { to_user_id: ben.id }))).toBe("409 not_eligible");
  expect((await mia.api.delegate(id, { to_user_id: nora.id })).status).toBe(200);
});

describe("steps that somebody wrote out can be one person's", () => {
  const bothByAdam = async ({ adam, stepsOf }: Cast, id: string) => {
    const [first, second] = await stepsOf(id);
    expect((await approveStep(adam, id, first)).status).toBe(200);
    expect((await approveStep(adam, id, second)).status).toBe(200);
    expect((await adam.api.get(id)).body.status).toBe("approved");
    await expectSound(services, id);
  };

  test("with the request, or in place of a quorum before the first vote", async () => {
    const cast = await openCast();
    const { ask, robot, adam, mia, ben } = cast;
    const steps = [
      { approver_id: adam.id, step_order: 1 },
      { approver_id: adam.id, step_order: 2 },
    ];
    await bothByAdam(cast, await ask({ steps, is_sequential: true }));
    const id = await ask(inOrder(mia, ben));
    bodyOf(await robot.api.setSteps(id, steps), 201);
    await bothByAdam(cast, id);
  });

  test("and the steps of a flow; one for all needs each of its people", async () => {
    const cast = await openCast();
    const { organization, robot, mia, ben, adam, stepsOf } = cast;
    const runs = runsApi(server.url, organization.id, `AccessKey ${robot.key}`);
    const start = async (...steps: ReturnType<typeof step>[]) => {
      const flow = bodyOf(await runs.createFlow({ steps }), 201);
      return bodyOf(await runs.start(flow.id, { previousObject: {}, object: { price: 1 } }), 201)
        .id;
    };
    await bothByAdam(cast, await start(step("any", user(mia)), step("any", user(ben))));
    const id = await start(step("all", user(mia), user(ben)));
    const [only] = await stepsOf(id);
    expect((await mia.api.approve(id)).status).toBe(200);
    expect(refusal(await mia.api.approve(id))).toBe("409 already_voted");
    expect(refusal(await ben.api.delegate(id, { to_user_id: mia.id }))).toBe("409 not_eligible");
    expect((await approveStep(adam, id, only)).status).toBe(403);
    expect((await ben.api.approve(id)).body.status).toBe("approved");
  });
});

// A machine votes as a person who is named, in the team, or anybody, and never by the rank of its person.
import { api, createOrganization, shareStage, type Api, type TestPerson } from "@sayso/testkit";
import { must } from "@sayso/must";
import { afterAll, describe, expect, test } from "vitest";
import { connect, registerApp } from "../oauth/app.ts";
import { signedInApi } from "./signed-in-api.ts";
import { changesApi } from "../surfaces/changes/changes-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;

const organization = await createOrganization(services, server);
const { owner } = organization;
const [mia, ben] = [
  await organization.addPerson({ name: "Mia" }),
  await organization.addPerson({ name: "Ben" }),
];
const asker = await organization.addConnection({ by: owner });
const team = await organization.addTeam("Finance", [owner]);
const connection = await organization.addConnection({ by: owner, canDecide: true });
const own = await organization.addConnection({ by: owner, canDecide: true, canDecideOwn: true });
const app = await registerApp(organization);
const EVERYTHING = app.client.scopes.join(" ");
const appToken = await connect(server.url, owner, app, { scope: EVERYTHING });

/** Every kind of machine that votes in the owner's name. */
const machines: [string, Api][] = [
  ["a connection that votes", connection.api],
  ["a connection that votes also on its own requests", own.api],
  ["an app in the owner's name", api(server.url, appToken.access)],
];
const people: [string, () => Promise<Api["call"]>][] = [
  ["the owner, signed in", async () => (await signedInApi(server.url, owner)).call],
  ["the owner's personal token", () => Promise.resolve(owner.api.call)],
];

const at = (id: string, rest = "") => `/api/v1/approvals/${id}${rest}`;
const approve = { decision: "approve" } as const;
const status = async (id: string) => (await owner.api.get(id)).body.status;
const asked = async (by: Pick<TestPerson, "api"> = asker, more: Record<string, unknown> = {}) => {
  const answer = await by.api.create(more);
  expect(answer.status).toBe(201);
  return answer.body.id;
};
/** Creates a request with one step, and returns the ids of both. */
async function inSteps(step: Record<string, unknown>): Promise<[id: string, step: string]> {
  const id = await asked();
  const { body } = await asker.api.setSteps(id, [step]);
  return [id, must(body.data[0]).id];
}

describe.each(machines)("%s", (_, machine) => {
  test("doesn't vote in place of the people whom a request names", async () => {
    const id = await asked(asker, { assigned_approvers: [mia.id] });
    for (const answer of [
      await machine.approve(id),
      await machine.reject(id),
      await machine.call("POST", at(id, "/your-vote"), { body: { ...approve, sequence: 1 } }),
    ])
      expect(answer).toMatchObject({ status: 403, error: { details: { reason: "not_eligible" } } });
    const { body } = await machine.batch({ ids: [id], decision: "approve" });
    expect(body.results).toMatchObject([{ success: false }]);
    expect(await status(id)).toBe("pending");
  });

  test.each([
    ["of others", { approver_id: mia.id }],
    ["for owners", { assigned_role: "owner" }],
    ["for admins", { assigned_role: "admin" }],
  ])("doesn't vote on a step %s, named or not", async (_of, step) => {
    const [id, stepId] = await inSteps(step);
    expect(await machine.decideStep(id, stepId, approve)).toMatchObject({ status: 403 });
    expect((await machine.decideStep(id, stepId, { decision: "reject" })).status).toBe(403);
    expect((await machine.approve(id)).status).toBe(409);
    expect(await status(id)).toBe("pending");
  });

  test("doesn't decide the admins' stage of a change", async () => {
    const { body } = await changesApi(mia.api).propose({ entityId: `qr_${Math.random()}` });
    expect(await changesApi(machine).approve(body.id)).toMatchObject({
      status: 403,
      error: { details: { reason: "not_eligible", required_role: "admin" } },
    });
    expect((await changesApi(machine).reject(body.id)).status).toBe(403);
    expect(await status(body.id)).toBe("pending");
  });

  test("votes where its person is named, in the team, or where anybody may", async () => {
    for (const more of [
      {},
      { assigned_approvers: [owner.id, ben.id] },
      { assigned_team_id: team.id },
    ])
      expect((await machine.approve(await asked(asker, more))).body.status).toBe("approved");
    for (const step of [
      { approver_id: owner.id },
      { assigned_team_id: team.id },
      { assigned_role: "member" },
    ]) {
      const [id, stepId] = await inSteps(step);
      expect((await machine.decideStep(id, stepId, approve)).status).toBe(200);
      expect(await status(id)).toBe("approved");
    }
    const { body } = await changesApi(mia.api).propose({
      entityId: `qr_${Math.random()}`,
      stages: [{ stageName: "look", requiredRole: "editor" }],
    });
    expect((await changesApi(machine).approve(body.id)).body).toMatchObject({ status: "approved" });
  });
});

describe.each(people)("%s", (_, open) => {
  test("votes as an admin where others are asked, as before", async () => {
    const call = await open();
    const id = await asked(asker, { assigned_approvers: [mia.id] });
    expect((await call("PATCH", at(id), { body: approve })).status).toBe(200);
    const [inStep, stepId] = await inSteps({ assigned_role: "owner" });
    expect((await call("PATCH", at(inStep, `/steps/${stepId}`), { body: approve })).status).toBe(
      200,
    );
  });
});

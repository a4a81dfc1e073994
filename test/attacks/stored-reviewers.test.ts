// Flows and templates store the reviewers. They never need fewer approvals because somebody left.
import {
  createTemplate,
  deleteTeam,
  removeMember,
  setTeamMembers,
  type TemplateDefaults,
} from "@sayso/core";
import { createOrganization, shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { bodyOf, runsApi, step, team, user } from "../surfaces/runs/runs-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;

async function open() {
  const organization = await createOrganization(services, server);
  const { owner } = organization;
  const [adam, hal] = [
    await organization.addPerson({ name: "Adam" }),
    await organization.addPerson({ name: "Hal" }),
  ];
  const crew = await organization.addTeam("Crew", [hal]);
  const robot = await organization.addConnection();
  const runs = runsApi(server.url, organization.id, `AccessKey ${robot.key}`);
  const makeFlow = async (...steps: ReturnType<typeof step>[]) =>
    bodyOf(await runs.createFlow({ steps }), 201).id;
  return { organization, owner, adam, hal, crew, robot, runs, makeFlow };
}

/** Deletes a team that flows still name, as an earlier version or a restored copy could have done. */
const loseTeam = (id: string) => services.sql("delete from teams where id = $1", [id]);

const isRefused = (field: string, message: RegExp) => ({
  status: 400,
  body: {
    message: expect.stringMatching(message) as string,
    details: { fields: [{ field }] },
  },
});

describe("a flow that names whoever is gone starts nothing until it is revised", () => {
  test.each(["all", "any"] as const)("%s of people, one of whom was removed", async (type) => {
    const { owner, adam, hal, runs, makeFlow } = await open();
    const flow = await makeFlow(step("any", user(adam)), step(type, user(adam), user(hal)));
    expect((await runs.start(flow)).status).toBe(201);
    await removeMember(owner.context, hal.id);
    expect(await runs.start(flow)).toMatchObject(
      isRefused("steps.1.reviewers.1.id", /is not a person of this organization.*revise the flow/),
    );
    expect((await runs.listRuns(flow)).body.results).toHaveLength(1);
    const steps = [step("any", user(adam))];
    expect((await runs.updateFlow(flow, { steps })).status).toBe(200);
    expect((await runs.start(flow)).status).toBe(201);
  });

  test.each(["all", "any"] as const)(
    "%s of a person and teams, one of which is gone",
    async (type) => {
      const { organization, adam, crew, runs, makeFlow } = await open();
      const others = await organization.addTeam("Others", [adam]);
      const flow = await makeFlow(step(type, user(adam), team(others), team(crew)));
      await loseTeam(crew.id);
      expect(await runs.start(flow)).toMatchObject(
        isRefused("steps.0.reviewers.2.id", /is not a team of this organization.*revise the flow/),
      );
    },
  );

  test("all of a person and a team in which nobody may approve any more", async () => {
    const { owner, adam, crew, runs, makeFlow } = await open();
    const flow = await makeFlow(step("all", user(adam), team(crew)));
    await setTeamMembers(owner.context, crew.id, []);
    expect(await runs.start(flow)).toMatchObject(
      isRefused("steps.0.reviewers.1.id", /nobody in the team.*may approve/),
    );
  });
});

test("a team that a flow asks stays until the flow asks another, or is deleted", async () => {
  const { owner, adam, crew, runs, makeFlow } = await open();
  const flow = await makeFlow(step("any", user(adam)), step("all", user(adam), team(crew)));
  const other = await makeFlow(step("any", team(crew)));
  await expect(deleteTeam(owner.context, crew.id)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/^The flow "Price changes" asks this team/) as string,
  });
  await runs.updateFlow(flow, { steps: [step("any", user(adam))] });
  await expect(deleteTeam(owner.context, crew.id)).rejects.toMatchObject({ code: "conflict" });
  await runs.deleteFlow(other);
  await deleteTeam(owner.context, crew.id);
});

describe("a template that names whoever is gone asks nobody until it is revised", () => {
  type There = Awaited<ReturnType<typeof open>>;
  test.each<[string, (there: There) => TemplateDefaults, string]>([
    [
      "side by side",
      ({ adam, hal }) => ({ assignedApprovers: [adam.id, hal.id] }),
      "assigned_approvers",
    ],
    [
      "one after the other",
      ({ adam, hal }) => ({ assignedApprovers: [hal.id, adam.id], isSequential: true }),
      "assigned_approvers",
    ],
    ["as a team", ({ crew }) => ({ assignedTeamId: crew.id }), "assigned_team_id"],
  ])("%s", async (_, defaultsOf, field) => {
    const there = await open();
    const { owner, hal, crew, robot } = there;
    const defaults = defaultsOf(there);
    const { id } = await createTemplate(owner.context, { name: "Ask them", defaults });
    expect((await robot.api.create({ template_id: id })).status).toBe(201);
    await removeMember(owner.context, hal.id);
    await loseTeam(crew.id);
    const answer = await robot.api.create({ template_id: id });
    expect(answer).toMatchObject({
      status: 400,
      error: {
        message: expect.stringMatching(/of this organization.*template.*ask an admin/) as string,
        details: { fields: [{ field }] },
      },
    });
  });
});

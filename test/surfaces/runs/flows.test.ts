// Flows: the reviewers of each kind of change, and the people who can set them.
import { createOrganization, shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { bodyOf, runsApi, step, team, user } from "./runs-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, alice, bob, owner, machine, server, services } = stage;
const as = (token: string) => runsApi(server.url, organization.id, `AccessKey ${token}`);
const [byAlice, byBob, byOwner, byMachine] = [alice.token, bob.token, owner.token, machine.key].map(
  as,
) as [ReturnType<typeof as>, ReturnType<typeof as>, ReturnType<typeof as>, ReturnType<typeof as>];
const finance = await organization.addTeam("Finance", [alice, bob]);
const theirs = await createOrganization(services, server);
const theirTeam = await theirs.addTeam("Theirs", [theirs.owner]);

const make = async (more: Record<string, unknown> = {}, by = byAlice) =>
  bodyOf(await by.createFlow({ steps: [step("any", user(alice))], ...more }), 201);

test("a flow is what it was made of, owned by whoever made it or answers for the machine that did", async () => {
  const given = {
    name: "Refunds",
    description: "Finance looks at each",
    objectType: "refund",
    objectAction: "create",
    tags: [{ key: "area", value: "money" }],
    steps: [
      { ...step("any", user(alice), team(finance)), message: "Is the sum right?" },
      { ...step("all", team(finance)), message: null },
    ],
    workspaceId: "123e4567-e89b-12d3-a456-426614174000",
  };
  const flow = await make(given);
  expect(flow).toMatchObject({
    ...given,
    ownerId: alice.id,
    organizationId: organization.id,
    status: "active",
  });
  expect(bodyOf(await byBob.getFlow(flow.id))).toEqual(flow);
  expect((await make({}, byMachine)).ownerId).toBe(owner.id);
});

describe("a flow is refused, and nothing is made of it,", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["without a name", { name: undefined }, "name"],
    ["without a description", { description: undefined }, "description"],
    ["without an object type", { objectType: " " }, "objectType"],
    ["for an unknown action", { objectAction: "archive" }, "objectAction"],
    ["without steps", { steps: [] }, "steps"],
    ["with a step of nobody", { steps: [{ type: "any", reviewers: [] }] }, "steps.0.reviewers"],
    [
      "with a step of an unknown type",
      { steps: [step("most" as "any", user(alice))] },
      "steps.0.type",
    ],
    [
      "with a reviewer of another organization",
      { steps: [step("any", user(alice), user(theirs.owner))] },
      "steps.0.reviewers.1.id",
    ],
    [
      "with a team of another organization",
      { steps: [step("any", user(alice)), step("all", team(theirTeam))] },
      "steps.1.reviewers.0.id",
    ],
    [
      "with a person named as a team",
      { steps: [step("any", team(alice))] },
      "steps.0.reviewers.0.id",
    ],
    ["with a tag without a key", { tags: [{ key: "", value: "x" }] }, "tags.0.key"],
  ])("%s: 400 that names the field", async (_, more, field) => {
    const countFlows = () =>
      services.sql<{ count: number }>("select count(*)::int as count from flows");
    const before = await countFlows();
    const answer = await byAlice.createFlow({ steps: [step("any", user(alice))], ...more });
    expect(answer.status).toBe(400);
    expect(answer.body.details?.fields?.map((fault) => fault.field)).toEqual([field]);
    expect(await countFlows()).toEqual(before);
  });
});

describe("changing and deleting a flow", () => {
  test("is for its owner, a machine of theirs, and admins", async () => {
    const flow = await make();
    for (const by of [byBob, byMachine]) {
      expect((await by.updateFlow(flow.id, { name: "Mine" })).status).toBe(403);
      expect((await by.deleteFlow(flow.id)).status).toBe(403);
    }
    expect(bodyOf(await byAlice.getFlow(flow.id))).toEqual(flow);
    expect(bodyOf(await byAlice.updateFlow(flow.id, { name: "By Alice" })).name).toBe("By Alice");
    expect(bodyOf(await byOwner.deleteFlow(flow.id)).status).toBe("deleted");
    const ofMachine = await make({}, byMachine);
    expect((await byMachine.updateFlow(ofMachine.id, { name: "By machine" })).status).toBe(200);
  });

  test("changes what is given and nothing else", async () => {
    const flow = await make({ tags: [{ key: "a", value: "b" }] });
    const changed = bodyOf(
      await byAlice.updateFlow(flow.id, { description: "New", steps: [step("all", user(bob))] }),
    );
    expect(changed).toMatchObject({
      ...flow,
      description: "New",
      steps: [{ ...step("all", user(bob)), message: null }],
      updatedAt: expect.any(String) as string,
    });
    expect((await byAlice.updateFlow(flow.id, {})).status).toBe(400);
    expect((await byAlice.updateFlow(flow.id, { steps: [] })).status).toBe(400);
  });

  test("lets what has begun go on as it began", async () => {
    const flow = await make();
    const run = bodyOf(await byMachine.start(flow.id), 201);
    await byAlice.updateFlow(flow.id, { steps: [step("any", user(bob))] });
    await byAlice.deleteFlow(flow.id);
    expect((await byBob.review(flow.id, run.id, "approved")).status).toBe(409);
    expect(bodyOf(await byAlice.review(flow.id, run.id, "approved")).status).toBe("approved");
    expect(await byMachine.start(flow.id)).toMatchObject({
      status: 409,
      body: { code: "invalid_state" },
    });
    expect((await byAlice.updateFlow(flow.id, { name: "Again" })).status).toBe(409);
  });

  test("is told of in the organization's events", async () => {
    const flow = await make();
    await byAlice.updateFlow(flow.id, { name: "Changed" });
    await byAlice.deleteFlow(flow.id);
    const events = await services.sql<{ type: string }>(
      "select type from events where data ->> 'flow_id' = $1 order by created_at, id",
      [flow.id],
    );
    expect(events.map(({ type }) => type)).toEqual([
      "flow.created",
      "flow.updated",
      "flow.deleted",
    ]);
  });
});

describe("the list of flows", async () => {
  const at = "listed";
  const first = await make({ objectType: at, tags: [{ key: "area", value: "sales:eu" }] });
  const second = await make({
    objectType: at,
    objectAction: "delete",
    tags: [
      { key: "area", value: "money" },
      { key: "urgent", value: "yes" },
    ],
  });
  const gone = await make({ objectType: at });
  await byAlice.deleteFlow(gone.id);
  const idsOf = async (query: Record<string, string | number>) => {
    const { results } = bodyOf(await byBob.listFlows({ objectType: at, ...query }));
    return results.map(({ id }) => id);
  };

  test.each<[string, Record<string, string | number>, string[]]>([
    ["newest first, those that are active", {}, [second.id, first.id]],
    ["oldest first, where asked", { reverse: "true" }, [first.id, second.id]],
    ["those that are deleted, where asked", { status: "deleted" }, [gone.id]],
    ["by action", { objectAction: "delete" }, [second.id]],
    ["by a tag", { tags: "area:money" }, [second.id]],
    ["by a tag whose value has a colon", { tags: "area:sales:eu" }, [first.id]],
    ["by a tag's key", { tags: "area" }, [second.id, first.id]],
    ["by several tags, all of them", { tags: "area:money, urgent:yes" }, [second.id]],
    ["by several tags that no flow has together", { tags: "area:sales:eu,urgent" }, []],
    ["by a value that is none", { tags: "area:mon" }, []],
  ])("gives %s", async (_, query, ids) => {
    expect(await idsOf(query)).toEqual(ids);
  });

  test("holds the flow of what no flow began, which nobody may change", async () => {
    const rest = bodyOf(await byBob.listFlows({ objectType: "request" })).results;
    expect(rest).toMatchObject([{ id: organization.id, ownerId: null, steps: [] }]);
    expect((await byOwner.updateFlow(organization.id, { name: "Mine" })).status).toBe(409);
    expect((await byOwner.deleteFlow(organization.id)).status).toBe(409);
  });

  test.each<[string, Record<string, string>]>([
    ["a status", { status: "archived" }],
    ["an action", { objectAction: "archive" }],
    ["an order", { reverse: "maybe" }],
    ["tags", { tags: ":x" }],
    ["a token", { pageToken: "made up" }],
  ])("of %s that can't be is a 400", async (_, query) => {
    expect((await byBob.listFlows(query)).status).toBe(400);
  });
});

test("an organization is the same in upper case", async () => {
  const upper = runsApi(server.url, organization.id.toUpperCase(), `AccessKey ${owner.token}`);
  expect((await upper.listFlows()).status).toBe(200);
});

describe("what another organization has", async () => {
  const theirConnection = await theirs.addConnection();
  const asThem = runsApi(server.url, theirs.id, `AccessKey ${theirConnection.key}`);
  const theirFlow = bodyOf(
    await asThem.createFlow({ steps: [step("any", user(theirs.owner))] }),
    201,
  ).id;
  const theirRun = bodyOf(await asThem.start(theirFlow), 201).id;
  const nobody = "01234567-89ab-7def-8123-456789abcdef";

  test.each<[string, (flow: string, run: string) => ReturnType<typeof byOwner.send>]>([
    ["a flow", (flow) => byOwner.getFlow(flow)],
    ["a flow to change", (flow) => byOwner.updateFlow(flow, { name: "Mine" })],
    ["a flow to delete", (flow) => byOwner.deleteFlow(flow)],
    ["runs", (flow) => byOwner.listRuns(flow)],
    ["a flow to start", (flow) => byOwner.start(flow)],
    ["a run", (flow, run) => byOwner.getRun(flow, run)],
    ["a run of the rest", (_, run) => byOwner.getRun(organization.id, run)],
    ["a run to review", (flow, run) => byOwner.review(flow, run, "approved")],
  ])("(%s) is as unknown as what doesn't exist", async (_, send) => {
    const [foreign, missing] = [await send(theirFlow, theirRun), await send(nobody, nobody)];
    expect(foreign.status).toBe(404);
    expect(foreign.body).toEqual(missing.body);
  });
});

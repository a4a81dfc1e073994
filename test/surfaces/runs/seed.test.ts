// The examples of the documentation of the runs API that Sayso imitates, as data of our own. `node
// test/surfaces/runs/seed-replay.ts --seed FILE` replays the document itself.
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { connect, registerApp } from "../../oauth/app.ts";
import { bodyOf, runsApi, step, user } from "./runs-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, alice, bob, server } = stage;

const app = await registerApp(organization);
const { access } = await connect(server.url, bob, app, {
  scope: "flows:read flows:write",
  resource: `${server.url}/organizations`,
});
/** Sends `Authorization: Bearer jwt`, as the documentation does. */
const client = runsApi(server.url, organization.id, `Bearer ${access}`);
const reviewer = runsApi(server.url, organization.id, `Bearer ${alice.token}`);
const flow = bodyOf(
  await client.createFlow({
    steps: [step("any", user(alice))],
    tags: [{ key: "text", value: "text" }],
  }),
  201,
);
const started = bodyOf(
  await client.start(flow.id, { previousObject: { price: 10 }, object: { price: 12 } }),
  201,
);

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const documented = {
  id: started.id,
  approvalFlowId: flow.id,
  organizationId: organization.id,
  workspaceId: organization.id,
  status: "pending",
  activeStep: 1,
  previousObject: { price: 10 },
  object: { price: 12 },
  invoker: { type: "user", id: bob.id },
  tags: [{ key: "text", value: "text" }],
  results: [],
  createdAt: expect.stringMatching(instant) as string,
  updatedAt: expect.stringMatching(instant) as string,
};

test("a run that was started is the documented run, with what differs beside it", () => {
  expect(started).toEqual({
    ...documented,
    difference: [{ path: "/price", before: 10, after: 12 }],
  });
});

test("GET …/runs/{approvalRunId}: the run", async () => {
  expect(bodyOf(await client.getRun(flow.id, started.id))).toEqual(started);
});

test("GET …/runs: the runs in results, and no token where there are no more", async () => {
  expect(bodyOf(await client.listRuns(flow.id))).toEqual({ results: [documented] });
});

test("POST …/results: the result with who gave it, and the status approved", async () => {
  const reviewed = bodyOf(await reviewer.review(flow.id, started.id, "approved", "Go ahead"));
  expect(reviewed).toEqual({
    ...documented,
    status: "approved",
    results: [
      {
        reviewer: { type: "user", id: alice.id },
        result: "approved",
        comment: "Go ahead",
        via: expect.objectContaining({ kind: "token" }) as unknown,
      },
    ],
    difference: started.difference,
  });
  expect(bodyOf(await client.getRun(flow.id, started.id))).toEqual(reviewed);
});

describe("a list", () => {
  test.each([0, 101, -1, 1.5, "all"])("of %s results is a 400 that names limit", async (limit) => {
    const answer = await client.listRuns(flow.id, { limit });
    expect(answer.status).toBe(400);
    expect(answer.body.details?.fields?.[0]?.field).toBe("limit");
  });

  test("holds ten results by default, a hundred at most, newest first", async () => {
    const made = [];
    for (let i = 0; i < 12; i++) made.unshift(bodyOf(await client.start(flow.id), 201).id);
    const first = bodyOf(await client.listRuns(flow.id));
    expect(first.results.map(({ id }) => id)).toEqual(made.slice(0, 10));
    expect(bodyOf(await client.listRuns(flow.id, { limit: 100 })).results).toHaveLength(13);
    const second = bodyOf(await client.listRuns(flow.id, { pageToken: first.nextPageToken }));
    expect(second.results.map(({ id }) => id)).toEqual([...made.slice(10), started.id]);
    expect(second).not.toHaveProperty("nextPageToken");
  });
});

const nobody = "123e4567-e89b-12d3-a456-426614174000";
describe.each<[string, string, string]>([
  ["an organization", nobody, `/${flow.id}/runs`],
  ["an organization that can't be one", "acme", `/${flow.id}/runs`],
  ["a flow", organization.id, `/${nobody}/runs`],
  ["a flow that can't be one", organization.id, "/text/runs"],
  ["a run", organization.id, `/${flow.id}/runs/${nobody}`],
  ["a run of another flow", organization.id, `/${organization.id}/runs/${started.id}`],
  ["an address", organization.id, "/a/b/c/d"],
])("%s that isn't there", (_, organizationId, path) => {
  test("is a 404 in JSON", async () => {
    const answer = await runsApi(server.url, organizationId, `Bearer ${access}`).send("GET", path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    expect(answer.body).toMatchObject({
      code: "not_found",
      message: expect.stringMatching(/./) as string,
    });
  });
});

test("without a credential is a 401, with a method that isn't there a 405, both in JSON", async () => {
  const stranger = runsApi(server.url, organization.id, null);
  expect(await stranger.listRuns(flow.id)).toMatchObject({
    status: 401,
    body: { code: "unauthenticated" },
  });
  expect(await client.send("PUT", `/${flow.id}`)).toMatchObject({
    status: 405,
    body: { code: "method_not_allowed" },
  });
});

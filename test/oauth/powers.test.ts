// The rights of an app: those of the person who allowed it, within its scopes and its connection's limits, and no more.
import { createClient, createTemplate, updateConnection, updateMember } from "@sayso/core";
import { must } from "@sayso/must";
import { api, createOrganization, type Api } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { changesApi } from "../surfaces/changes/changes-api.ts";
import { connect, openReplicas, post, REDIRECT_URI, registerApp, type App } from "./app.ts";
import { hashOf } from "./traces.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { services, here, there, organization, ada, app } = replicas;
const { context, owner } = organization;
const ALL = app.client.scopes.join(" ");

/** The API that an app calls in this person's name, with every scope. */
const through = async (own: App, person = ada, url = there): Promise<Api> =>
  api(url, (await connect(here, person, own, { scope: ALL })).access);
const byItself = async (own: App, url = there): Promise<Api> =>
  api(
    url,
    must(
      (await post(here, "token", own, { grant_type: "client_credentials", scope: ALL })).body
        .access_token,
    ),
  );
const registerRobot = () =>
  registerApp(organization, { name: "Robot", redirectUris: [], allowsClientCredentials: true });

describe("an app in a person's name", () => {
  test("asks as them, through its own connection, and the trail says so", async () => {
    const { body } = await (await through(app)).create({ title: "From an app" });
    expect(body).toMatchObject({ created_by: ada.id, connection_id: app.client.connectionId });
    const [event] = await services.sql(
      "select actor_kind, actor_id from events where request_id = $1 and type = 'approval.created'",
      [body.id],
    );
    expect(event).toEqual({ actor_kind: "person", actor_id: ada.id });
  });

  test("votes and comments as them", async () => {
    const { body } = await owner.api.create();
    const adas = await through(app);
    expect((await adas.comment(body.id, "Looks fine")).status).toBe(201);
    expect((await adas.approve(body.id)).body).toMatchObject({
      status: "approved",
      decided_by: ada.id,
    });
  });

  test("has one vote with them: by app, session, token and another app it is the same person's", async () => {
    const { body } = await owner.api.create({ required_approvals: 2 });
    const [one, two] = [await through(app), await through(await registerApp(organization))];
    const answers = await Promise.all(
      [one, two, ada.api, one, two].map((each) => each.approve(body.id)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await owner.api.get(body.id)).body).toMatchObject({
      status: "pending",
      current_approvals: 1,
    });
  });

  test("is held to its connection's limits, which hold for the person only there", async () => {
    const own = await registerApp(organization);
    await updateConnection(context, own.client.connectionId, {
      allowedActionTypes: ["deploy"],
      maxPriority: "medium",
    });
    const adas = await through(own);
    expect(await adas.create({ action_type: "deploy", priority: "high" })).toMatchObject({
      status: 403,
      error: { details: { max_priority: "medium" } },
    });
    expect(await adas.create({ action_type: "pay", priority: "low" })).toMatchObject({
      status: 403,
      error: { details: { allowed_action_types: ["deploy"] } },
    });
    expect((await adas.create({ action_type: "deploy", priority: "low" })).status).toBe(201);
    expect((await ada.api.create({ action_type: "pay", priority: "high" })).status).toBe(201);
  });

  test.each(["n8n", "zapier", "make"] as const)(
    "from the preset for %s leaves out what its published client leaves out",
    async (preset) => {
      const { client, secret } = await createClient(context, {
        name: preset,
        preset,
        redirectUris: [REDIRECT_URI],
      });
      const answer = await (
        await through({ client, id: client.id, secret })
      ).call("POST", "/api/v1/approvals", { body: { title: "No more than a title" } });
      expect(answer).toMatchObject({
        status: 201,
        body: { priority: "medium", description: "No description given" },
      });
      const plain = await (
        await through(app)
      ).call("POST", "/api/v1/approvals", {
        body: { title: "No more than a title" },
      });
      expect(plain.status).toBe(400);
    },
  );

  test("has a rate limit of its own for each connection, over both servers", async () => {
    const own = await registerApp(organization);
    await updateConnection(context, own.client.connectionId, { rateLimitPerHour: 30 });
    const { access } = await connect(here, ada, own);
    const calls = await Promise.all(
      Array.from({ length: 50 }, (_, i) => api(i % 2 ? here : there, access).list()),
    );
    const statuses = calls.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    expect(must(calls[0]).headers.get("x-ratelimit-limit")).toBe("30");
    const again = await connect(here, ada, own);
    expect((await api(here, again.access).list()).status).toBe(200);
    expect((await ada.api.list()).status).toBe(200);
  });

  test("loses what its person loses: a member who may no longer approve doesn't by an app", async () => {
    const person = await organization.addPerson();
    const theirs = await through(app, person);
    await updateMember(context, person.id, { canApprove: false });
    const { body } = await owner.api.create();
    await expect.poll(async () => (await theirs.approve(body.id)).status).toBe(403);
  });
});

describe("an app in an admin's name", async () => {
  const admin = await organization.addPerson({ role: "admin" });
  const admins = await through(app, admin);
  const propose = async (entityId: string, requiredRole: string) => {
    const stages = [{ stageName: "look", requiredRole }];
    return (await changesApi(owner.api).propose({ entityId, stages })).body.id;
  };

  test("leaves a stage that is for admins to the admin, by whichever door", async () => {
    const id = await propose("for-admins", "admin");
    for (const action of ["approve", "reject"] as const)
      expect(await changesApi(admins)[action](id)).toMatchObject({
        status: 403,
        error: { details: { required_role: "admin" } },
      });
    expect((await admins.approve(id)).status).toBe(409);
    expect((await admin.api.get(id)).body.status).toBe("pending");
    expect((await changesApi(admin.api).approve(id)).status).toBe(200);
  });

  test("decides a stage that is for whoever may approve", async () => {
    const id = await propose("for-all", "editor");
    expect((await changesApi(admins).approve(id)).status).toBe(200);
  });
});

describe("under four eyes (case 50)", async () => {
  const strict = await createOrganization(services, { url: here }, { fourEyes: true });
  const [bea, cem] = [await strict.addPerson({ name: "Bea" }), await strict.addPerson()];
  const own = await registerApp(strict);
  const robot = await registerApp(strict, { redirectUris: [], allowsClientCredentials: true });
  const beas = await through(own, bea);

  test("nobody approves by an app what they asked for, nor by themselves what an app asked for them", async () => {
    const [byHand, byApp] = [await bea.api.create(), await beas.create()];
    for (const [id, voter] of [
      [byHand.body.id, beas],
      [byApp.body.id, bea.api],
      [byApp.body.id, beas],
    ] as const)
      expect(await voter.approve(id)).toMatchObject({
        status: 403,
        error: { details: { reason: "own_request" } },
      });
    for (const { body } of [byHand, byApp])
      expect((await cem.api.approve(body.id)).status).toBe(200);
  });

  test("who registered the app may approve what others ask through it", async () => {
    const { body } = await beas.create();
    expect((await strict.owner.api.approve(body.id)).status).toBe(200);
  });

  test("who answers for an app that asks by itself may not", async () => {
    const { body } = await (await byItself(robot)).create();
    expect((await strict.owner.api.approve(body.id)).status).toBe(403);
    expect((await through(own, strict.owner).then((app) => app.approve(body.id))).status).toBe(403);
    expect((await beas.approve(body.id)).status).toBe(200);
  });
});

describe("an app that acts by itself", () => {
  test("is a machine: it asks for its owner, and decides only when its owner agreed to that", async () => {
    const robot = await registerRobot();
    const robots = await byItself(robot);
    const { body } = await robots.create();
    expect(body).toMatchObject({ created_by: null, connection_id: robot.client.connectionId });
    const other = await ada.api.create();
    expect(await robots.approve(other.body.id)).toMatchObject({
      status: 403,
      error: { details: { reason: "connection_cannot_decide" } },
    });
    await owner.inPerson((there) =>
      updateConnection(there, robot.client.connectionId, { canDecide: true }),
    );
    // The app's earlier token ended at that moment. The app gets another with the secret that the owner created.
    await expect.poll(async () => (await robots.approve(other.body.id)).status).toBe(401);
    expect((await (await byItself(robot)).approve(other.body.id)).status).toBe(200);
    expect((await ada.api.get(other.body.id)).body).toMatchObject({
      status: "approved",
      decided_by: owner.id,
    });
  });

  test("has no person in its answer, and no grant that anybody could see", async () => {
    const robot = await registerRobot();
    const { body } = await post(here, "token", robot, { grant_type: "client_credentials" });
    expect(Object.keys(body).sort()).toEqual(["access_token", "expires_in", "scope", "token_type"]);
    const [row] = await services.sql(
      "select kind, grant_id, organization_id from oauth_tokens where token_hash = $1",
      [hashOf(must(body.access_token))],
    );
    expect(row).toEqual({
      kind: "ClientCredentials",
      grant_id: null,
      organization_id: organization.id,
    });
  });

  test("shares its connection's limit with itself, however many tokens it has", async () => {
    const robot = await registerRobot();
    await updateConnection(context, robot.client.connectionId, { rateLimitPerHour: 10 });
    const apis = [await byItself(robot, here), await byItself(robot, there)];
    const calls = await Promise.all(Array.from({ length: 20 }, (_, i) => must(apis[i % 2]).list()));
    expect(calls.filter(({ status }) => status === 200)).toHaveLength(10);
  });
});

describe("two organizations", () => {
  test("an app of one is not offered to people of the other", async () => {
    const theirs = await createOrganization(services, { url: here });
    const them = await theirs.addPerson();
    await expect(connect(here, them, app)).rejects.toThrow(/Another organization's app|no form/);
    const [row] = await services.sql<{ n: number }>(
      "select count(*)::int as n from oauth_grants where person_id = $1",
      [them.id],
    );
    expect(row?.n).toBe(0);
  });

  test("what is asked for through an app stays in its person's organization", async () => {
    const theirs = await createOrganization(services, { url: here });
    await createTemplate(theirs.context, { name: "Theirs" });
    const api = await through(app);
    expect((await api.create({ org_id: theirs.id })).status).toBe(400);
    const { body } = await api.create();
    expect(body.org_id).toBe(organization.id);
    expect((await theirs.owner.api.get(body.id)).status).toBe(404);
  });
});

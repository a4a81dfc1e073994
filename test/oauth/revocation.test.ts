// Cases 18 and 24 of docs/faults.md for apps: every server refuses a revoked token within a second.
import {
  changePassword,
  deleteClient,
  deleteConnection,
  disablePerson,
  enablePerson,
  listGrants,
  removeMember,
  resetPassword,
  revokeGrant,
  setPassword,
  updateConnection,
} from "@sayso/core";
import { must } from "@sayso/must";
import { api, createOrganization, until, type TestPerson } from "@sayso/testkit";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { signedIn } from "../pages/visitor.ts";
import {
  authorizePath,
  connect,
  createPkce,
  openReplicas,
  post,
  refresh,
  registerApp,
  type App,
} from "./app.ts";
import { hashOf, reasonsOf } from "./traces.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { services, here, there, organization, app } = replicas;
const { context } = organization;

/** Uses a token on both servers without a pause while `work` revokes it. Resolves when both refuse it. */
async function takeBack(token: string, work: () => Promise<unknown>): Promise<void> {
  const servers = [api(here, token), api(there, token)];
  for (const server of servers) expect((await server.list()).status).toBe(200);
  const watching = servers.map((server) =>
    until(async () => {
      const { status } = await server.list();
      expect([200, 401]).toContain(status);
      return status === 401;
    }, "the token is refused"),
  );
  await work();
  await Promise.all(watching);
}

const grantOf = async (token: string): Promise<string> =>
  must(
    (
      await services.sql<{ id: string }>(
        "select grant_id as id from oauth_tokens where token_hash = $1",
        [hashOf(token)],
      )
    )[0],
  ).id;

async function newPassword(person: TestPerson): Promise<void> {
  const { token } = await resetPassword(context, person.id);
  await setPassword(services, {
    token,
    purposes: ["password_reset"],
    password: "nine other herons",
    userAgent: null,
    address: null,
  });
}

interface Connected {
  person: TestPerson;
  app: App;
  access: string;
  grantId: string;
}

describe("a person's connection ends within a second everywhere", () => {
  const ways: [string, string | null, (connected: Connected) => Promise<unknown>][] = [
    ["they take it back", "person", ({ person, grantId }) => revokeGrant(person.context, grantId)],
    ["an admin takes it back", "admin", ({ grantId }) => revokeGrant(context, grantId)],
    ["the app is deleted", "connection_deleted", (c) => deleteClient(context, c.app.id)],
    [
      "the app's connection is deleted",
      "connection_deleted",
      (c) => deleteConnection(context, c.app.client.connectionId),
    ],
    [
      "the app's connection is switched off",
      null,
      (c) => updateConnection(context, c.app.client.connectionId, { isActive: false }),
    ],
    ["they are disabled", "person_disabled", (c) => disablePerson(context, c.person.id)],
    ["they are removed", "person_removed", (c) => removeMember(context, c.person.id)],
    ["they leave", "person_removed", (c) => removeMember(c.person.context, c.person.id)],
    ["their password is reset", "password_changed", (c) => newPassword(c.person)],
    [
      "they change their password",
      "password_changed",
      async ({ person }) =>
        changePassword(person.context, {
          currentPassword: person.password,
          newPassword: "nine other herons",
          keepSessionId: "none",
        }),
    ],
    [
      "the app gives it back",
      "client",
      ({ app: own, access }) => post(there, "revoke", own, { token: access }),
    ],
  ];

  test.each(ways)("when %s", async (_, reason, work) => {
    const [person, own] = [await organization.addPerson(), await registerApp(organization)];
    const { access, refresh: token } = await connect(here, person, own);
    const bystander = await connect(here, replicas.ada, app);
    const connected = { person, app: own, access, grantId: await grantOf(access) };
    await takeBack(access, () => work(connected));
    expect(await reasonsOf(services, token)).toEqual([reason]);
    for (const url of [here, there])
      expect((await refresh(url, own, token)).body.error).toMatch(/^invalid_(grant|client)$/);
    expect((await api(there, bystander.access).list()).status).toBe(200);
    expect((await refresh(here, app, bystander.refresh)).status).toBe(200);
  });

  test("also one that is being allowed at that very moment, in a session that a new password ends", async () => {
    const person = await organization.addPerson();
    const visitor = await signedIn(here, person);
    const { location } = await visitor.get(authorizePath(app, createPkce()));
    const fields = {
      ...(await visitor.get(must(location))).hidden(must(location)),
      answer: "allow",
    };
    const database = new pg.Client({ connectionString: replicas.server.databaseUrl });
    await database.connect();
    try {
      await database.query("begin");
      await database.query("select from people where id = $1 for update", [person.id]);
      const answering = visitor.post(must(location), fields);
      await until(
        async () =>
          (
            await services.sql(
              "select from pg_stat_activity where wait_event_type = 'Lock' and query like '%for share of p, m%'",
            )
          ).length > 0,
        "the answer waits",
      );
      await database.query("delete from sessions where person_id = $1", [person.id]);
      await database.query("commit");
      expect((await answering).status).toBe(403);
    } finally {
      await database.end();
    }
    expect(await listGrants(person.context, { whose: "own" })).toEqual([]);
  });

  test("switched on again, a connection's apps go on; a person who is enabled again has to allow them anew", async () => {
    const [person, own] = [await organization.addPerson(), await registerApp(organization)];
    const { access, refresh: token } = await connect(here, person, own);
    const { connectionId } = own.client;
    await takeBack(access, () => updateConnection(context, connectionId, { isActive: false }));
    await updateConnection(context, connectionId, { isActive: true });
    const next = await refresh(there, own, token);
    expect(next.status).toBe(200);
    await takeBack(must(next.body.access_token), () => disablePerson(context, person.id));
    await enablePerson(context, person.id);
    expect((await refresh(here, own, must(next.body.refresh_token))).status).toBe(400);
    expect((await api(there, must(next.body.access_token)).list()).status).toBe(401);
  });
});

describe("an app that acts by itself", () => {
  const register = async (by = organization.owner) => {
    const own = await registerApp(
      { ...organization, context: by.context },
      { redirectUris: [], allowsClientCredentials: true },
    );
    const form = { grant_type: "client_credentials" };
    const { body } = await post(here, "token", own, form);
    return { own, token: must(body.access_token), form };
  };

  test.each<[string, (given: { own: App; admin: TestPerson; token: string }) => Promise<unknown>]>([
    ["it is deleted", ({ own }) => deleteClient(context, own.id)],
    ["its owner is disabled", ({ admin }) => disablePerson(context, admin.id)],
    ["its owner is removed", ({ admin }) => removeMember(context, admin.id)],
    [
      "its connection is switched off",
      ({ own }) => updateConnection(context, own.client.connectionId, { isActive: false }),
    ],
    ["it gives its token back", ({ own, token }) => post(there, "revoke", own, { token })],
  ])("is refused everywhere when %s", async (_, work) => {
    const admin = await organization.addPerson({ role: "admin" });
    const { own, token } = await register(admin);
    await takeBack(token, () => work({ own, admin, token }));
  });

  test("gets no new token either when it was deleted, switched off, or nobody answers for it", async () => {
    for (const work of [
      (own: App) => deleteClient(context, own.id),
      (own: App) => updateConnection(context, own.client.connectionId, { isActive: false }),
    ]) {
      const { own, form } = await register();
      await work(own);
      expect(await post(there, "token", own, form)).toMatchObject({
        status: 401,
        body: { error: "invalid_client" },
      });
    }
    const admin = await organization.addPerson({ role: "admin" });
    const { own, form } = await register(admin);
    await disablePerson(context, admin.id);
    expect(await post(there, "token", own, form)).toMatchObject({
      status: 400,
      body: { error: "invalid_request" },
    });
  });
});

describe("who may take back what", () => {
  test("a member only their own, an admin everybody's of the organization, another organization's admin none", async () => {
    const [person, other] = [await organization.addPerson(), await organization.addPerson()];
    const { access } = await connect(here, person, app);
    const grantId = await grantOf(access);
    const theirs = await createOrganization(services, { url: here });
    for (const stranger of [other.context, theirs.context])
      await expect(revokeGrant(stranger, grantId)).rejects.toMatchObject({ code: "not_found" });
    const asApp = { ...person.context.actor, via: "oauth" } as typeof person.context.actor;
    await expect(revokeGrant({ ...person.context, actor: asApp }, grantId)).rejects.toMatchObject({
      code: "not_found",
    });
    expect((await api(there, access).list()).status).toBe(200);
    await revokeGrant(context, grantId);
    await revokeGrant(person.context, grantId);
  });

  test("a person sees their connections with scopes and last use; an admin everybody's, a member not", async () => {
    const person = await organization.addPerson();
    const { access } = await connect(here, person, app);
    const grantId = await grantOf(access);
    const own = await listGrants(person.context, { whose: "own" });
    expect(own).toMatchObject([
      {
        id: grantId,
        clientId: app.id,
        clientName: "Example app",
        personId: person.id,
        scopes: ["approvals:read", "approvals:write"],
        lastUsedAt: null,
      },
    ]);
    await expect(listGrants(person.context, { whose: "organization" })).rejects.toMatchObject({
      code: "forbidden",
    });
    expect((await listGrants(context, { whose: "organization" })).map(({ id }) => id)).toContain(
      grantId,
    );
    await api(there, access).list();
    const used = async () => (await listGrants(person.context, { whose: "own" }))[0]?.lastUsedAt;
    await expect.poll(used).toBeInstanceOf(Date);
    await revokeGrant(person.context, grantId);
    expect(await listGrants(person.context, { whose: "own" })).toEqual([]);
  });
});

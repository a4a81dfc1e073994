// A connection's votes count as a person's only while that person agreed to it, in person, and holds all of its keys.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  createClient,
  createGoalsKey,
  createGrant,
  createKey,
  createOAuthSecret,
  createTokenStore,
  deleteConnection,
  disablePerson,
  getConnection,
  removeMember,
  revokeKey,
  rotateClientSecret,
  rotateKey,
  rotateWebhookSecret,
  transferConnections,
  updateConnection,
  updateMember,
  type Context,
} from "@sayso/core";
import { must } from "@sayso/must";
import { api, shareStage, type TestPerson } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createVisitor } from "../pages/visitor.ts";
import { createAppToken } from "./app-token.ts";
import { keyOfEarlierOwner } from "./earlier-owner.ts";
import {
  actors,
  allowed,
  deeds,
  renderTable,
  type By,
  type Deed,
} from "./voting-connections.table.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, server, services, machine } = stage;
const ADMIN = organization.owner;

const sha256 = (text: string) => createHash("sha256").update(text).digest();
const makeStale = (sessionToken: string) =>
  services.sql(
    "update sessions set proven_at = now() - interval '16 minutes' where token_hash = $1",
    [sha256(sessionToken)],
  );

/** The API as the pages of this session call it. */
const asSession = (sessionToken: string) => {
  const base = api(server.url, null);
  const headers = { Cookie: `sayso_session=${sessionToken}`, Origin: new URL(server.url).origin };
  return (method: string, path: string, body?: unknown) =>
    base.call<Record<string, unknown>>(method, path, { body, headers });
};
const asBearer = (token: string) => (method: string, path: string, body?: unknown) =>
  api(server.url, token).call<Record<string, unknown>>(method, path, { body });

interface Prepared {
  id: string;
  keyId: string;
  key: string;
}

/** Creates a connection of this person with a key that they made. The connection votes unless `votes` is false. */
async function prepare(owner: TestPerson, votes = true): Promise<Prepared> {
  const { id } = await organization.addConnection();
  await services.sql("update connections set owner_id = $2 where id = $1", [id, owner.id]);
  if (votes) await owner.inPerson((there) => updateConnection(there, id, { canDecide: true }));
  const { id: keyId, key } = await owner.inPerson((there) => createKey(there, id));
  return { id, keyId, key };
}

const decides = async (id: string) =>
  must(
    (
      await services.sql<{ can_decide: boolean; can_decide_own: boolean }>(
        "select can_decide, can_decide_own from connections where id = $1",
        [id],
      )
    )[0],
  );

describe("every cell of the table", () => {
  const deputies = {} as Record<"person" | "member" | "other" | "plain", TestPerson>;
  let call: Record<
    Exclude<By, "key" | "commandLine" | "commandLineOwn">,
    ReturnType<typeof asBearer>
  >;

  beforeAll(async () => {
    deputies.person = await organization.addPerson({ role: "admin" });
    deputies.member = await organization.addPerson({ role: "member" });
    deputies.other = await organization.addPerson({ role: "owner" });
    deputies.plain = await organization.addPerson({ role: "member" });
    const stale = await deputies.person.signIn();
    await makeStale(stale);
    const { client } = await createClient(organization.context, {
      name: "App",
      redirectUris: ["https://app.example.com/callback"],
    });
    const grantId = await deputies.person.inPerson((there) =>
      createGrant(there, { clientId: client.id, scopes: client.scopes, resource: null }),
    );
    const token = createOAuthSecret("accessToken");
    await createTokenStore(services).save("AccessToken", token, {
      clientId: client.id,
      grantId,
      payload: { kind: "AccessToken", scope: client.scopes.join(" ") },
      expiresInSeconds: 3600,
    });
    call = {
      owner: asSession(await deputies.person.signIn()),
      staleOwner: asSession(stale),
      memberOwner: asSession(await deputies.member.signIn()),
      ownersToken: asBearer(deputies.person.token),
      ownersApp: asBearer(token),
      admin: asSession(await deputies.other.signIn()),
      member: asSession(await deputies.plain.signIn()),
    };
  });

  /** The call of each action: its method, path and body. */
  const wires: Record<Deed, (of: Prepared, ownerId: string) => [string, string, unknown?]> = {
    see: ({ id }) => ["GET", `/api/v1/connections/${id}`],
    settings: ({ id }) => [
      "PATCH",
      `/api/v1/connections/${id}`,
      { name: "Renamed", rate_limit_per_hour: 50 },
    ],
    makeKey: ({ id }) => ["POST", `/api/v1/connections/${id}/keys`],
    rotateKey: ({ id }) => ["POST", `/api/v1/connections/${id}/rotate`, {}],
    revokeKey: ({ id, keyId }) => ["DELETE", `/api/v1/connections/${id}/keys/${keyId}`],
    switchOn: ({ id }) => ["PATCH", `/api/v1/connections/${id}`, { can_decide: true }],
    switchOnOwn: ({ id }) => ["PATCH", `/api/v1/connections/${id}`, { can_decide_own: true }],
    switchOff: ({ id }) => ["PATCH", `/api/v1/connections/${id}`, { can_decide: false }],
    transfer: (_, ownerId) => [
      "POST",
      `/api/v1/people/${ownerId}/transfer-connections`,
      { to_person_id: ADMIN.id },
    ],
    delete: ({ id }) => ["DELETE", `/api/v1/connections/${id}`],
    rotateSecret: ({ id }) => ["POST", `/api/v1/connections/${id}/rotate-webhook-secret`],
  };
  /** The same actions as the command line runs them. */
  const verbs: Record<Deed, (by: Context, of: Prepared, ownerId: string) => Promise<unknown>> = {
    see: (by, { id }) => getConnection(by, id),
    settings: (by, { id }) => updateConnection(by, id, { name: "Renamed" }),
    makeKey: (by, { id }) => createKey(by, id),
    rotateKey: (by, { id }) => rotateKey(by, id),
    revokeKey: (by, { keyId }) => revokeKey(by, keyId),
    switchOn: (by, { id }) => updateConnection(by, id, { canDecide: true }),
    switchOnOwn: (by, { id }) => updateConnection(by, id, { canDecideOwn: true }),
    switchOff: (by, { id }) => updateConnection(by, id, { canDecide: false }),
    transfer: (by, _, ownerId) =>
      transferConnections(by, {
        fromPersonId: ownerId,
        toPersonId: ownerId === ADMIN.id ? deputies.other.id : ADMIN.id,
      }),
    delete: (by, { id }) => deleteConnection(by, id),
    rotateSecret: (by, { id }) => rotateWebhookSecret(by, id),
  };

  const act = async (by: By, deed: Deed, of: Prepared, owner: TestPerson): Promise<boolean> => {
    if (by === "commandLine" || by === "commandLineOwn") {
      const context: Context = {
        ...organization.context,
        actor: { kind: "person", personId: ADMIN.id, role: "owner", via: "command_line" },
      };
      return verbs[deed](context, of, owner.id).then(
        () => true,
        (error: { code?: string }) => {
          expect(error.code).toBe("forbidden");
          return false;
        },
      );
    }
    const [method, path, body] = wires[deed](of, owner.id);
    const { status } = await (by === "key" ? asBearer(of.key) : call[by])(method, path, body);
    expect([200, 201, 403]).toContain(status);
    return status !== 403;
  };

  describe.each(Object.keys(actors) as By[])("%s", (by) => {
    test.each(Object.keys(deeds) as Deed[])("%s", async (deed) => {
      const owner =
        by === "memberOwner" ? deputies.member : by === "commandLineOwn" ? ADMIN : deputies.person;
      const prepared = await prepare(owner, deed !== "switchOn");
      const before = await decides(prepared.id);
      const isDone = await act(by, deed, prepared, owner);
      expect({ by, deed, isDone }).toEqual({ by, deed, isDone: allowed[by].includes(deed) });
      if (!isDone) expect(await decides(prepared.id)).toEqual(before);
    });
  });

  test("is the one that the decision shows", async () => {
    const decision = await readFile(
      new URL("../../docs/decisions/0022-voting-connections.md", import.meta.url),
      "utf8",
    );
    const squeeze = (text: string) => text.replaceAll(/-{3,}/g, "---").replaceAll(/ +/g, " ");
    expect(squeeze(decision)).toContain(squeeze(renderTable()));
  });
});

describe("an admin", () => {
  test("can't let the owner's connection decide, nor make a connection decide with a token", async () => {
    const owner = await organization.addPerson({ role: "admin" });
    const { id } = await prepare(owner, false);
    const answer = await ADMIN.api.call("PATCH", `/api/v1/connections/${id}`, {
      body: { can_decide: true },
    });
    expect(answer).toMatchObject({ status: 403, error: { details: { reason: "not_the_owner" } } });
    const made = await ADMIN.api.call("POST", "/api/v1/connections", {
      body: { name: "Mine", can_decide: true },
    });
    expect(made).toMatchObject({ status: 403, error: { details: { reason: "session_required" } } });
  });

  test("can't vote with a key of the owner's connection that they made before the owner agreed", async () => {
    const owner = await organization.addPerson({ role: "admin" });
    const { id } = await prepare(owner, false);
    const { key, id: keyId } = await keyOfEarlierOwner(services, ADMIN, id);
    const asker = await machine.api.create();
    await owner.inPerson((there) => updateConnection(there, id, { canDecide: true }));
    await expect
      .poll(async () => (await api(server.url, key).approve(asker.body.id)).status)
      .toBe(401);
    const { body } = await ADMIN.api.call<{
      data: { id: string; revoked_reason: string | null }[];
    }>("GET", `/api/v1/connections/${id}/keys`);
    expect(body.data.find((one) => one.id === keyId)?.revoked_reason).toBe("not_made_by_owner");
  });

  test("can't vote with the key of a deciding connection that they hand to somebody else", async () => {
    const [maker, victim] = await Promise.all([
      organization.addPerson({ role: "admin" }),
      organization.addPerson({ role: "admin" }),
    ]);
    const made = await organization.addConnection({ by: maker, canDecide: true });
    const asked = await machine.api.create({ assigned_approvers: [victim.id] });
    await maker.inPerson((own) =>
      transferConnections(own, { fromPersonId: maker.id, toPersonId: victim.id }),
    );
    await expect
      .poll(async () => (await made.api.approve(asked.body.id)).error?.details?.reason)
      .toBe("connection_cannot_decide");
    expect((await made.api.create()).status).toBe(201);
    await victim.inPerson((there) => updateConnection(there, made.id, { canDecide: true }));
    await expect.poll(async () => (await made.api.approve(asked.body.id)).status).toBe(401);
    expect((await machine.api.get(asked.body.id)).body.status).toBe("pending");
  });

  test("leaves no key of theirs alive, however they race the owner's yes", async () => {
    const [owner, maker] = await Promise.all([
      organization.addPerson({ role: "admin" }),
      organization.addPerson({ role: "admin" }),
    ]);
    for (let round = 0; round < 10; round++) {
      const { id } = await prepare(maker, false);
      const takeOver = async () => {
        await maker.inPerson((own) =>
          transferConnections(own, { fromPersonId: maker.id, toPersonId: owner.id }),
        );
        await owner.inPerson((there) => updateConnection(there, id, { canDecide: true }));
      };
      await Promise.allSettled([
        takeOver(),
        createKey(maker.context, id),
        rotateKey(maker.context, id),
        createKey(maker.context, id),
      ]);
      const alive = await services.sql(
        `select from connection_keys where connection_id = $1 and made_by <> $2 and revoked_at is null
           and (expires_at is null or expires_at > now())`,
        [id, owner.id],
      );
      expect((await decides(id)).can_decide).toBe(true);
      expect(alive).toHaveLength(0);
    }
  });

  test("can't act as an app of a voting connection with a secret that they know, nor get a new one", async () => {
    const owner = await organization.addPerson({ role: "admin" });
    const { client } = await createClient(ADMIN.context, {
      name: "Robot",
      redirectUris: [],
      allowsClientCredentials: true,
    });
    const { connectionId } = client;
    const token = createOAuthSecret("accessToken");
    await createTokenStore(services).save("ClientCredentials", token, {
      clientId: client.id,
      grantId: null,
      payload: { kind: "ClientCredentials", scope: client.scopes.join(" ") },
      expiresInSeconds: 3600,
    });
    const { secret } = await rotateClientSecret(ADMIN.context, client.id);
    await services.sql("update connections set owner_id = $2 where id = $1", [
      connectionId,
      owner.id,
    ]);
    const asked = await machine.api.create();
    await owner.inPerson((there) => updateConnection(there, connectionId, { canDecide: true }));
    await expect
      .poll(async () => (await api(server.url, token).approve(asked.body.id)).status)
      .toBe(401);
    const getToken = (withSecret: string) =>
      fetch(`${server.url}/api/v1/oauth/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "client_credentials",
          scope: "approvals:decide",
          client_id: client.id,
          client_secret: withSecret,
        }),
      });
    expect((await getToken(secret)).status).toBe(401);
    await expect(rotateClientSecret(ADMIN.context, client.id)).rejects.toMatchObject({
      code: "forbidden",
    });
    const own = await owner.inPerson((there) => rotateClientSecret(there, client.id));
    const answer = await getToken(own.secret);
    expect(answer.status).toBe(200);
    const { access_token } = (await answer.json()) as { access_token: string };
    expect((await api(server.url, access_token).approve(asked.body.id)).status).toBe(200);
  });
});

describe("a voting connection", () => {
  test("tells its owner by mail and the trail who agreed, how, and which keys ended", async () => {
    const owner = await organization.addPerson({ role: "admin" });
    const { id } = await prepare(owner, false);
    const { prefix } = await keyOfEarlierOwner(services, ADMIN, id);
    const mailing = { ...owner.context.services, mail: { isEnabled: true } };
    await owner.inPerson((there) =>
      updateConnection({ ...there, services: mailing }, id, {
        canDecide: true,
        canDecideOwn: true,
      }),
    );
    await updateConnection({ ...ADMIN.context, services: mailing }, id, { canDecide: false });
    const mails = await services.sql<{ subject: string }>(
      "select subject from mails where recipient = $1 order by created_at, id",
      [owner.email],
    );
    expect(mails.map(({ subject }) => subject.replace(/^.* (?=can)/, ""))).toEqual([
      "can now vote in your name",
      "can no longer vote in your name",
    ]);
    const events = await services.sql<{ type: string; actor_id: string; data: unknown }>(
      `select type, actor_id, data from events where data->>'connection_id' = $1 and type like 'connection.deciding%'
       order by id`,
      [id],
    );
    expect(events).toMatchObject([
      {
        type: "connection.deciding_allowed",
        actor_id: owner.id,
        data: {
          via: "session",
          can_decide_own: true,
          ended_keys: expect.arrayContaining([prefix]) as string[],
        },
      },
      {
        type: "connection.deciding_ended",
        actor_id: ADMIN.id,
        data: { reason: "switched_off" },
      },
    ]);
  });

  test("says whether it votes, for whom and since when", async () => {
    const owner = await organization.addPerson({ role: "admin" });
    const { id } = await prepare(owner);
    const { body } = await ADMIN.api.call("GET", `/api/v1/connections/${id}`);
    expect(body).toMatchObject({
      can_decide: true,
      can_decide_own: false,
      owner_id: owner.id,
      decides_since: expect.any(String) as string,
      decides_by: "session",
    });
  });

  test.each<[string, (person: TestPerson) => Promise<unknown>, number]>([
    ["removed", (person) => removeMember(ADMIN.context, person.id), 401],
    ["disabled", (person) => disablePerson(ADMIN.context, person.id), 401],
    [
      "no longer allowed to approve",
      (person) => updateMember(ADMIN.context, person.id, { canApprove: false }),
      403,
    ],
  ])("casts no vote for an owner who is %s", async (_, change, status) => {
    const owner = await organization.addPerson({ role: "admin" });
    const { key } = await prepare(owner);
    const asked = await machine.api.create();
    await change(owner);
    await expect
      .poll(async () => (await api(server.url, key).approve(asked.body.id)).status)
      .toBe(status);
    expect((await machine.api.get(asked.body.id)).body).toMatchObject({
      status: "pending",
      current_approvals: 0,
    });
  });

  test("ends its votes with its owner's password, as whatever else acts in their name; it asks on", async () => {
    const owner = await organization.addPerson({ role: "admin" });
    const { id, key } = await prepare(owner);
    const visitor = createVisitor(server.url);
    await visitor.signIn(owner);
    const { csrf } = (await visitor.get("/account")).hidden("/account/password");
    const changed = await visitor.post("/account/password", {
      csrf: must(csrf),
      currentPassword: owner.password,
      newPassword: "eleven loud curlews",
    });
    expect(changed.status).toBe(303);
    expect((await decides(id)).can_decide).toBe(false);
    expect((await api(server.url, key).create()).status).toBe(201);
  });

  test("can't be left voting for somebody who did not agree, whatever writes its row", async () => {
    const owner = await organization.addPerson({ role: "admin" });
    const { id } = await prepare(owner);
    const write = (set: string) =>
      services.sql(`update connections set ${set} where id = $1`, [id]);
    await expect(write(`owner_id = '${ADMIN.id}'`)).rejects.toThrow(/connections_agreement/);
    await expect(write("decides_for = null")).rejects.toThrow(/connections_agreement/);
    await expect(write("can_decide = false")).rejects.toThrow(/connections_agreement/);
  });

  test("has no goals key, nor any other spelling of a key, that another made", async () => {
    const made = await createGoalsKey(ADMIN.context, { name: "Goals", scopes: ["okrs:read"] });
    const owner = await organization.addPerson({ role: "admin" });
    await services.sql("update connections set owner_id = $2 where id = $1", [
      made.connectionId,
      owner.id,
    ]);
    await owner.inPerson((there) =>
      updateConnection(there, made.connectionId, { canDecide: true }),
    );
    await expect(createKey(ADMIN.context, made.connectionId)).rejects.toMatchObject({
      code: "forbidden",
    });
    const asKey = (scheme: string, path: string) =>
      fetch(server.url + path, { headers: { Authorization: `${scheme} ${made.key}` } });
    await expect.poll(async () => (await asKey("Bearer", "/api/v1/okrs")).status).toBe(401);
    expect((await asKey("AccessKey", `/organizations/${organization.id}/approvals`)).status).toBe(
      401,
    );
  });
});

describe("the owner's yes", () => {
  test("needs a proof of the last 15 minutes, which the password renews and a wrong one doesn't", async () => {
    const owner = await organization.addPerson({ role: "admin" });
    const { id } = await prepare(owner, false);
    const visitor = createVisitor(server.url);
    await visitor.signIn(owner);
    const session = must(visitor.cookies.get("sayso_session"));
    await makeStale(session);
    const allow = () =>
      asSession(session)("PATCH", `/api/v1/connections/${id}`, { can_decide: true });
    expect(await allow()).toMatchObject({
      status: 403,
      error: { details: { reason: "confirm_identity", url: `${server.url}/account/confirm` } },
    });
    const next = `/app/connections/${id}`;
    const page = await visitor.get(`/account/confirm?next=${encodeURIComponent(next)}`);
    const hidden = page.hidden("/account/confirm");
    expect(hidden.next).toBe(next);
    expect((await visitor.post("/account/confirm", { ...hidden, password: "wrong" })).status).toBe(
      422,
    );
    expect((await allow()).status).toBe(403);
    const confirmed = await visitor.post("/account/confirm", {
      ...hidden,
      password: owner.password,
    });
    expect(confirmed).toMatchObject({ status: 303, location: next });
    expect(await allow()).toMatchObject({ status: 200, body: { can_decide: true } });
  });

  test("for what was asked through it is one of its own, and never without the first", async () => {
    const owner = await organization.addPerson({ role: "admin" });
    const { id } = await prepare(owner, false);
    const change = (settings: Parameters<typeof updateConnection>[2]) =>
      owner.inPerson((there) => updateConnection(there, id, settings));
    await expect(change({ canDecideOwn: true })).rejects.toMatchObject({
      code: "validation_failed",
    });
    expect(await change({ canDecide: true })).toMatchObject({
      canDecide: true,
      canDecideOwn: false,
    });
    expect(await change({ canDecideOwn: true })).toMatchObject({ canDecideOwn: true });
    expect(await change({ canDecide: false })).toMatchObject({
      canDecide: false,
      canDecideOwn: false,
    });
    expect(await change({ canDecide: true })).toMatchObject({ canDecideOwn: false });
  });
});

describe("who may not let a connection decide is told why", async () => {
  const owner = await organization.addPerson({ role: "admin" });
  const member = await organization.addPerson({ role: "member" });
  const stale = await owner.signIn();
  await makeStale(stale);
  const { client } = await createClient(ADMIN.context, {
    name: "Told why",
    redirectUris: ["https://app.example.com/callback"],
  });
  const { id, key } = await prepare(owner, false);
  const callers: Record<string, ReturnType<typeof asBearer>> = {
    "the connection's own key": asBearer(key),
    "its owner's token": asBearer(owner.token),
    "its owner's app": asBearer(await createAppToken(services, client, owner)),
    "its owner, signed in long ago": asSession(stale),
    "an admin's token": asBearer(ADMIN.token),
    "an admin": asSession(await ADMIN.signIn()),
    "an admin's app": asBearer(await createAppToken(services, client, ADMIN)),
    "a member": asSession(await member.signIn()),
    "a member's app": asBearer(await createAppToken(services, client, member)),
  };
  const change = ["PATCH", `/api/v1/connections/${id}`, { can_decide: true }] as const;
  const changeMore = [change[0], change[1], { ...change[2], name: "Mine" }] as const;
  const make = ["POST", "/api/v1/connections", { name: "Mine", can_decide: true }] as const;

  test.each([
    ["the connection's own key", change, "session_required"],
    ["its owner's token", change, "session_required"],
    ["its owner's app", change, "session_required"],
    ["its owner, signed in long ago", change, "confirm_identity"],
    ["an admin's token", change, "not_the_owner"],
    ["an admin", change, "not_the_owner"],
    ["an admin's app", change, "session_required"],
    ["a member", change, "not_the_owner"],
    ["a member's app", change, "session_required"],
    ["the connection's own key", changeMore, "session_required"],
    ["its owner's app", changeMore, "session_required"],
    ["a member", changeMore, "admin_required"],
    ["the connection's own key", make, "session_required"],
    ["its owner's token", make, "session_required"],
    ["its owner's app", make, "session_required"],
    ["its owner, signed in long ago", make, "confirm_identity"],
    ["a member", make, "admin_required"],
    ["a member's app", make, "session_required"],
  ])("%s, by %j: %s", async (by, [method, path, body], reason) => {
    const guide = await readFile("docs/guides/voting-connections.md", "utf8");
    const answer = await must(callers[by])(method, path, body);
    expect(answer).toMatchObject({ status: 403, error: { details: { reason } } });
    expect(guide).toContain(`| \`${reason}\``);
  });
});

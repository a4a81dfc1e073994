// A secret that signs "approved" goes to the maker of the thing it belongs to, or in person to an admin who may approve.
import { createHash } from "node:crypto";
import { createClient, updateMember } from "@sayso/core";
import { must } from "@sayso/must";
import { api, shareStage, type Api, type TestPerson } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAppToken } from "./app-token.ts";
import { signedInApi } from "./signed-in-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const openApi = (await (await fetch(`${stage.server.url}/api/v1/openapi`)).json()) as {
  paths: Record<string, Record<string, unknown>>;
  components: { schemas: Record<string, unknown> };
};
const { organization, server, services, machine } = stage;

type Caller = Pick<Api, "call">;
/** The part of an operation in the OpenAPI document that this file reads. */
interface Operation {
  operationId: string;
  responses: unknown;
}

const subscribe = async (by: Caller, path: string) => {
  const { body } = await by.call<{ id: string; secret: string }>("POST", "/api/v1/subscriptions", {
    body: { target_url: `https://example.com/${path}`, event_types: ["approval.approved"] },
  });
  return body;
};

let types = 0;
const addType = async (by: Caller) => {
  const name = `type${++types}`;
  const { body } = await by.call<{ applierSecret: string }>(
    "POST",
    "/changes/api/v1/entity-types",
    { body: { name, applierUrl: "https://example.com/apply" } },
  );
  expect(body.applierSecret).toMatch(/^whsec_/);
  return name;
};

/** The calls of which each gives its caller a secret that signs, or has what is signed sent to another address. */
const deeds = {
  "rotates the secret of a member's subscription": async (by: Caller) => {
    const { id } = await subscribe(await signedInApi(server.url, stage.alice), `a${++types}`);
    return by.call("POST", `/api/v1/subscriptions/${id}/rotate-secret`);
  },
  "rotates the secret of a connection's subscription": async (by: Caller) => {
    const { id } = await subscribe(machine.api, `m${++types}`);
    return by.call("POST", `/api/v1/subscriptions/${id}/rotate-secret`);
  },
  "rotates the secret of an applier": async (by: Caller) =>
    by.call(
      "POST",
      `/changes/api/v1/entity-types/${await addType(organization.owner.api)}/rotate-secret`,
    ),
  "changes the address of an applier": async (by: Caller) =>
    by.call("PATCH", `/changes/api/v1/entity-types/${await addType(organization.owner.api)}`, {
      body: { applierUrl: "https://attacker.example.com/apply" },
    }),
  "removes an applier": async (by: Caller) =>
    by.call("PATCH", `/changes/api/v1/entity-types/${await addType(organization.owner.api)}`, {
      body: { applierUrl: null },
    }),
  "rotates the secret of an app": async (by: Caller) => {
    const { client } = await createClient(organization.context, {
      name: "Somebody's app",
      redirectUris: ["https://app.example.com/callback"],
    });
    return by.call("POST", `/api/v1/apps/${client.id}/rotate-secret`);
  },
  "takes over the connections of a person": async (by: Caller) => {
    const from = await organization.addPerson({ role: "admin" });
    await organization.addConnection({ by: from });
    return by.call("POST", `/api/v1/people/${from.id}/transfer-connections`, {
      body: { to_person_id: organization.owner.id },
    });
  },
} as const;
type Deed = keyof typeof deeds;

const READS = ["approvals:read", "approvals:write"];
const forbidden = { status: 403 };

describe("an admin", () => {
  let admin: TestPerson;
  let noApprover: TestPerson;
  const callers = {} as Record<string, Caller>;

  beforeAll(async () => {
    admin = await organization.addPerson({ role: "admin" });
    noApprover = await organization.addPerson({ role: "admin" });
    await updateMember(organization.context, noApprover.id, { canApprove: false });
    const old = await admin.signIn();
    await services.sql(
      "update sessions set proven_at = now() - interval '16 minutes' where token_hash = $1",
      [createHash("sha256").update(old).digest()],
    );
    const { call } = api(server.url, null);
    const headers = { Cookie: `sayso_session=${old}`, Origin: server.url };
    callers["in person"] = await signedInApi(server.url, admin);
    callers["at a session that was left open"] = {
      call: (method, path, options = {}) => call(method, path, { ...options, headers }),
    };
    callers["by a token that can't vote"] = api(server.url, (await admin.createToken(READS)).token);
    callers["by a token that can vote"] = api(server.url, admin.token);
    callers["who may not approve, in person"] = await signedInApi(server.url, noApprover);
  });

  test.each(Object.keys(deeds) as Deed[])("in person %s", async (deed) => {
    expect((await deeds[deed](must(callers["in person"]))).status).toBe(200);
  });

  describe.each([
    ["at a session that was left open", "confirm_identity"],
    ["by a token that can't vote", "session_required"],
    ["by a token that can vote", "session_required"],
    ["who may not approve, in person", "may_not_approve"],
  ])("%s", (by, reason) => {
    test.each(Object.keys(deeds) as Deed[])("never %s", async (deed) => {
      const answer = await deeds[deed](must(callers[by]));
      expect(answer).toMatchObject({ ...forbidden, error: { details: { reason } } });
      expect(JSON.stringify(answer.body)).not.toMatch(/whsec_|cs_/);
    });
  });

  test("takes over no connection by a token, and with it no secret of that connection", async () => {
    const from = await organization.addPerson({ role: "admin" });
    const { id } = await organization.addConnection({ by: from });
    const path = `/api/v1/people/${from.id}/transfer-connections`;
    const body = { to_person_id: admin.id };
    const token = api(server.url, admin.token);
    expect(await token.call("POST", path, { body })).toMatchObject({
      ...forbidden,
      error: { details: { reason: "session_required" } },
    });
    const rotate = `/api/v1/connections/${id}/rotate-webhook-secret`;
    expect(await token.call("POST", rotate)).toMatchObject(forbidden);
    expect((await must(callers["in person"]).call("POST", path, { body })).status).toBe(200);
  });
});

test("an applier keeps its address and its secret after a refusal", async () => {
  const name = await addType(organization.owner.api);
  const stored = () =>
    services.sql(
      `select applier_url, applier_secret, previous_applier_secret from entity_types
       where organization_id = $1 and name = $2`,
      [organization.id, name],
    );
  const before = await stored();
  const at = `/changes/api/v1/entity-types/${name}`;
  const { call } = organization.owner.api;
  expect((await call("PATCH", at, { body: { applierUrl: "https://example.com/x" } })).status).toBe(
    403,
  );
  expect((await call("POST", `${at}/rotate-secret`)).status).toBe(403);
  expect(await stored()).toEqual(before);
});

test("the maker of a subscription rotates its secret by the credential that made it", async () => {
  const { client } = await createClient(organization.context, {
    name: "App",
    redirectUris: ["https://app.example.com/callback"],
  });
  const app = api(server.url, await createAppToken(services, client, stage.alice));
  for (const by of [
    machine.api,
    stage.alice.api,
    await signedInApi(server.url, stage.alice),
    app,
  ]) {
    const { id } = await subscribe(by, `own${++types}`);
    const answer = await by.call<{ secret: string }>(
      "POST",
      `/api/v1/subscriptions/${id}/rotate-secret`,
    );
    expect([answer.status, answer.body.secret]).toEqual([
      200,
      expect.stringMatching(/^whsec_/) as string,
    ]);
  }
});

test("nobody else sees that a subscription exists", async () => {
  const { id } = await subscribe(machine.api, `hidden${++types}`);
  const path = `/api/v1/subscriptions/${id}/rotate-secret`;
  for (const by of [stage.alice.api, await signedInApi(server.url, stage.bob)])
    expect((await by.call("POST", path)).status).toBe(404);
});

test("a connection's own secret stays its owner's, also against an admin in person", async () => {
  const admin = await organization.addPerson({ role: "admin" });
  const there = await signedInApi(server.url, admin);
  for (const deed of ["rotate-webhook-secret", "rotate", "keys"])
    expect(
      await there.call("POST", `/api/v1/connections/${machine.id}/${deed}`, { body: {} }),
    ).toMatchObject({ ...forbidden, error: { details: { reason: "not_the_owner" } } });
});

/** Every operation whose answer can hold a secret or a link that signs in, and its caller's right to it. */
const heldBy: Record<string, string> = {
  createConnection: "the caller's own, made by this call",
  createConnectionKey: "the owner's alone",
  rotateKey: "the owner's alone",
  rotateWebhookSecret: "the owner's alone",
  readWebhookSecrets: "the caller's own",
  createSubscription: "the caller's own: a second call finds only what the same credential made",
  rotateSubscriptionSecret: "the maker's, or an admin's in person",
  createEntityType: "the caller's own, made by this call",
  updateEntityType: "an admin's in person",
  rotateApplierSecret: "an admin's in person",
  createApp: "the caller's own, made by this call",
  rotateAppSecret: "the owner's; or an admin's in person, if the app never acts by itself",
  createGoalsKey: "the caller's own, made by this call",
  createToken: "the caller's own, made by this call",
  invitePerson: "an admin's who is signed in",
  invitePersonAgain: "an admin's who is signed in",
  sendInvitationAgain: "an admin's who is signed in",
  resetPersonPassword: "an admin's who is signed in",
};

test("no other answer of the API holds a secret", () => {
  const resolved = (part: unknown, within: readonly string[] = []): unknown => {
    if (Array.isArray(part)) return part.map((one) => resolved(one, within));
    if (typeof part !== "object" || part === null) return part;
    const { $ref: place } = part as { $ref?: string };
    if (place === undefined)
      return Object.fromEntries(
        Object.entries(part).map(([key, value]) => [key, resolved(value, within)]),
      );
    if (within.includes(place)) return {};
    const target = place
      .slice(2)
      .split("/")
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], openApi);
    return resolved(target, [...within, place]);
  };
  const found = Object.values(openApi.paths)
    .flatMap((path) => Object.values(path as Record<string, Operation>))
    .filter(({ responses }) =>
      /shown (only )?once|whsec_|current secret/i.test(JSON.stringify(resolved(responses))),
    )
    .map(({ operationId }) => operationId);
  expect(found.toSorted()).toEqual(Object.keys(heldBy).toSorted());
});

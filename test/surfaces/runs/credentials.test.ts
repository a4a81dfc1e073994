// The credentials of the runs surface: access tokens in JWT form, which are valid only as long as the grant behind
// them, and access keys.
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import {
  deleteClient,
  disablePerson,
  readSigningKeys,
  revokeGrant,
  updateConnection,
} from "@sayso/core";
import { must } from "@sayso/must";
import { createOrganization } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, openReplicas, post, refresh, registerApp, type App } from "../../oauth/app.ts";
import { runsApi } from "./runs-api.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { here, there, organization, services, ada } = replicas;
const resource = `${here}/organizations`;
const both = "flows:read flows:write";

/** Returns the status of a call on both servers. */
const statusesOf = (authorization: string, at = organization.id) =>
  Promise.all(
    [here, there].map(async (url) => (await runsApi(url, at, authorization).listFlows()).status),
  );
const isRefusedSoon = (token: string) =>
  expect.poll(() => statusesOf(`Bearer ${token}`), { interval: 100 }).toEqual([401, 401]);

// Both servers use the first one's address. Otherwise the first one's tokens would be for another audience.
beforeAll(async () => {
  const { status } = await runsApi(here, organization.id, null).listFlows();
  expect(status).toBe(401);
});

describe("a person's access token", () => {
  test("opens the person's organization, with its scopes only, and no other organization", async () => {
    const app = await registerApp(organization);
    const { access } = await connect(here, ada, app, { scope: "flows:read", resource });
    const client = runsApi(here, organization.id, `Bearer ${access}`);
    expect((await client.listFlows()).status).toBe(200);
    expect(await client.createFlow({ steps: [] })).toMatchObject({
      status: 403,
      body: { code: "forbidden", message: "This credential lacks the scope flows:write" },
    });
    const theirs = await createOrganization(services, { url: here });
    expect((await runsApi(here, theirs.id, `Bearer ${access}`).listFlows()).status).toBe(404);
  });

  test("ends within a second when its grant is revoked, though it is not expired", async () => {
    const app = await registerApp(organization);
    const { access } = await connect(here, ada, app, { scope: both, resource });
    expect((await runsApi(here, organization.id, `Bearer ${access}`).listFlows()).status).toBe(200);
    await revokeGrant(ada.context, claimsOf(access).grant_id as string);
    await isRefusedSoon(access);
  });

  test("ends when the app is deleted", async () => {
    const app = await registerApp(organization);
    const { access } = await connect(here, ada, app, { scope: both, resource });
    await deleteClient(organization.context, app.id);
    await isRefusedSoon(access);
  });

  test("ends when the app's connection is switched off", async () => {
    const app = await registerApp(organization);
    const { access } = await connect(here, ada, app, { scope: both, resource });
    await updateConnection(organization.context, app.client.connectionId, { isActive: false });
    await isRefusedSoon(access);
  });

  test("ends when the person is disabled", async () => {
    const [app, eve] = [await registerApp(organization), await organization.addPerson()];
    const { access } = await connect(here, eve, app, { scope: both, resource });
    expect((await runsApi(here, organization.id, `Bearer ${access}`).listFlows()).status).toBe(200);
    await disablePerson(organization.context, eve.id);
    await isRefusedSoon(access);
  });

  test("ends with its refresh token's family", async () => {
    const app = await registerApp(organization);
    const given = await connect(here, ada, app, { scope: both, resource });
    const next = await refresh(here, app, given.refresh);
    await refresh(here, app, must(next.body.refresh_token));
    // This is the first token again, after its successor was used. The whole family ends.
    expect((await refresh(here, app, given.refresh)).status).toBe(400);
    await isRefusedSoon(must(next.body.access_token));
  });
});

describe("an app's own access token", () => {
  const robotToken = async () => {
    const robot = await registerApp(organization, {
      redirectUris: [],
      allowsClientCredentials: true,
    });
    const { body } = await post(here, "token", robot, {
      grant_type: "client_credentials",
      resource,
    });
    return { robot, token: must(body.access_token) };
  };

  test("is a machine's, and ends with the app", async () => {
    const { robot, token } = await robotToken();
    expect((await runsApi(here, organization.id, `Bearer ${token}`).listFlows()).status).toBe(200);
    await deleteClient(organization.context, robot.id);
    await isRefusedSoon(token);
  });

  test("ends when the person who answers for it leaves", async () => {
    const { robot, token } = await robotToken();
    const admin = await organization.addPerson({ role: "admin" });
    await services.sql("update connections set owner_id = $2 where id = $1", [
      robot.client.connectionId,
      admin.id,
    ]);
    expect((await runsApi(here, organization.id, `Bearer ${token}`).listFlows()).status).toBe(200);
    await disablePerson(organization.context, admin.id);
    await isRefusedSoon(token);
  });
});

describe("a token that", () => {
  interface Parts {
    header?: Record<string, unknown>;
    claims?: Record<string, unknown>;
    key?: Parameters<typeof sign>[2];
  }
  /** An app that can also act without a person. */
  let app: App;
  let another: App;
  let good: { header: Record<string, unknown>; claims: Record<string, unknown> };
  let key: ReturnType<typeof createPrivateKey>;
  beforeAll(async () => {
    app = await registerApp(organization, { allowsClientCredentials: true });
    another = await registerApp(organization, { allowsClientCredentials: true });
    const { access } = await connect(here, ada, app, { scope: both, resource });
    good = { header: partOf(access, 0), claims: claimsOf(access) };
    const [jwk] = await readSigningKeys(services);
    key = createPrivateKey({ key: { ...must(jwk) }, format: "jwk" });
  });

  const make = ({ header = {}, claims = {}, key: by = key }: Parts): string => {
    const text = [
      { ...good.header, ...header },
      { ...good.claims, ...claims },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const signature = sign("sha256", Buffer.from(text), {
      key: by as ReturnType<typeof createPrivateKey>,
      dsaEncoding: "ieee-p1363",
    });
    return `${text}.${signature.toString("base64url")}`;
  };
  const isLetIn = async (token: string) =>
    (await runsApi(here, organization.id, `Bearer ${token}`).listFlows()).status;

  test("is made as the server makes them is let in", async () => {
    expect(await isLetIn(make({}))).toBe(200);
  });

  test.each<[string, () => Parts]>([
    ["has expired", () => ({ claims: { exp: Math.floor(Date.now() / 1000) - 5 } })],
    ["never expires", () => ({ claims: { exp: undefined } })],
    ["was made for another audience", () => ({ claims: { aud: here } })],
    ["was made by another server", () => ({ claims: { iss: "https://elsewhere.example.com" } })],
    ["has no kind", () => ({ header: { typ: "JWT" } })],
    ["claims no algorithm", () => ({ header: { alg: "none" } })],
    ["claims another algorithm", () => ({ header: { alg: "HS256" } })],
    ["names an unknown key", () => ({ header: { kid: "unknown" } })],
    [
      "was signed by somebody else's key",
      () => ({ key: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey }),
    ],
    ["names a grant that isn't there", () => ({ claims: { grant_id: crypto.randomUUID() } })],
    ["names no grant, yet a person", () => ({ claims: { grant_id: undefined } })],
    ["names another app than the grant's", () => ({ claims: { client_id: another.id } })],
    ["names an app that isn't there", () => ({ claims: { client_id: crypto.randomUUID() } })],
    ["names a grant that is no id", () => ({ claims: { grant_id: "' or true --" } })],
  ])("%s is a 401", async (_, parts) => {
    expect(await isLetIn(make(parts()))).toBe(401);
  });

  test("was altered after it was signed is a 401", async () => {
    const [head, , signature] = make({}).split(".");
    const claims = Buffer.from(JSON.stringify({ ...good.claims, scope: "flows:read" }));
    expect(await isLetIn(`${head}.${claims.toString("base64url")}.${signature}`)).toBe(401);
  });
});

describe("AccessKey", () => {
  test("with a connection's key is that connection, with a personal token the person", async () => {
    const { key } = await organization.addConnection();
    for (const credential of [key, ada.token])
      for (const scheme of ["AccessKey", "accesskey", "Bearer"])
        expect(await statusesOf(`${scheme} ${credential}`)).toEqual([200, 200]);
  });

  test.each(["AccessKey", "AccessKey ", "AccessKey gk_wrong", "Basic Z2s6", "AccessKey a b"])(
    "%j is a 401",
    async (authorization) => {
      expect(await statusesOf(authorization)).toEqual([401, 401]);
    },
  );

  test("is the runs surface's own: the approvals API knows no such scheme", async () => {
    const { key } = await organization.addConnection();
    const response = await fetch(`${here}/api/v1/approvals`, {
      headers: { Authorization: `AccessKey ${key}` },
    });
    expect(response.status).toBe(401);
  });
});

function partOf(token: string, index: number): Record<string, unknown> {
  const part = token.split(".")[index] ?? "";
  return JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
}

function claimsOf(token: string): Record<string, unknown> {
  return partOf(token, 1);
}

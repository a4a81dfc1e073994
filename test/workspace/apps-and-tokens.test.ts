// The operations behind the pages of apps, grants and personal tokens.
import { createGrant, createOAuthSecret, createTokenStore } from "@sayso/core";
import type { ReplyOf, workspaceOperations } from "@sayso/catalogue";
import { must } from "@sayso/must";
import { api, shareStage, until, type TestPerson } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { owner, alice, bob, server, services } = stage;

type Operations = typeof workspaceOperations;
type Body<Name extends keyof Operations> = ReplyOf<Operations[Name]>["body"];

const createApp = (body: object) =>
  owner.api.call<Body<"createApp">>("POST", "/api/v1/apps", { body });
const redirect_uris = ["https://app.example.com/callback"];

/** Returns the API that an app of this client calls in a person's name. */
async function connect(clientId: string, person: TestPerson) {
  const grantId = await createGrant(person.context, {
    clientId,
    scopes: ["approvals:read"],
    resource: null,
  });
  const token = createOAuthSecret("accessToken");
  await createTokenStore(services).save("AccessToken", token, {
    clientId,
    grantId,
    payload: { scope: "approvals:read" },
    expiresInSeconds: 3600,
  });
  return { grantId, api: api(server.url, token) };
}

describe("an app", () => {
  test("is made with a secret that is shown once, gets another one, and is ended", async () => {
    const { status, body: app } = await createApp({ name: "Intranet", redirect_uris });
    expect(status).toBe(201);
    expect(app).toMatchObject({ name: "Intranet", kind: "web", redirect_uris, grants_count: 0 });
    expect(app.client_secret).toMatch(/^cs_/);
    const path = `/api/v1/apps/${app.id}`;
    const rotated = await owner.api.call<Body<"rotateAppSecret">>("POST", `${path}/rotate-secret`);
    expect(rotated.body.client_secret).toMatch(/^cs_/);
    expect(rotated.body.client_secret).not.toBe(app.client_secret);
    const { body: read } = await owner.api.call<Body<"getApp">>("GET", path);
    expect(read).toMatchObject({
      secret_last_four: rotated.body.client_secret.slice(-4),
      previous_secret_until: rotated.body.old_secret_expires_at,
    });
    expect((await owner.api.call("DELETE", path)).body).toEqual({ id: app.id, deleted: true });
    expect((await owner.api.call("GET", path)).status).toBe(404);
  });

  test("for n8n, Zapier or Make gets the addresses of its platform", async () => {
    const { body: n8n } = await createApp({
      name: "n8n",
      preset: "n8n",
      n8n_url: "https://n8n.example.com/",
    });
    expect(n8n.redirect_uris).toEqual(["https://n8n.example.com/rest/oauth2-credential/callback"]);
    expect((await createApp({ name: "Make", preset: "make" })).status).toBe(201);
    const refused = await createApp({ name: "Zapier", preset: "zapier", zapier_app_id: "x" });
    expect([refused.status, refused.error?.details?.fields?.[0]?.field]).toEqual([
      400,
      "zapier_app_id",
    ]);
  });

  test("on people's own devices has no secret to show or to change", async () => {
    const native = { name: "Desk", kind: "native", redirect_uris: ["http://127.0.0.1/callback"] };
    const { status, body: app } = await createApp(native);
    expect([status, app.client_secret, app.secret_last_four]).toEqual([201, null, null]);
    const path = `/api/v1/apps/${app.id}/rotate-secret`;
    expect((await owner.api.call("POST", path)).status).toBe(409);
  });

  test("that is not well-formed is refused by the field, and nothing is made", async () => {
    const count = async () =>
      (await owner.api.call<Body<"listApps">>("GET", "/api/v1/apps")).body.data.length;
    const before = await count();
    for (const [body, field] of [
      [{ name: "App", redirect_uris: [] }, "redirect_uris"],
      [{ name: "App", redirect_uris: ["https://example.com/#x"] }, "redirect_uris"],
      [{ name: "App", redirect_uris, scopes: ["everything"] }, "scopes.0"],
      [{ name: " ", redirect_uris }, "name"],
    ] as const) {
      const { status, error } = await createApp(body);
      expect([status, error?.details?.fields?.[0]?.field]).toEqual([400, field]);
    }
    expect(await count()).toBe(before);
  });
});

describe("a grant", () => {
  test("is seen and taken back by whoever gave it, and by admins; its tokens end at once", async () => {
    const { body: app } = await createApp({ name: "Helper", redirect_uris });
    const [ofAlice, ofBob] = [await connect(app.id, alice), await connect(app.id, bob)];
    const list = async (by: TestPerson, query = {}) =>
      (await by.api.call<Body<"listGrants">>("GET", "/api/v1/grants", { query })).body.data.map(
        ({ id, person_id, app_name }) => [id, person_id, app_name],
      );
    expect(await list(alice)).toEqual([[ofAlice.grantId, alice.id, "Helper"]]);
    expect(await list(owner)).toEqual([]);
    expect(await list(owner, { whose: "organization", app_id: app.id })).toHaveLength(2);
    const everybody = await alice.api.call("GET", "/api/v1/grants", {
      query: { whose: "organization" },
    });
    expect(everybody.status).toBe(403);

    const revoke = (by: TestPerson, id: string) => by.api.call("DELETE", `/api/v1/grants/${id}`);
    expect((await revoke(alice, ofBob.grantId)).status).toBe(404);
    expect((await ofBob.api.list()).status).toBe(200);
    expect((await revoke(alice, ofAlice.grantId)).status).toBe(200);
    expect((await revoke(owner, ofBob.grantId)).status).toBe(200);
    for (const { api: ended } of [ofAlice, ofBob])
      await until(async () => (await ended.list()).status === 401, "the app is refused");
  });
});

const session = await alice.signIn();

describe("a personal token", () => {
  const asAlice = (method: string, path: string, body?: unknown) =>
    api(server.url, null).call<never>(method, path, {
      body,
      headers: { Cookie: `sayso_session=${session}`, Origin: new URL(server.url).origin },
    });
  const wanted = { name: "Script", scopes: ["approvals:read"], expires_in_minutes: 1440 };

  test("is made by whoever is signed in, works within its scopes, and is ended", async () => {
    const { status, body } = await asAlice("POST", "/api/v1/tokens", wanted);
    expect(status).toBe(201);
    const made: Body<"createToken"> = body;
    const lifeMs = Date.parse(must(made.expires_at)) - Date.parse(made.created_at);
    expect(Math.round(lifeMs / 3_600_000)).toBe(24);
    const program = api(server.url, made.token);
    expect((await program.list()).status).toBe(200);
    expect((await program.create()).status).toBe(403);
    const { body: listed } = await program.call<Body<"listTokens">>("GET", "/api/v1/tokens");
    expect(listed.data[0]).toMatchObject({ id: made.id, last_four: made.token.slice(-4) });
    expect(JSON.stringify(listed)).not.toContain(made.token);
    await asAlice("DELETE", `/api/v1/tokens/${made.id}`);
    await until(async () => (await program.list()).status === 401, "the token is refused");
  });

  test("makes no other token, and a machine or an app makes none", async () => {
    const { body: app } = await createApp({ name: "Maker", redirect_uris });
    const through = await connect(app.id, bob);
    for (const by of [alice.api, stage.machine.api, through.api]) {
      const { status } = await by.call("POST", "/api/v1/tokens", { body: wanted });
      expect(status).toBe(403);
    }
  });

  test("is ended by whose it is and by admins, and nobody else", async () => {
    const made: Body<"createToken"> = (await asAlice("POST", "/api/v1/tokens", wanted)).body;
    const path = `/api/v1/tokens/${made.id}`;
    expect((await bob.api.call("DELETE", path)).status).toBe(404);
    expect((await owner.api.call("DELETE", path)).status).toBe(200);
  });
});

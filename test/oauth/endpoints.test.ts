// Case 35 of docs/faults.md, and the bodies and methods that the endpoints accept.
import { must } from "@sayso/must";
import { api } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import {
  connect,
  obtainCode,
  openReplicas,
  post,
  REDIRECT_URI,
  refresh,
  registerApp,
  sendTo,
  type App,
} from "./app.ts";
import { hashOf, reasonsOf } from "./traces.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { services, here, there, organization, ada, app } = replicas;
const robot = await registerApp(organization, { redirectUris: [], allowsClientCredentials: true });

const endpoints = ["token", "revoke", "introspect"] as const;
const byItself = { grant_type: "client_credentials", scope: "approvals:read" };

const send = sendTo(here);
const asJson = (body: unknown): RequestInit => ({
  headers: { "Content-Type": "application/json" },
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const withSecret = ({ id, secret }: App) => ({ client_id: id, client_secret: secret });
const basic = (id: string, secret: string) => ({
  Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});

describe("revoking and introspecting (case 35)", () => {
  test("a token that nobody knows is revoked with 200 and is inactive", async () => {
    const unknown = [`sa_${"0".repeat(64)}`, "garbage", "sr_x", "a\u0000b", "x".repeat(5000)];
    for (const token of unknown) {
      expect((await post(here, "revoke", app, { token })).status).toBe(200);
      const reported = await post(here, "introspect", app, { token });
      expect([reported.status, reported.body]).toEqual([200, { active: false }]);
    }
  });

  test("a JWT says by itself when it ends: it can be neither revoked nor introspected", async () => {
    const { body } = await post(here, "token", robot, {
      grant_type: "client_credentials",
      resource: `${here}/organizations`,
    });
    for (const path of ["revoke", "introspect"] as const) {
      const answer = await post(here, path, robot, { token: must(body.access_token) });
      expect(answer).toMatchObject({ status: 400, body: { error: "unsupported_token_type" } });
    }
  });

  test.each(["access_token", "refresh_token", "nonsense", undefined])(
    "with the hint %s, either token ends the connection, and revoking again is fine",
    async (hint) => {
      for (const kind of ["access", "refresh"] as const) {
        const connected = await connect(here, ada, app);
        const form = { token: connected[kind], ...(hint && { token_type_hint: hint }) };
        expect((await post(there, "revoke", app, form)).status).toBe(200);
        expect(await reasonsOf(services, connected.access, connected.refresh)).toEqual(["client"]);
        expect((await post(there, "revoke", app, form)).status).toBe(200);
        expect((await refresh(here, app, connected.refresh)).status).toBe(400);
      }
    },
  );

  test("a used refresh token is inactive, and so is all of a person who was shut out", async () => {
    const { access, refresh: token } = await connect(here, ada, app);
    const next = must((await refresh(here, app, token)).body.refresh_token);
    await services.sql(
      "update oauth_tokens set consumed_at = now() - interval '1 minute' where token_hash = $1",
      [hashOf(token)],
    );
    const isActive = async (one: string) =>
      (await post(there, "introspect", app, { token: one })).body.active;
    expect(await Promise.all([token, next, access].map(isActive))).toEqual([false, true, true]);
  });

  test("tells what a resource must know and nothing of the person but their id", async () => {
    const { access } = await connect(here, ada, app);
    const { body } = await post(here, "introspect", app, { token: access });
    expect(Object.keys(body).sort()).toEqual(
      ["active", "client_id", "exp", "iat", "iss", "scope", "sub", "token_type"].sort(),
    );
  });
});

describe("the body", () => {
  test("may be JSON everywhere that a form is taken", async () => {
    const given = await obtainCode(here, ada, app);
    const exchanged = await send(
      "token",
      asJson({
        ...withSecret(app),
        grant_type: "authorization_code",
        code: given.code,
        redirect_uri: REDIRECT_URI,
        code_verifier: given.verifier,
        state: null,
        not_a_parameter: 7,
      }),
    );
    expect(exchanged.status).toBe(200);
    const { refresh_token: token } = exchanged.body;
    const refreshed = await send(
      "token",
      asJson({ ...withSecret(app), grant_type: "refresh_token", refresh_token: token }),
    );
    expect(refreshed.status).toBe(200);
    const access = refreshed.body.access_token;
    const reported = await send("introspect", asJson({ ...withSecret(app), token: access }));
    expect(reported.body).toMatchObject({ active: true });
    expect((await send("revoke", asJson({ ...withSecret(app), token: access }))).status).toBe(200);
    expect((await api(there, String(access)).list()).status).toBe(401);
    const charset = { "Content-Type": "application/json; charset=UTF-8" };
    const body = JSON.stringify({ ...withSecret(robot), ...byItself });
    expect((await send("token", { headers: charset, body })).status).toBe(200);
  });

  const broken: [string, RequestInit][] = [
    ["broken JSON", asJson("{")],
    ["an empty JSON body", asJson(" ")],
    ["JSON that is no object", asJson([])],
    ["JSON null", asJson("null")],
    ["a JSON text", asJson('"grant_type=x"')],
    ["a nested value", asJson({ grant_type: { a: 1 } })],
    ["a list", asJson({ grant_type: ["client_credentials"] })],
    ["a NUL", asJson({ token: "a\0b", grant_type: "refresh_token" })],
    ["half a surrogate pair", asJson('{"token":"\\ud800"}')],
    ["bottomless JSON", asJson("[".repeat(70_000))],
    ["its prototype", asJson('{"__proto__":{"grant_type":"client_credentials"}}')],
    ["plain text", { headers: { "Content-Type": "text/plain" }, body: "grant_type=x" }],
    ["XML", { headers: { "Content-Type": "application/xml" }, body: "<a/>" }],
    ["a form with files", { headers: { "Content-Type": "multipart/form-data" }, body: "x" }],
    [
      "JSON in another encoding",
      { headers: { "Content-Type": "application/json; charset=latin1" }, body: "{}" },
    ],
    [
      "a form in an encoding that nobody knows",
      {
        headers: { "Content-Type": "application/x-www-form-urlencoded; charset=klingon" },
        body: "token=x",
      },
    ],
    [
      "a compressed form",
      {
        headers: {
          "Content-Type": "application/x-www-form-urlencoded",
          "Content-Encoding": "gzip",
        },
        body: "token=x",
      },
    ],
    ["nothing", {}],
    ["an empty form", { body: new URLSearchParams() }],
    ["a form without an app", { body: new URLSearchParams({ token: "x" }) }],
    ["a form too large for any", { body: new URLSearchParams({ token: "x".repeat(100_000) }) }],
  ];
  test.each(broken)("%s is a 400 in OAuth's words, everywhere", async (_, init) => {
    for (const path of endpoints) {
      const answer = await send(path, init);
      expect([path, answer.status, answer.body.error]).toEqual([path, 400, "invalid_request"]);
      expect(typeof answer.body.error_description).toBe("string");
      expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    }
  });

  test("is answered in JSON, whatever the app says that it accepts", async () => {
    for (const Accept of ["text/html", "text/html,application/xhtml+xml;q=0.9", "image/png"]) {
      const answer = await send("token", {
        headers: { ...basic(robot.id, must(robot.secret)), Accept },
        body: new URLSearchParams({ grant_type: "nonsense" }),
      });
      expect(answer).toMatchObject({ status: 400, body: { error: "unsupported_grant_type" } });
    }
  });

  test("of 10 MB is cut off with 413", async () => {
    const body = "x".repeat(10_000_000);
    for (const type of ["application/x-www-form-urlencoded", "application/json"]) {
      const answer = await send("token", { headers: { "Content-Type": type }, body });
      expect([type, answer.status, answer.body.error]).toEqual([type, 413, "invalid_request"]);
    }
  });

  test("may name nothing twice", async () => {
    const form = new URLSearchParams({ ...byItself, client_id: robot.id });
    form.append("client_secret", must(robot.secret));
    for (const name of ["grant_type", "scope", "client_id", "client_secret"]) {
      const twice = new URLSearchParams(form);
      twice.append(name, "again");
      expect(await send("token", { body: twice })).toMatchObject({
        status: 400,
        body: { error: "invalid_request" },
      });
    }
    expect((await send("token", { body: form })).status).toBe(200);
  });

  test("counts, not the address: a secret in the query is no secret", async () => {
    const query = new URLSearchParams({ client_id: robot.id, client_secret: must(robot.secret) });
    const answer = await send(`token?${query.toString()}`, { body: new URLSearchParams(byItself) });
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_request" } });
  });
});

describe("the method", () => {
  test.each(["GET", "HEAD", "PUT", "PATCH", "DELETE"])("%s is a 405 everywhere", async (method) => {
    for (const path of endpoints) {
      const response = await fetch(
        `${here}/api/v1/oauth/${path}?${new URLSearchParams(byItself).toString()}`,
        {
          method,
          headers: basic(robot.id, must(robot.secret)),
        },
      );
      expect([path, response.status, response.headers.get("allow")]).toEqual([
        path,
        405,
        "POST, OPTIONS",
      ]);
      if (method !== "HEAD")
        expect(await response.json()).toMatchObject({ error: "invalid_request" });
    }
  });
});

describe("a bearer header that isn't client authentication", () => {
  const stray = [`Bearer sa_${"0".repeat(64)}`, "bearer x", "Bearer "];

  test.each(stray)(
    "%s beside credentials in the body is ignored, at each endpoint",
    async (Authorization) => {
      const { refresh: token, access } = await connect(here, ada, app);
      const call = (path: (typeof endpoints)[number], body: Record<string, unknown>) =>
        send(path, {
          method: "POST",
          headers: { Authorization, "Content-Type": "application/json" },
          body: JSON.stringify({ ...withSecret(app), ...body }),
        });
      expect((await call("introspect", { token: access })).body).toMatchObject({ active: true });
      expect(
        (await call("token", { grant_type: "refresh_token", refresh_token: token })).status,
      ).toBe(200);
      expect((await call("revoke", { token: access })).status).toBe(200);
    },
  );

  test("is no credential: without others, or with a wrong secret, nothing is given", async () => {
    const { access } = await connect(here, ada, app);
    const headers = { Authorization: `Bearer ${access}`, "Content-Type": "application/json" };
    for (const body of [
      byItself,
      { ...byItself, client_id: robot.id },
      { ...byItself, client_id: robot.id, client_secret: app.secret },
    ]) {
      const { status } = await send("token", {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      expect([400, 401]).toContain(status);
    }
  });
});

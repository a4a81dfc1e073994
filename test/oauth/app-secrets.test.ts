// Client authentication of an app, and the scopes that it can get for itself.
import { rotateClientSecret } from "@sayso/core";
import { must } from "@sayso/must";
import { api } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import {
  connect,
  exchange,
  obtainCode,
  openReplicas,
  post,
  REDIRECT_URI,
  refresh,
  registerApp,
  sendTo,
} from "./app.ts";
import { hashOf } from "./traces.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { services, here, there, organization, ada, app } = replicas;
const phone = await registerApp(organization, { kind: "native", redirectUris: [REDIRECT_URI] });
const robot = await registerApp(organization, { redirectUris: [], allowsClientCredentials: true });

const byItself = { grant_type: "client_credentials", scope: "approvals:read" };
const send = sendTo(here);
const basic = (id: string, secret: string) => ({
  Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});

describe("an app's secret", () => {
  const ask = (headers: Record<string, string>, form: Record<string, string> = {}) =>
    send("token", { headers, body: new URLSearchParams({ ...byItself, ...form }) });

  test("comes in the header or in the form", async () => {
    expect((await ask(basic(robot.id, must(robot.secret)))).status).toBe(200);
    expect((await ask({}, { client_id: robot.id, client_secret: must(robot.secret) })).status).toBe(
      200,
    );
    const both = await ask(basic(robot.id, must(robot.secret)), {
      client_secret: must(robot.secret),
    });
    expect(both).toMatchObject({ status: 400, body: { error: "invalid_request" } });
  });

  const wrong = `cs_${"0".repeat(64)}`;
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["a wrong one in the header", basic(robot.id, wrong), {}],
    ["a wrong one in the form", {}, { client_id: robot.id, client_secret: wrong }],
    ["another app's", basic(robot.id, must(app.secret)), {}],
    ["none at all", {}, { client_id: robot.id }],
    ["an empty one", {}, { client_id: robot.id, client_secret: "" }],
    ["garbage", basic(robot.id, "' or '1'='1"), {}],
    ["one of an app that doesn't exist", basic(ada.id, must(robot.secret)), {}],
    ["one of an app with an impossible name", {}, { client_id: "a\0b", client_secret: wrong }],
    ["its hash", basic(robot.id, hashOf(must(robot.secret)).toString("hex")), {}],
    ["what stands in its place inside", basic(robot.id, "stored as a hash"), {}],
  ])("%s is a 401", async (_, headers, form) => {
    const answer = await ask(headers, form);
    expect(answer).toMatchObject({ status: 401, body: { error: "invalid_client" } });
    if (headers.Authorization) expect(answer.headers.get("www-authenticate")).toMatch(/^Basic /);
    for (const path of ["revoke", "introspect"]) {
      const body = new URLSearchParams({ token: "x", ...form });
      expect((await send(path, { headers, body })).status).toBe(401);
    }
  });

  test.each([
    ["another scheme", { Authorization: `Bearer ${robot.secret}` }],
    ["what is no base64", { Authorization: "Basic %%%" }],
    ["no colon", { Authorization: `Basic ${Buffer.from(robot.id).toString("base64")}` }],
  ])("in the header with %s is a 400", async (_, headers) => {
    expect(await ask(headers)).toMatchObject({ status: 400, body: { error: "invalid_request" } });
  });

  test("without one, a web app exchanges nothing", async () => {
    const given = await obtainCode(here, ada, app);
    expect(await exchange(here, { ...app, secret: null }, given)).toMatchObject({
      status: 401,
      body: { error: "invalid_client" },
    });
    const { refresh: token } = await connect(here, ada, app);
    expect((await refresh(here, { ...app, secret: null }, token)).status).toBe(401);
    expect((await refresh(here, app, token)).status).toBe(200);
  });

  test("is nothing that an app on a device has: one that it makes up is refused", async () => {
    const given = await obtainCode(here, ada, phone);
    expect((await exchange(here, { ...phone, secret: app.secret }, given)).status).toBe(401);
    expect((await exchange(here, phone, given)).status).toBe(200);
  });

  test("that was replaced works for another 24 h, the one before not at all", async () => {
    const own = await registerApp(organization, {
      redirectUris: [],
      allowsClientCredentials: true,
    });
    const first = must(own.secret);
    const statusOf = async (url: string, secret: string) =>
      (await post(url, "token", { ...own, secret }, byItself)).status;
    const { secret: second, previousValidUntil } = await rotateClientSecret(
      organization.context,
      own.id,
    );
    const [row] = await services.sql<{ hours: number }>(
      "select extract(epoch from $1::timestamptz - now()) / 3600 as hours",
      [previousValidUntil],
    );
    expect(Number(row?.hours)).toBeCloseTo(24, 1);
    expect([await statusOf(here, first), await statusOf(there, second)]).toEqual([200, 200]);
    await services.sql(
      "update oauth_clients set previous_secret_until = now() - interval '1 second' where id = $1",
      [own.id],
    );
    expect([await statusOf(here, first), await statusOf(there, second)]).toEqual([401, 200]);
    const { secret: third } = await rotateClientSecret(organization.context, own.id);
    expect([
      await statusOf(there, first),
      await statusOf(here, second),
      await statusOf(there, third),
    ]).toEqual([401, 200, 200]);
  });
});

describe("what an app asks for without a person", () => {
  test.each<[string, Record<string, string>, string]>([
    ["an unknown scope", { scope: "everything" }, "invalid_scope"],
    ["an unknown scope beside a known one", { scope: "approvals:read admin" }, "invalid_scope"],
    ["OpenID Connect's", { scope: "openid" }, "invalid_scope"],
    ["characters that no scope has", { scope: 'approvals:read"' }, "invalid_scope"],
    ["a password", { grant_type: "password", username: "a" }, "unsupported_grant_type"],
    ["a token at once", { grant_type: "implicit" }, "unsupported_grant_type"],
    ["nothing", { grant_type: "" }, "invalid_request"],
  ])("%s is refused", async (_, form, error) => {
    const answer = await post(here, "token", robot, { ...byItself, ...form });
    expect(answer).toMatchObject({ status: 400, body: { error } });
  });

  test("who names none gets all but that for deciding, which has to be named", async () => {
    const form = { grant_type: "client_credentials" };
    const { body } = await post(here, "token", robot, form);
    expect(body.scope?.split(" ").sort()).toEqual(
      robot.client.scopes.filter((scope) => scope !== "approvals:decide").sort(),
    );
    const runs = await post(here, "token", robot, { ...form, resource: `${here}/organizations` });
    expect(runs.body.scope).toBe("flows:read flows:write");
  });

  test("a scope that it may not have is refused", async () => {
    const narrow = await registerApp(organization, {
      redirectUris: [],
      allowsClientCredentials: true,
      scopes: ["approvals:read"],
    });
    const answer = await post(here, "token", narrow, {
      grant_type: "client_credentials",
      scope: "approvals:read approvals:write",
    });
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_scope" } });
    const scopeless = await post(here, "token", narrow, {
      grant_type: "client_credentials",
      resource: `${here}/organizations`,
    });
    expect(scopeless).toMatchObject({ status: 400, body: { error: "invalid_scope" } });
    const all = await post(here, "token", narrow, { grant_type: "client_credentials" });
    expect(all.body.scope).toBe("approvals:read");
    expect((await api(there, must(all.body.access_token)).create()).status).toBe(403);
  });

  test("an app that may not act without a person is refused", async () => {
    for (const who of [app, phone])
      expect(await post(here, "token", who, byItself)).toMatchObject({
        status: 400,
        body: { error: expect.stringMatching(/^(invalid|unauthorized)_/) as string },
      });
    const refreshed = await post(here, "token", robot, {
      grant_type: "refresh_token",
      refresh_token: `sr_${"0".repeat(64)}`,
    });
    expect(refreshed).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/^(invalid|unauthorized)_/) as string },
    });
  });
});

// An app never administers: a person who allows an app never gives it control of the organization.
import {
  createClient,
  createConnection,
  createGrant,
  createToken,
  invitePerson,
  resetPassword,
  rotateClientSecret,
  type Context,
} from "@sayso/core";
import { must } from "@sayso/must";
import { api, type Api } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { connect, openReplicas, post, REDIRECT_URI, registerApp, type App } from "./app.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { here, there, organization, ada, app } = replicas;
const { context, owner } = organization;
const ALL = app.client.scopes.join(" ");

/** The API that an app calls in this person's name, with every scope. */
const through = async (own: App, person = ada): Promise<Api> =>
  api(there, (await connect(here, person, own, { scope: ALL })).access);
const byItself = async (own: App): Promise<Api> =>
  api(
    there,
    must(
      (await post(here, "token", own, { grant_type: "client_credentials", scope: ALL })).body
        .access_token,
    ),
  );
const registerRobot = () =>
  registerApp(organization, { redirectUris: [], allowsClientCredentials: true });

describe("an app never administers, whoever allowed it", () => {
  const someId = "01234567-89ab-7def-8123-456789abcdef";
  const forAdmins: [string, string, string, unknown?][] = [
    ["make a connection", "POST", "/api/v1/connections", { name: "Another" }],
    ["see the connections", "GET", "/api/v1/connections"],
    ["rotate a key", "POST", "/api/v1/connections/ID/rotate", { grace_minutes: 0 }],
    ["let its own connection decide", "PATCH", "/api/v1/connections/ID", { can_decide: true }],
    ["raise its own limit", "PATCH", "/api/v1/connections/ID", { rate_limit_per_hour: 10_000 }],
    ["delete its connection", "DELETE", "/api/v1/connections/ID"],
    ["change the organization", "PATCH", "/api/v1/org", { four_eyes: false }],
    ["stop everything", "POST", "/api/v1/emergency-stop", { active: true }],
    ["make a team", "POST", "/api/v1/teams", { name: "Mine" }],
    ["make a template", "POST", "/api/v1/templates", { name: "Mine" }],
    ["delete a template", "DELETE", `/api/v1/templates/${someId}`],
  ];

  test.each(forAdmins)(
    "to %s: 403 by an owner's app, and by an app by itself",
    async (_, method, path, body) => {
      const [owners, robot] = [await through(app, owner), await registerRobot()];
      for (const [who, own] of [
        [owners, app],
        [await byItself(robot), robot],
      ] as const) {
        const at = path.replace("ID", own.client.connectionId);
        expect(await who.call(method, at, { body })).toMatchObject({
          status: 403,
          error: { code: "FORBIDDEN" },
        });
      }
      // The owner's own token can call this route, so the refusal above doesn't come from the route.
      const safe = path.replace("ID", someId);
      const direct =
        method === "POST" && path.endsWith("stop")
          ? null
          : await owner.api.call(method, safe, { body });
      expect([200, 201, 404, null]).toContain(direct?.status ?? null);
    },
  );

  test("to override a step: an owner's app decides only what is the owner's own", async () => {
    const { body } = await ada.api.create({ is_sequential: true, assigned_approvers: [ada.id] });
    const [step] = (await owner.api.steps(body.id)).body.data;
    const owners = await through(app, owner);
    expect((await owners.decideStep(body.id, must(step).id, { decision: "approve" })).status).toBe(
      403,
    );
    expect(
      (await owner.api.decideStep(body.id, must(step).id, { decision: "approve" })).status,
    ).toBe(200);
  });

  test("to decide for others: an owner's app doesn't where a name is on it", async () => {
    const { body } = await ada.api.create({ assigned_approvers: [ada.id] });
    const owners = await through(app, owner);
    expect((await owners.approve(body.id)).status).toBe(403);
    expect((await owner.api.approve(body.id)).status).toBe(200);
  });

  const asApp: Context = {
    ...context,
    actor: { ...owner.context.actor, via: "oauth" } as typeof owner.context.actor,
  };
  test.each<[string, () => Promise<unknown>]>([
    ["personal tokens", () => createToken(asApp, { name: "Mine", scopes: [ALL] })],
    ["other apps", () => createClient(asApp, { name: "Mine", redirectUris: [REDIRECT_URI] })],
    ["a new secret for itself", () => rotateClientSecret(asApp, app.id)],
    [
      "another connection for itself",
      () => createGrant(asApp, { clientId: app.id, scopes: [ALL], resource: null }),
    ],
    ["a machine", () => createConnection(asApp, { name: "Mine" })],
    ["people", () => invitePerson(asApp, { name: "Eve", email: "eve@example.com", role: "owner" })],
    ["a new password", () => resetPassword(asApp, ada.id)],
  ])("in an owner's name it makes no %s, whichever way it came to the verb", async (_, work) => {
    await expect(work()).rejects.toMatchObject({ code: "forbidden" });
  });

  test("nor does it reach the pages, where people keep their tokens, passwords and apps", async () => {
    const { access } = await connect(here, owner, app, { scope: ALL });
    for (const path of ["/", "/account", "/account/tokens", "/account/apps", "/waiting"]) {
      const response = await fetch(here + path, {
        redirect: "manual",
        headers: { Authorization: `Bearer ${access}`, Cookie: `sayso_session=${access}` },
      });
      expect([path, response.status === 200]).toEqual([path, false]);
    }
  });
});

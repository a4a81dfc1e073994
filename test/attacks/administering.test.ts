// Checks one rule on every surface: an admin's session and personal token can administer, an app of that admin can't.
import { allScopes } from "@sayso/catalogue";
import { must } from "@sayso/must";
import { api, openStage, type CallOptions } from "@sayso/testkit";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openCredentials, type Caller } from "../authentication/credentials.ts";
import { changesApi } from "../surfaces/changes/changes-api.ts";

const stage = await openStage();
afterAll(() => stage.close());
const { organization, server, services, alice, bob, owner } = stage;
beforeEach(() => services.sql("delete from rate_windows"));
const kinds = await openCredentials(services, organization, server);
const mine = alice.createToken(allScopes);

type Call = (method: string, path: string, options?: CallOptions) => Promise<number>;
const anybody = api(server.url, null);
const callAs =
  (headers: Caller): Call =>
  async (method, path, options) =>
    (await anybody.call(method, path, { ...options, headers })).status;

/** Actions on another member's things that only an admin may take. Each returns the status of the answer. */
const deeds: Record<string, (call: Call) => Promise<number>> = {
  "withdraw another's request": async (call) =>
    call("DELETE", `/api/v1/approvals/${(await bob.api.create()).body.id}`),
  "decide what others are asked": async (call) => {
    const { body } = await bob.api.create({ assigned_approvers: [bob.id] });
    return call("PATCH", `/api/v1/approvals/${body.id}`, { body: { decision: "approve" } });
  },
  "decide another's step": async (call) => {
    const { body } = await bob.api.create({ is_sequential: true, assigned_approvers: [bob.id] });
    const [step] = (await bob.api.steps(body.id)).body.data;
    return call("PATCH", `/api/v1/approvals/${body.id}/steps/${must(step).id}`, {
      body: { decision: "approve" },
    });
  },
  "decide the stage of a change that is for admins": async (call) => {
    const { body } = await changesApi(bob.api).propose({ entityId: `e${Math.random()}` });
    return call("POST", `/changes/api/v1/approvals/${body.id}`, { body: { action: "approve" } });
  },
  "write an entity without an approval": (call) =>
    call("PUT", `/changes/api/v1/entities/qualificationRule/e${String(Math.random())}`, {
      body: { entityName: "Rule", body: { threshold: 1 } },
    }),
  "change another's flow": async (call) => {
    const path = `/organizations/${organization.id}/approvals`;
    const steps = [{ type: "any", reviewers: [{ type: "user", id: bob.id }] }];
    const body = {
      name: "F",
      description: "F",
      objectType: "thing",
      objectAction: "update",
      steps,
    };
    const flow = await bob.api.call<{ id: string }>("POST", path, { body });
    return call("PATCH", `${path}/${flow.body.id}`, { body: { name: "Mine" } });
  },
  "put a goal under approval": (call) =>
    call("POST", "/api/v1/kpis", {
      body: { name: "K", target: 1, needs_approval: true },
    }),
  "end another's subscription": async (call) => {
    const { body } = await bob.api.call<{ id: string }>("POST", "/api/v1/subscriptions", {
      body: { target_url: "https://hooks.example.com/x", event_types: ["approval.created"] },
    });
    return call("DELETE", `/api/v1/subscriptions/${body.id}`);
  },
  "revoke another's token": async (call) =>
    call("DELETE", `/api/v1/tokens/${(await bob.createToken(allScopes)).id}`),
  "see what others connected": (call) =>
    call("GET", "/api/v1/grants", { query: { whose: "organization" } }),
  "verify the audit trail": (call) => call("GET", "/api/v1/activity/verification"),
  "stop everything": async (call) => {
    const status = await call("POST", "/api/v1/emergency-stop", { body: { active: true } });
    await owner.api.call("POST", "/api/v1/emergency-stop", { body: { active: false } });
    return status;
  },
  "make a connection": (call) => call("POST", "/api/v1/connections", { body: { name: "New" } }),
  "change the organization": (call) => call("PATCH", "/api/v1/org", { body: { name: "Named" } }),
  "make a team": (call) =>
    call("POST", "/api/v1/teams", { body: { name: `T${String(Math.random())}` } }),
  "make a template": (call) =>
    call("POST", "/api/v1/templates", { body: { name: `T${String(Math.random())}` } }),
};

/** 202 means that the call changed nothing yet: an admin is asked first. */
const isDone = (status: number) => status < 300 && status !== 202;
const isRefused = (status: number) => [202, 403, 404, 409].includes(status);

describe.each(Object.entries(deeds))("to %s", (_, deed) => {
  test.each(["a session", "a personal token"])("is an owner's by %s", async (kind) => {
    const headers = await must(kinds[kind]).withScopes(allScopes);
    const status = await deed(callAs(headers));
    expect([status, isDone(status)]).toEqual([status, true]);
  });

  test.each(["an app's token in a person's name", "an app's own token", "an API key"])(
    "is refused to %s, though its person is an owner",
    async (kind) => {
      const status = await deed(callAs(await must(kinds[kind]).withScopes(allScopes)));
      expect([status, isRefused(status)]).toEqual([status, true]);
    },
  );

  test("is refused to a member", async () => {
    const status = await deed(callAs({ Authorization: `Bearer ${(await mine).token}` }));
    expect([status, isRefused(status)]).toEqual([status, true]);
  });
});

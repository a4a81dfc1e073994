// Cases 37 and 38 of docs/faults.md: every route of the OpenAPI document, with ids of another organization.
import { allScopes, allSurfaces, joinSurfaces, type AnyOperation } from "@sayso/catalogue";
import {
  createClient,
  createGrant,
  createOAuthSecret,
  createTemplate,
  createTokenStore,
  invitePerson,
} from "@sayso/core";
import { must } from "@sayso/must";
import {
  api,
  createOrganization,
  openStage,
  startReceiver,
  until,
  type Answer,
  type Api,
  type TestOrganization,
  type TestPerson,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { furnishOtherSurfaces } from "./other-surfaces.ts";

const stage = await openStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { organization, alice, owner, services, server } = stage;
const decider = await organization.addConnection({ canDecide: true });

// Things that belong to the other organization.
const theirs = await createOrganization(services, server);
const them = await theirs.addPerson();
const theirConnection = await theirs.addConnection();
const theirTeam = await theirs.addTeam("Theirs", [them]);
const theirTemplate = await createTemplate(theirs.context, { name: "Theirs" });
const theirRequest = (
  await theirConnection.api.create({
    is_sequential: true,
    assigned_approvers: [them.id, theirs.owner.id],
  })
).body;
await theirConnection.api.comment(theirRequest.id, "Theirs");
const [theirStep] = (await theirConnection.api.steps(theirRequest.id)).body.data;
const delivered = (await theirConnection.api.create({ callback_url: receiver.url })).body;
await them.api.approve(delivered.id);
await until(
  async () => (await theirConnection.api.get(delivered.id)).body.callback_delivered,
  "their callback is delivered",
);
const [theirDelivery] = (await theirConnection.api.deliveries()).body.data;
const { body: theirSubscription } = await theirConnection.api.call<{ id: string }>(
  "POST",
  "/api/v1/subscriptions",
  { body: { target_url: receiver.url, event_types: ["approval.cancelled"] } },
);

const elsewhere = await furnishOtherSurfaces({
  theirs,
  them,
  theirConnection,
  theirRequest,
  receiverUrl: receiver.url,
  url: server.url,
  alice,
});

// An app of the other organization, which one of its people has allowed, and one of ours, which calls in an owner's
// name.
const connectApp = async (of: TestOrganization, person: TestPerson) => {
  const { client } = await createClient(of.context, {
    name: "App",
    redirectUris: ["https://app.example.com/callback"],
  });
  const clientId = client.id;
  const grantId = await person.inPerson((there) =>
    createGrant(there, { clientId, scopes: allScopes, resource: null }),
  );
  const token = createOAuthSecret("accessToken");
  const payload = { scope: allScopes.join(" ") };
  const stored = { clientId, grantId, payload, expiresInSeconds: 3600 };
  await createTokenStore(services).save("AccessToken", token, stored);
  return api(server.url, token);
};
const theirApp = await connectApp(theirs, them);
const ourApp = await connectApp(organization, owner);
expect((await theirApp.get(theirRequest.id)).status).toBe(200);

const theirInvitation = await invitePerson(theirs.context, {
  email: "invited.crawl@example.com",
  name: "Invited",
  role: "member",
});

const operations: Record<string, AnyOperation> = joinSurfaces(allSurfaces).operations;
const nobody = "01234567-89ab-7def-8123-456789abcdef";
/** Ids of the other organization for the parameters of a path. */
const idsInPath: [RegExp, Record<string, string>][] = [
  ...elsewhere.idsInPath,
  [/^\/api\/v1\/approvals\/\{id\}/, { id: theirRequest.id, stepId: must(theirStep).id }],
  [/^\/api\/v1\/connections\/\{id\}/, { id: theirConnection.id }],
  [/^\/api\/v1\/templates\/\{id\}/, { id: theirTemplate.id }],
  [/^\/api\/v1\/teams\/\{id\}/, { id: theirTeam.id }],
  [/^\/api\/v1\/subscriptions\/\{id\}/, { id: theirSubscription.id }],
  [/^\/api\/v1\/webhooks\/\{id\}/, { id: must(theirDelivery).id }],
  [/^\/api\/v1\/invitations\/\{id\}/, { id: theirInvitation.id }],
];
/** Valid bodies, so that only the id can be wrong. */
const bodies: Record<string, unknown> = {
  decideApproval: { decision: "approve" },
  reviseApproval: { title: "Mine" },
  delegateVote: { to_user_id: alice.id },
  createComment: { body: "I was here" },
  replaceSteps: { steps: [{ approver_id: alice.id }] },
  decideStep: { decision: "approve" },
  updateTemplate: { name: "Mine" },
  setTeamMembers: { member_ids: [alice.id] },
  updateConnection: { can_decide: true },
  rotateKey: { grace_minutes: 0 },
  ...elsewhere.bodies,
};

interface Operation {
  operationId: string;
  parameters: { in: string }[];
  requestBody?: object;
  "x-admin-only"?: true;
}
const { body: openapi } = await owner.api.call<{
  paths: Record<string, Record<string, Operation>>;
}>("GET", "/api/v1/openapi");
const routes = Object.entries(openapi.paths)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      ...operation,
    })),
  )
  .filter((route) => route.path.includes("{"));

/** Tables that change without a call: counters, positions and retries. */
const movedByTime = [
  "rate_windows",
  "feed",
  "feed_heads",
  "delivery_attempts",
  "api_calls",
  "api_call_hours",
];

/** Returns a digest of everything that is stored for the other organization. */
async function fingerprint(): Promise<string> {
  const tables = await services.sql<{ table: string }>(
    `select table_name as table from information_schema.columns
     where table_schema = 'public' and column_name = 'organization_id' and table_name <> all ($1)
     order by table_name`,
    [movedByTime],
  );
  const texts = await Promise.all(
    tables.map(({ table }) =>
      services.sql<{ text: string }>(
        `select coalesce(string_agg((to_jsonb(t) - 'last_used_at')::text, '|' order by t::text), '') as text from ${table} t where organization_id = $1`,
        [theirs.id],
      ),
    ),
  );
  return texts.map(([row]) => must(row).text).join("\n");
}
const before = await fingerprint();

const same = ({ status, body }: Answer) => [status, body];

test("there are routes to crawl, each with a body where it wants one", () => {
  expect(routes.length).toBeGreaterThan(15);
  for (const route of routes.filter((r) => r.requestBody))
    expect(Object.keys(bodies)).toContain(route.operationId);
});

const ownerSession = { Cookie: `sayso_session=${await owner.signIn()}`, Origin: server.url };

describe.each(routes.map((route) => [route.operationId, route] as const))("%s", (_, route) => {
  const [, ids] = idsInPath.find(([pattern]) => pattern.test(route.path)) ?? [undefined, undefined];
  const send = (by: Api, given: Record<string, string>, headers?: Record<string, string>) =>
    by.call(
      route.method,
      route.path.replaceAll(/\{(\w+)\}/g, (_part, name: string) => given[name] ?? nobody),
      { body: bodies[route.operationId], headers },
    );
  /** Sends as an owner of this organization: by token unless the operation needs a session. */
  const sendAsOwner = (given: Record<string, string>) =>
    must(operations[route.operationId]).caller === "session"
      ? send(api(server.url, null), given, ownerSession)
      : send(owner.api, given);

  test("answers an admin of another organization as if the id didn't exist: 404", async () => {
    expect(ids).toBeDefined();
    const foreign = await sendAsOwner(must(ids));
    const missing = await sendAsOwner({});
    expect(foreign.status).toBe(404);
    expect(same(foreign)).toEqual(same(missing));
  });

  test("tells a machine, a member and an app of another organization no more", async () => {
    for (const by of [decider.api, alice.api, ourApp]) {
      const [foreign, missing] = [await send(by, must(ids)), await send(by, {})];
      // A connection's key opens no reviews and nothing that is for people, in either organization.
      const { caller, scope } = must(operations[route.operationId]);
      const isForPeople = caller !== undefined || scope?.startsWith("reviews:");
      const isClosed = caller === "session" || (by === decider.api && isForPeople);
      expect(foreign.status).toBe(route["x-admin-only"] || isClosed ? 403 : 404);
      expect(same(foreign)).toEqual(same(missing));
    }
  });
});

const ours = (await decider.api.create({ assigned_approvers: [alice.id] })).body;

describe("foreign ids inside of bodies and queries", () => {
  const calls: [
    string,
    (foreign: {
      person: string;
      team: string;
      template: string;
      request: string;
      step: string;
    }) => Promise<Answer>,
    number,
  ][] = [
    ["an assigned approver", (f) => decider.api.create({ assigned_approvers: [f.person] }), 400],
    ["an assigned team", (f) => decider.api.create({ assigned_team_id: f.team }), 400],
    ["a template", (f) => decider.api.create({ template_id: f.template }), 400],
    ["a step's approver", (f) => decider.api.setSteps(ours.id, [{ approver_id: f.person }]), 400],
    ["a step's team", (f) => decider.api.setSteps(ours.id, [{ assigned_team_id: f.team }]), 400],
    ["whom a vote is handed to", (f) => alice.api.delegate(ours.id, { to_user_id: f.person }), 400],
    [
      "a team's member",
      async (f) => {
        const made = await owner.api.call<{ id: string }>("POST", "/api/v1/teams", {
          body: { name: `Team ${Math.random()}` },
        });
        return owner.api.call("PUT", `/api/v1/teams/${made.body.id}/members`, {
          body: { member_ids: [f.person] },
        });
      },
      400,
    ],
    [
      "a step of our own request",
      (f) => owner.api.decideStep(ours.id, f.step, { decision: "approve" }),
      404,
    ],
    ["a batch", (f) => owner.api.batch({ ids: [f.request], decision: "approve" }), 200],
    ["the delivery log's request", (f) => owner.api.deliveries({ request_id: f.request }), 200],
    ["a wait", (f) => owner.api.get(f.request, { wait: 5 }), 404],
  ];

  test.each(calls)(
    "%s: the same answer as for an id that doesn't exist",
    async (_, send, status) => {
      const foreign = {
        person: them.id,
        team: theirTeam.id,
        template: theirTemplate.id,
        request: theirRequest.id,
        step: must(theirStep).id,
      };
      const missing = {
        person: nobody,
        team: nobody,
        template: nobody,
        request: nobody,
        step: nobody,
      };
      const [toForeign, toMissing] = [await send(foreign), await send(missing)];
      expect(toForeign.status).toBe(status);
      const neutral = (answer: Answer) =>
        JSON.stringify(same(answer)).replaceAll(
          new RegExp(Object.values({ ...foreign, nobody }).join("|"), "g"),
          "ID",
        );
      expect(neutral(toForeign)).toBe(neutral(toMissing));
    },
  );
});

test("X-Tenant-Id of another organization opens nothing (case 38)", async () => {
  for (const path of [
    "/api/v1/approvals",
    `/api/v1/approvals/${theirRequest.id}`,
    "/api/v1/org",
    "/api/v1/connections",
  ]) {
    const answer = await owner.api.call("GET", path, { headers: { "X-Tenant-Id": theirs.id } });
    expect([200, 403, 404]).toContain(answer.status);
    expect(JSON.stringify(answer.body)).not.toContain(theirs.id);
  }
});

test("after all that, the other organization's data are what they were", async () => {
  expect(await fingerprint()).toBe(before);
});

test("a key that was made here, with the other's id in every place, is still only a key of ours", async () => {
  const ours = api(server.url, decider.key);
  const inEveryPlace = {
    org_id: theirs.id,
    organization_id: theirs.id,
    connection_id: theirConnection.id,
  };
  expect((await ours.create(inEveryPlace)).status).toBe(400);
  const { body } = await ours.create({ metadata: inEveryPlace });
  expect(body).toMatchObject({ org_id: organization.id, connection_id: decider.id });
});

// An app, a token or a key never approves its own request, and none of them decides before its person allowed deciding.
import { createKey, updateConnection } from "@sayso/core";
import { must } from "@sayso/must";
import { api, createOrganization, type Api } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import {
  answerConsent,
  authorizePath,
  connect,
  createPkce,
  exchange,
  openReplicas,
  post,
  refresh,
  registerApp,
  type App,
  type TokenAnswer,
} from "../oauth/app.ts";
import { createVisitor, signedIn } from "../pages/visitor.ts";
import { changesApi } from "../surfaces/changes/changes-api.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { services, here, organization, ada, app } = replicas;
const { owner } = organization;
const bea = await organization.addPerson({ name: "Bea" });
const EVERYTHING = app.client.scopes.join(" ");

/** The API that an app calls in this person's name, with every scope and with deciding allowed by the person. */
const through = async (own: App, person = ada): Promise<Api> =>
  api(here, (await connect(here, person, own, { scope: EVERYTHING })).access);

/** Returns the tokens of an app after its person presses Allow, with deciding ticked or not. */
async function allow(
  own: App,
  scope: string,
  decide: boolean,
): Promise<Partial<TokenAnswer["body"]>> {
  const pkce = createPkce();
  const visitor = await signedIn(here, ada);
  const back = await answerConsent(
    visitor,
    authorizePath(own, pkce, { scope }),
    "allow",
    decide ? { decide: "yes" } : {},
  );
  const code = back.searchParams.get("code");
  if (code === null) return { error: back.searchParams.get("error") ?? undefined };
  return (await exchange(here, own, { code, verifier: pkce.verifier })).body;
}

const decided = (by: Api, id: string) => by.get(id).then(({ body }) => body.status);

describe("an app that may ask", () => {
  test.each(["approvals:read approvals:write flows:read flows:write comments:write", EVERYTHING])(
    "can't decide in its person's name before they ticked that: %s",
    async (scope) => {
      const given = await allow(app, scope, false);
      expect(given.scope).not.toContain("approvals:decide");
      const apps = api(here, must(given.access_token));
      const { body } = await bea.api.create();
      const change = await changesApi(bea.api).propose({
        entityId: body.id,
        stages: [{ stageName: "look", requiredRole: "editor" }],
      });
      const answers = [
        await apps.approve(body.id),
        await apps.reject(body.id),
        await apps.batch({ ids: [body.id], decision: "approve" }),
        await apps.call("POST", `/api/v1/approvals/${body.id}/your-vote`, {
          body: { decision: "approve" },
        }),
        await apps.delegate(body.id, { to_user_id: bea.id }),
        await changesApi(apps).approve(change.body.id),
      ];
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
      expect(must(answers[0]).error).toMatchObject({
        details: { scope: "approvals:decide" },
        message: expect.stringMatching(/connect the app again.+tick/i) as string,
      });
      expect(await decided(bea.api, body.id)).toBe("pending");
    },
  );

  test("is offered deciding when it asks for approvals:write, though it did not ask to decide", async () => {
    const given = await allow(app, "approvals:read approvals:write", true);
    expect(given.scope).toBe("approvals:read approvals:write approvals:decide");
    const { body } = await bea.api.create();
    expect((await api(here, must(given.access_token)).approve(body.id)).status).toBe(200);
  });

  test("keeps what was allowed when it refreshes, and gets no more", async () => {
    const plain = await allow(app, EVERYTHING, false);
    const wider = await refresh(here, app, must(plain.refresh_token), { scope: EVERYTHING });
    expect(wider).toMatchObject({ status: 400, body: { error: "invalid_scope" } });
    const again = await refresh(here, app, must(plain.refresh_token));
    expect(again.body.scope).not.toContain("approvals:decide");
    const ticked = await allow(app, "approvals:write", true);
    const next = await refresh(here, app, must(ticked.refresh_token));
    expect(next.body.scope).toBe("approvals:write approvals:decide");
  });

  test("is given nothing where deciding is all it asked for and the person left it off", async () => {
    expect(await allow(app, "approvals:decide", false)).toEqual({ error: "access_denied" });
    expect((await allow(app, "approvals:decide", true)).scope).toBe("approvals:decide");
  });

  test("is not offered deciding where it asks to read, or where its admin didn't register it for that", async () => {
    const narrow = await registerApp(organization, {
      scopes: ["approvals:read", "approvals:write"],
    });
    expect((await allow(app, "approvals:read", true)).scope).toBe("approvals:read");
    expect((await allow(narrow, "approvals:write", true)).scope).toBe("approvals:write");
  });

  test("shows the person a choice in plain words that is off", async () => {
    const visitor = createVisitor(here);
    visitor.cookies.set("sayso_session", await ada.signIn());
    for (const [scope, isOffered] of [
      ["approvals:write", true],
      ["flows:write", true],
      ["approvals:decide approvals:read", true],
      ["approvals:read comments:write", false],
    ] as const) {
      const asked = await visitor.get(authorizePath(app, createPkce(), { scope }));
      const { html } = await visitor.get(must(asked.location));
      const tick = /<input[^>]*name="decide"[^>]*>/.exec(html)?.[0];
      expect([scope, tick !== undefined]).toEqual([scope, isOffered]);
      expect(tick ?? "").not.toContain("checked");
      if (isOffered) expect(html).toContain("Vote in your name");
    }
  });
});

describe("what asked doesn't decide, four eyes or not", () => {
  const refusal = {
    status: 403,
    error: {
      details: { reason: "asked_through_this" },
      message: expect.stringMatching(/signed.in/) as string,
    },
  };

  test("an app's token, of the same or another grant, of whichever person", async () => {
    const [adas, again, beas] = [
      await through(app),
      await through(app),
      await through(app, bea),
    ] as const;
    const { body } = await adas.create();
    for (const who of [adas, again, beas]) {
      expect(await who.approve(body.id)).toMatchObject(refusal);
      expect(await who.reject(body.id)).toMatchObject(refusal);
    }
    const many = await beas.batch({ ids: [body.id], decision: "approve" });
    expect(many.body.results[0]).toMatchObject({ success: false });
    expect(await decided(bea.api, body.id)).toBe("pending");
    expect((await bea.api.approve(body.id)).status).toBe(200);
  });

  test("a key of the app's own connection, and the app by itself", async () => {
    const robot = await registerApp(organization, { allowsClientCredentials: true });
    await owner.inPerson((there) =>
      updateConnection(there, robot.client.connectionId, { canDecide: true }),
    );
    const { body: own } = await post(here, "token", robot, {
      grant_type: "client_credentials",
      scope: "approvals:write approvals:decide",
    });
    const itself = api(here, must(own.access_token));
    const { body } = await (await through(robot)).create();
    expect(await itself.approve(body.id)).toMatchObject(refusal);
    const second = await itself.create();
    expect(await (await through(robot)).approve(second.body.id)).toMatchObject(refusal);
  });

  test("a key of the connection that asked, though the connection may decide", async () => {
    const machine = await organization.addConnection({ canDecide: true });
    const { body } = await machine.api.create();
    expect(await machine.api.approve(body.id)).toMatchObject(refusal);
    const other = await organization.addConnection({ canDecide: true });
    expect((await other.api.approve(body.id)).status).toBe(200);
  });

  test("but a connection does whose owner agreed to just that, and it may write itself a rule", async () => {
    const first = await organization.addConnection({ canDecide: true, canDecideOwn: true });
    const { body } = await first.api.create({
      auto_action: "approve",
      auto_action_after_minutes: 9,
    });
    expect(body.auto_action).toBe("approve");
    expect((await first.api.approve(body.id)).body).toMatchObject({
      status: "approved",
      decided_via: { kind: "connection", id: first.id },
    });
  });

  test("a connection whose owner agreed to just that, for what its app asked in another person's name", async () => {
    const robot = await registerApp(organization);
    const { connectionId } = robot.client;
    const { key } = await owner.inPerson(async (there) => {
      await updateConnection(there, connectionId, { canDecide: true, canDecideOwn: true });
      return createKey(there, connectionId);
    });
    const { body } = await (await through(robot)).create();
    expect(await api(here, key).approve(body.id)).toMatchObject(refusal);
  });

  test("the personal token that asked; another of the same person, and the person, may", async () => {
    const [{ token }, another] = [
      await ada.createToken(app.client.scopes),
      await ada.createToken(app.client.scopes),
    ];
    const asking = api(here, token);
    const [first, second] = [await asking.create(), await asking.create()];
    expect(await asking.approve(first.body.id)).toMatchObject(refusal);
    expect((await api(here, another.token).approve(first.body.id)).status).toBe(200);
    const adas = await signedIn(here, ada);
    await adas.decide(second.body.id, "approve");
    expect(await decided(bea.api, second.body.id)).toBe("approved");
  });

  test("an app that hands its person's vote to somebody else", async () => {
    const adas = await through(app);
    const { body } = await adas.create({ assigned_approvers: [ada.id] });
    expect(await adas.delegate(body.id, { to_user_id: bea.id })).toMatchObject(refusal);
  });
});

describe("a machine writes itself no rule that approves", () => {
  const soon = { auto_action: "approve", auto_action_after_minutes: 1 };
  test("a key, an app and a personal token are refused an automatic approval, and allowed a rejection", async () => {
    const machine = await organization.addConnection({ canDecide: true });
    const token = api(here, (await ada.createToken(app.client.scopes)).token);
    for (const who of [machine.api, await through(app), token]) {
      expect(await who.create(soon)).toMatchObject({
        status: 403,
        error: { details: { reason: "automatic_approval", field: "auto_action" } },
      });
      expect((await who.create({ ...soon, auto_action: "reject" })).status).toBe(201);
    }
  });

  test("a template that a signed-in admin made approves, at its time or later, and not for who writes it by a token", async () => {
    const machine = await organization.addConnection();
    const rule = await organization.approvingItself(30);
    expect((await machine.api.create(rule)).body).toMatchObject({ auto_action: "approve" });
    expect((await machine.api.create({ ...rule, ...soon })).status).toBe(403);
    expect(
      (await machine.api.create({ ...rule, ...soon, auto_action_after_minutes: 60 })).status,
    ).toBe(201);
    const byToken = await owner.api.call("POST", "/api/v1/templates", {
      body: { name: "Approves itself", defaults: soon },
    });
    expect(byToken).toMatchObject({
      status: 403,
      error: { details: { reason: "automatic_approval" } },
    });
  });

  test("a person who is signed in writes one, unless the organization wants four eyes", async () => {
    const adas = await signedIn(here, ada);
    const ask = async (by: typeof adas) =>
      (
        await by.send("POST", "/api/v1/approvals", {
          headers: { origin: here, "content-type": "application/json" },
          body: JSON.stringify({ title: "t", description: "d", priority: "low", ...soon }),
        })
      ).status;
    expect(await ask(adas)).toBe(201);
    const strict = await createOrganization(services, { url: here }, { fourEyes: true });
    expect(await ask(await signedIn(here, strict.owner))).toBe(403);
  });

  test("nobody but a person who is signed in changes what approves itself", async () => {
    const machine = await organization.addConnection();
    const { body } = await machine.api.create(await organization.approvingItself(30));
    expect(await machine.api.revise(body.id, { title: "Something else" })).toMatchObject({
      status: 403,
      error: { details: { reason: "automatic_approval" } },
    });
    expect((await machine.api.cancel(body.id)).status).toBe(200);
  });
});

describe("a vote says through what it came", async () => {
  const robot = await registerApp(organization, { name: "Night robot" });
  const machine = await organization.addConnection({ name: "Day robot", canDecide: true });
  const { id: tokenId, token } = await ada.createToken(app.client.scopes);
  const adas = await signedIn(here, ada);

  test.each<[string, (id: string) => Promise<unknown>, Record<string, unknown>, RegExp]>([
    [
      "an app",
      async (id) => (await through(robot)).approve(id),
      { kind: "app", id: robot.id, name: "Night robot" },
      /through the app.*Night robot/,
    ],
    [
      "a personal token",
      (id) => api(here, token).approve(id),
      { kind: "token", id: tokenId },
      /through the personal token/,
    ],
    [
      "a connection",
      (id) => machine.api.approve(id),
      { kind: "connection", id: machine.id, name: "Day robot" },
      /Day robot, for /,
    ],
    ["a session", (id) => adas.decide(id, "approve"), { kind: "session", id: null }, /signed.in/],
  ])(
    "%s: on every surface, in the votes, the trail, the callback and on the page",
    async (_, approve, via, words) => {
      const asker = await organization.addConnection();
      const { body } = await asker.api.create({
        callback_url: "https://hooks.example.com/decided",
      });
      await approve(body.id);
      const { api: reader } = bea;
      expect((await reader.get(body.id)).body).toMatchObject({
        status: "approved",
        decided_via: via,
      });
      const at = (path: string) =>
        reader.call<{ [name: string]: unknown }>("GET", path).then((answer) => answer.body);
      expect(await at(`/api/v1/requests/${body.id}`)).toMatchObject({ decided_via: via });
      const runs = `/organizations/${organization.id}/approvals/${organization.id}/runs`;
      expect(await at(`${runs}/${body.id}`)).toMatchObject({ results: [{ via }] });
      expect(await at(`/api/v1/approvals/${body.id}/deciders`)).toMatchObject({
        steps: [{ votes: [{ via }] }],
      });
      const timeline = await at(`/api/v1/approvals/${body.id}/timeline`);
      expect(timeline.data).toContainEqual(
        expect.objectContaining({
          type: "approval.vote_cast",
          via: expect.objectContaining(via) as object,
        }),
      );
      const [event] = await services.sql<{ data: { via: object } }>(
        "select data from events where request_id = $1 and type = 'approval.approved'",
        [body.id],
      );
      expect(must(event).data.via).toMatchObject(via);
      const [callback] = await services.sql<{ body: string }>(
        "select body from deliveries where request_id = $1",
        [body.id],
      );
      expect(JSON.parse(must(callback).body)).toMatchObject({ decided_via: via });
      expect((await adas.get(`/requests/${body.id}`)).html).toMatch(words);
    },
  );

  test("a change and its approval by an app, and a request that decided itself", async () => {
    const change = await changesApi(bea.api).propose({
      entityId: "via",
      stages: [{ stageName: "look", requiredRole: "editor" }],
    });
    const robots = changesApi(await through(robot));
    expect((await robots.approve(change.body.id)).body).toMatchObject({
      status: "approved",
      approvedVia: { kind: "app", name: "Night robot" },
    });
    const asker = await organization.addConnection();
    const { body } = await asker.api.create(await organization.approvingItself(1));
    await services.sql(
      "update requests set auto_action_at = now() - interval '1 second' where id = $1",
      [body.id],
    );
    // A late vote makes the overdue automatic approval happen at once.
    expect((await bea.api.approve(body.id)).status).toBe(409);
    expect((await bea.api.get(body.id)).body).toMatchObject({
      status: "approved",
      decided_via: { kind: "rule", id: null, name: null },
    });
  });
});

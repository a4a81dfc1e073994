// Under four eyes an approval comes from somebody other than the asker. Everybody who revised a request counts as an
// asker, too.
import { setTimeout as sleep } from "node:timers/promises";
import {
  rotateClientSecret,
  transferConnections,
  updateMember,
  updateOrganization,
} from "@sayso/core";
import { must } from "@sayso/must";
import {
  api,
  createOrganization,
  shareStage,
  type Api,
  type Approval,
  type TestPerson,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { post, registerApp } from "../oauth/app.ts";
import { signedIn } from "../pages/visitor.ts";
import { changesApi } from "../surfaces/changes/changes-api.ts";
import { bodyOf, runsApi, step, user } from "../surfaces/runs/runs-api.ts";
import { asEarlierOwner, keyOfEarlierOwner } from "./earlier-owner.ts";
import { signedInApi } from "./signed-in-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;

/** Creates an organization under four eyes, where everybody acts signed in. */
async function openStrict({ fourEyes = true } = {}) {
  const organization = await createOrganization(services, server, { fourEyes });
  const { owner } = organization;
  const [mia, adam, nora] = [
    await organization.addPerson({ name: "Mia" }),
    await organization.addPerson({ name: "Adam", role: "admin" }),
    await organization.addPerson({ name: "Nora", role: "admin" }),
  ];
  return { organization, owner, mia, adam, nora };
}

const by = (person: TestPerson): Promise<Pick<Api, "call">> => signedInApi(server.url, person);

const at = (id: string, rest = "") => `/api/v1/approvals/${id}${rest}`;
const ask = async (person: TestPerson, more: Record<string, unknown> = {}): Promise<string> => {
  const body = { title: "Pay", description: "Rent", priority: "low", ...more };
  const asked = await (await by(person)).call<Approval>("POST", "/api/v1/approvals", { body });
  expect(asked.status).toBe(201);
  return asked.body.id;
};
const approve = async (person: TestPerson, id: string) =>
  (await by(person)).call<Approval>("PATCH", at(id), { body: { decision: "approve" } });
const isOwnRequest = { status: 403, error: { details: { reason: "own_request" } } };
const statusOf = async (person: TestPerson, id: string) =>
  (await (await by(person)).call<Approval>("GET", at(id))).body.status;

/** Expects that no operation lets this person decide, and that no page offers it. */
async function expectClosed(person: TestPerson, id: string): Promise<void> {
  const { call } = await by(person);
  const now = await call<{ sequence: number }>("GET", at(id, "/your-vote"));
  expect(now.body).toMatchObject({ can_decide: false, reason: "own_request" });
  expect(await approve(person, id)).toMatchObject(isOwnRequest);
  const { sequence } = now.body;
  expect(
    await call("POST", at(id, "/your-vote"), { body: { decision: "approve", sequence } }),
  ).toMatchObject(isOwnRequest);
  const many = await call<{ results: unknown[] }>("POST", "/api/v1/your-votes", {
    body: { votes: [{ id, sequence, step_id: null }], decision: "approve" },
  });
  expect(many.body.results).toMatchObject([{ success: false }]);
  const visitor = await signedIn(server.url, person);
  const page = await visitor.get(`/requests/${id}`);
  expect(page.html).toContain("You can't vote on this request.");
  const inbox = await call<{ data: { approval: { id: string } }[] }>("GET", "/api/v1/inbox", {
    query: { page_size: 100 },
  });
  expect(JSON.stringify(inbox.body)).not.toContain(id);
  expect(await statusOf(person, id)).toBe("pending");
}

describe("a request that was changed", () => {
  test("its page says who changed it last", async () => {
    const { mia, nora } = await openStrict();
    const id = await ask(mia);
    const seen = async () => {
      const { html } = await (await signedIn(server.url, nora)).get(`/requests/${id}`);
      return html.replaceAll(/<[^>]+>/g, "");
    };
    expect(await seen()).not.toContain("revised this");
    await (await by(mia)).call("PUT", at(id), { body: { title: "Pay once" } });
    expect(await seen()).toMatch(/Mia\s+revised this/);
  });
});

describe("a connection asks for whoever stood behind it then", () => {
  /** Creates a connection of Adam, in an organization under four eyes or not. */
  const open = async (fourEyes = true) => {
    const strict = await openStrict({ fourEyes });
    const robot = await strict.organization.addConnection({ by: strict.adam });
    return { ...strict, robot };
  };
  const handOver = (there: Awaited<ReturnType<typeof open>>, to: TestPerson) =>
    there.owner.inPerson((own) =>
      transferConnections(own, { fromPersonId: there.adam.id, toPersonId: to.id }),
    );
  /** Creates a key of the connection as another admin, while that admin owned the connection. */
  const keyOf = async (person: TestPerson, connectionId: string): Promise<Api> =>
    api(server.url, (await keyOfEarlierOwner(services, person, connectionId)).key);

  test("after a hand-over neither its owner of then nor that of now decides", async () => {
    const there = await open();
    const { body } = await there.robot.api.create();
    await handOver(there, there.nora);
    await expectClosed(there.adam, body.id);
    await expectClosed(there.nora, body.id);
    expect((await approve(there.mia, body.id)).body).toMatchObject({ status: "approved" });
  });

  test("nor whoever owned it when it revised what it had asked", async () => {
    const there = await open();
    const { body } = await there.robot.api.create();
    await handOver(there, there.nora);
    // A change of a connection reaches every server within a second.
    await sleep(1000);
    expect((await there.robot.api.revise(body.id, { title: "Pay twice" })).status).toBe(200);
    await there.owner.inPerson((own) =>
      transferConnections(own, {
        fromPersonId: there.nora.id,
        toPersonId: there.owner.id,
      }),
    );
    for (const person of [there.adam, there.nora, there.owner]) await expectClosed(person, body.id);
  });

  test("who made the key that asked doesn't decide", async () => {
    const { nora, adam, owner, robot } = await open();
    const noras = await keyOf(nora, robot.id);
    const { body } = await noras.create();
    await expectClosed(nora, body.id);
    await expectClosed(adam, body.id);
    expect((await approve(owner, body.id)).body).toMatchObject({ status: "approved" });
  });

  test("nor who made the secret of the app that asked by itself", async () => {
    const { nora, organization } = await open();
    const app = await registerApp(organization, { allowsClientCredentials: true });
    const [client] = await services.sql<{ id: string }>(
      "select connection_id as id from oauth_clients where id = $1",
      [app.id],
    );
    const { secret } = await asEarlierOwner(services, nora, must(client).id, (by) =>
      rotateClientSecret(by, app.id),
    );
    const grant = { grant_type: "client_credentials" };
    const given = await post(server.url, "token", { ...app, secret }, grant);
    const { body } = await api(server.url, must(given.body.access_token)).create();
    await expectClosed(nora, body.id);
  });

  test("in changes, four eyes or not", async () => {
    const there = await open(false);
    const { nora, adam, robot } = there;
    const noras = await keyOf(nora, robot.id);
    const { id } = bodyOf(
      await changesApi(noras).propose({
        entityId: "by-a-key",
        action: "create",
        payload: { config: {} },
      }),
      201,
    );
    await handOver(there, there.owner);
    for (const person of [nora, adam, there.owner]) {
      expect(await changesApi(await by(person)).approve(id)).toMatchObject({ status: 403 });
      expect(await statusOf(person, id)).toBe("pending");
    }
    const other = await there.organization.addPerson({ role: "admin" });
    expect(await changesApi(await by(other)).approve(id)).toMatchObject({ status: 200 });
  });

  test("in runs", async () => {
    const there = await open();
    const { nora, adam, owner, robot } = there;
    const runs = runsApi(server.url, there.organization.id, `AccessKey ${robot.key}`);
    const flow = bodyOf(
      await runs.createFlow({ steps: [step("any", user(adam), user(nora), user(owner))] }),
      201,
    );
    const run = bodyOf(
      await runs.start(flow.id, { previousObject: {}, object: { price: 1 } }),
      201,
    );
    await handOver(there, nora);
    await expectClosed(adam, run.id);
    await expectClosed(nora, run.id);
    expect((await approve(owner, run.id)).body).toMatchObject({ status: "approved" });
  });

  test("who asked and is made an admin afterwards, or meets four eyes only then, doesn't decide", async () => {
    const { owner, mia } = await openStrict({ fourEyes: false });
    const id = await ask(mia);
    await updateMember(owner.context, mia.id, { role: "admin" });
    await updateOrganization(owner.context, { fourEyes: true });
    await expectClosed(mia, id);
  });
});

describe("steps that were replaced after they were seen", () => {
  /** Creates a request that Mia sees as "0 of 2 approvals". `replace` gives it one step that names only her. */
  const open = async () => {
    const { organization, mia, nora } = await openStrict({ fourEyes: false });
    const robot = await organization.addConnection();
    const { body } = await robot.api.create({
      assigned_approvers: [mia.id, nora.id],
      required_approvals: 2,
    });
    const replace = async () => {
      const replaced = await robot.api.setSteps(body.id, [{ approver_id: mia.id, step_order: 1 }]);
      expect(replaced.status).toBe(201);
    };
    return { id: body.id, mia, replace };
  };
  const wasRevised = { status: 409, error: { details: { reason: "revised" } } };

  test("are decided by no form that showed others", async () => {
    const { id, mia, replace } = await open();
    const visitor = await signedIn(server.url, mia);
    const action = `/requests/${id}/decision`;
    const form = (await visitor.get(`/requests/${id}`)).hidden(action);
    await replace();
    const sent = await visitor.post(action, { ...form, decision: "approve", comment: "" });
    expect(sent.status).toBe(409);
    expect(sent.html).toContain("revised");
    expect(await statusOf(mia, id)).toBe("pending");
    await visitor.decide(id, "approve");
    expect(await statusOf(mia, id)).toBe("approved");
  });

  test("nor by a vote, or several, that carry what was seen of others", async () => {
    const { id, mia, replace } = await open();
    const { call } = await by(mia);
    const seen = await call<{ sequence: number }>("GET", at(id, "/your-vote"));
    await replace();
    const [{ sequence }, decision] = [seen.body, "approve"];
    expect(
      await call("POST", at(id, "/your-vote"), { body: { decision, sequence } }),
    ).toMatchObject(wasRevised);
    const several = await call<{ results: unknown[] }>("POST", "/api/v1/your-votes", {
      body: { votes: [{ id, sequence, step_id: null }], decision },
    });
    expect(several.body.results).toMatchObject([{ success: false }]);
    expect(await statusOf(mia, id)).toBe("pending");
    const now = await call<{ sequence: number }>("GET", at(id, "/your-vote"));
    const cast = { decision, sequence: now.body.sequence };
    expect((await call("POST", at(id, "/your-vote"), { body: cast })).status).toBe(200);
    expect(await statusOf(mia, id)).toBe("approved");
  });
});

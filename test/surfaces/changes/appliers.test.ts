// Appliers: an approved change of an organization's own type is applied when its signed webhook has answered 2xx.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { must } from "@sayso/must";
import {
  openStage,
  startReceiver,
  until,
  type Receiver,
  type ReceiverAnswer,
} from "@sayso/testkit";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectSound } from "../../request-history.ts";
import { signedInApi } from "../../attacks/signed-in-api.ts";
import { changesApi } from "./changes-api.ts";

const stage = await openStage();
const { organization, owner, machine, services } = stage;
const admin = await organization.addPerson({ role: "admin" });
const [asMachine, asAdmin] = [changesApi(machine.api), changesApi(admin.api)];
/** The admin in person, who alone changes an applier or its secret. */
const inPerson = changesApi(await signedInApi(stage.server.url, admin));
const receivers: Receiver[] = [];
afterAll(() => Promise.all([stage.close(), ...receivers.map((receiver) => receiver.stop())]));

let types = 0;
/** Creates an entity type with an applier that gives these answers. */
async function openType(answer: ReceiverAnswer | ((index: number) => ReceiverAnswer) = {}) {
  const receiver = await startReceiver();
  receivers.push(receiver);
  receiver.answerWith((_, index) => (typeof answer === "function" ? answer(index) : answer));
  const entityType = `priceList${++types}`;
  const { status, body } = await asAdmin.addType({
    name: entityType,
    applierUrl: `${receiver.url}/apply`,
  });
  expect(status).toBe(201);
  const propose = async (more: Record<string, unknown> = {}) =>
    (
      await asMachine.propose({
        entityType,
        entityId: "eu",
        entityName: "Prices",
        action: "create",
        payload: { price: 10 },
        ...more,
      })
    ).body.id;
  const state = async (id: string) => (await asMachine.get(id)).body.applyStatus;
  const becomes = (id: string, wanted: string) =>
    until(async () => (await state(id)) === wanted, `the change is ${wanted}`);
  /** Makes the next call of the applier due now instead of at its scheduled time. */
  const hurry = (id: string) =>
    services.sql(
      "update deliveries set next_attempt_at = now() where request_id = $1 and status = 'pending'",
      [id],
    );
  return { receiver, entityType, secret: must(body.applierSecret), propose, becomes, hurry };
}
/** Resolves when this number of calls for the change have been recorded. */
const recorded = (id: string, calls: number) =>
  until(async () => {
    const rows = await services.sql(
      "select from delivery_attempts a join deliveries d on d.id = a.delivery_id where d.request_id = $1",
      [id],
    );
    return rows.length >= calls;
  }, `${calls} calls are recorded`);

/** Opens an applier that answers 204 when the test lets it. */
async function openGate() {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    held.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    called: () => until(() => held.length === 1, "the applier is called"),
    release: () => held.forEach((response) => response.writeHead(204).end()),
    close: () => server.close(),
  };
}

const typesOf = async (id: string) =>
  (
    await services.sql<{ type: string }>(
      "select type from events where request_id = $1 and type like 'change.%' order by sequence",
      [id],
    )
  ).map(({ type }) => type);

describe("an applier that answers 2xx", () => {
  test("is called once, signed, with the change; then the entity is what was approved", async () => {
    const { receiver, entityType, secret, propose, becomes } = await openType();
    const id = await propose();
    const approved = await asAdmin.approve(id);
    expect(approved.body.status).toBe("approved");
    await becomes(id, "applied");
    const [call] = await receiver.next(1);
    expect(must(call).json).toEqual({
      event: "change.apply",
      id,
      entity_type: entityType,
      entity_id: "eu",
      entity_name: "Prices",
      action: "create",
      made_for_version: 0,
      entity_version: 1,
      before: null,
      after: { price: 10 },
      payload: { price: 10 },
      approved_by: admin.id,
    });
    expect(() =>
      new Webhook(secret).verify(must(call).body, must(call).headers as Record<string, string>),
    ).not.toThrow();
    expect((await asMachine.entity(entityType, "eu")).body).toMatchObject({
      entityVersion: 1,
      body: { price: 10 },
      applyingChangeId: null,
    });
    expect(await typesOf(id)).toEqual(["change.applying", "change.applied"]);
    expect(receiver.requests).toHaveLength(1);
    await expectSound(services, id);
    const { logs } = (await asAdmin.logs({ entityType })).body;
    expect(logs).toMatchObject([
      { changeId: id, entityVersion: 1, userId: null, after: { price: 10 } },
    ]);
  });

  test("gets nobody's callback headers, and the callback is still the requester's own", async () => {
    const { receiver, propose, becomes } = await openType();
    const callbacks = await startReceiver();
    receivers.push(callbacks);
    const id = await propose({ callbackUrl: callbacks.url });
    await services.sql("update requests set callback_headers = $2 where id = $1", [
      id,
      services.secrets.seal(JSON.stringify({ "X-Secret": "mine" })),
    ]);
    await asAdmin.approve(id);
    await becomes(id, "applied");
    const [call] = await receiver.next(1);
    const [callback] = await callbacks.next(1);
    expect(must(call).headers["x-secret"]).toBeUndefined();
    expect(must(callback).headers["x-secret"]).toBe("mine");
    expect(must(callback).headers["webhook-id"]).not.toBe(must(call).headers["webhook-id"]);
    await until(
      async () => (await machine.api.get(id)).body.callback_delivered,
      "the callback is recorded as delivered",
    );
  });

  test("is called for updates and deletions as well", async () => {
    const { receiver, entityType, propose, becomes } = await openType();
    for (const body of [
      { action: "create", payload: { price: 10 } },
      { action: "update", payload: { price: 11 } },
      { action: "delete", payload: undefined },
    ]) {
      const id = await propose(body);
      await asAdmin.approve(id);
      await becomes(id, "applied");
    }
    expect(
      (await receiver.next(3)).map(({ json }) => [json.action, json.before, json.after]),
    ).toEqual([
      ["create", null, { price: 10 }],
      ["update", { price: 10 }, { price: 11 }],
      ["delete", { price: 11 }, null],
    ]);
    expect((await asMachine.entity(entityType, "eu")).status).toBe(404);
  });
});

describe("until its applier has answered 2xx a change", () => {
  test("is approved, applying, visible with its attempts, and reserves the entity", async () => {
    const { entityType, receiver, propose, becomes, hurry } = await openType((index) =>
      index < 2 ? { status: 500, body: "no" } : { status: 204 },
    );
    const id = await propose();
    const later = await propose();
    expect((await asAdmin.approve(id)).body).toMatchObject({
      status: "approved",
      applyStatus: "applying",
    });
    await until(
      async () => (await asMachine.get(id)).body.applier?.statusCode === 500,
      "the first attempt is recorded",
    );
    expect((await asMachine.get(id)).body).toMatchObject({
      status: "approved",
      applyStatus: "applying",
      appliedAt: null,
      appliedVersion: 1,
      applier: { attempts: 1, statusCode: 500, error: "answered 500" },
    });
    expect((await machine.api.get(id)).body.status).toBe("approved");
    const applying = await asMachine.list({ applyStatus: "applying" });
    expect(applying.body.map((change) => change.id)).toContain(id);
    expect((await asMachine.list({ applyStatus: "applying", status: "pending" })).status).toBe(400);
    expect((await asMachine.entity(entityType, "eu")).status).toBe(404);
    const reserved = { code: "CONFLICT", details: { reason: "being_applied", change_id: id } };
    expect((await asAdmin.approve(later)).error).toMatchObject(reserved);
    expect(
      (await asAdmin.put(entityType, "eu", { entityName: "P", body: {} })).error,
    ).toMatchObject(reserved);
    const third = await asMachine.propose({ entityType, entityId: "eu", action: "create" });
    expect(third.error).toMatchObject(reserved);

    await recorded(id, 1);
    await hurry(id);
    await recorded(id, 2);
    await hurry(id);
    await becomes(id, "applied");
    const ids = receiver.requests.map(({ headers }) => headers["webhook-id"]);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
    // The waiting change was made for a version that is no longer current.
    expect((await asAdmin.approve(later)).error).toMatchObject({
      details: { reason: "stale_version" },
    });
  });

  test("waits for one that takes its time", async () => {
    const { entityType, propose, becomes } = await openType();
    const gate = await openGate();
    await inPerson.changeType(entityType, { applierUrl: gate.url });
    const id = await propose();
    await asAdmin.approve(id);
    await gate.called();
    expect((await asMachine.get(id)).body).toMatchObject({
      status: "approved",
      applyStatus: "applying",
    });
    gate.release();
    await becomes(id, "applied");
    gate.close();
  });

  test("waits for one that cuts the line", async () => {
    const { receiver, propose, becomes, hurry } = await openType({ fault: "cut" });
    const id = await propose();
    await asAdmin.approve(id);
    await recorded(id, 1);
    receiver.answerWith({});
    await hurry(id);
    await becomes(id, "applied");
  });

  test("waits for one that is down, and is applied when it is back", async () => {
    const { receiver, entityType, propose, becomes, hurry } = await openType();
    const port = Number(new URL(receiver.url).port);
    await receiver.stop();
    const id = await propose();
    await asAdmin.approve(id);
    await recorded(id, 1);
    expect((await asMachine.get(id)).body).toMatchObject({
      status: "approved",
      applyStatus: "applying",
    });
    receivers.push(await startReceiver({ port }));
    await hurry(id);
    await becomes(id, "applied");
    expect((await asMachine.entity(entityType, "eu")).status).toBe(200);
  });
});

describe("an applier that refuses for good", () => {
  let failed: Awaited<ReturnType<typeof openType>> & { id: string };
  beforeAll(async () => {
    const type = await openType((index) => (index === 0 ? { status: 410 } : {}));
    const id = await type.propose();
    await asAdmin.approve(id);
    await type.becomes(id, "failed");
    failed = { ...type, id };
  });

  test("leaves the change approved and failed, tells so, and changes nothing", async () => {
    const { id, entityType } = failed;
    expect((await asMachine.get(id)).body).toMatchObject({
      status: "approved",
      applyStatus: "failed",
    });
    expect(await typesOf(id)).toEqual(["change.applying", "change.apply_failed"]);
    expect((await asMachine.list({ applyStatus: "failed" })).body).toMatchObject([{ id }]);
    expect((await asMachine.entity(entityType, "eu")).status).toBe(404);
  });

  test("is called again by an admin's retry alone, under the same webhook-id", async () => {
    const { id, receiver, becomes } = failed;
    for (const api of [machine.api, stage.alice.api])
      expect((await changesApi(api).retry(id)).status).toBe(403);
    const { data } = (await owner.api.deliveries({ request_id: id })).body;
    expect(data).toMatchObject([{ event: "change.apply", status: "gone" }]);
    expect((await owner.api.replay(must(data[0]).id)).status).toBe(409);
    await services.sql("update deliveries set status = 'failed' where request_id = $1", [id]);
    const all = await owner.api.call("POST", "/api/v1/webhooks/replay", {
      body: { failed_since: "2020-01-01T00:00:00Z" },
    });
    expect(all).toMatchObject({ status: 200, body: { replayed: 0 } });
    expect((await asAdmin.retry(id)).body.applyStatus).toBe("applying");
    await becomes(id, "applied");
    expect(new Set(receiver.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(await typesOf(id)).toEqual([
      "change.applying",
      "change.apply_failed",
      "change.apply_retried",
      "change.applied",
    ]);
    expect((await asAdmin.retry(id)).status).toBe(409);
    expect((await asAdmin.abandon(id)).status).toBe(409);
    await expectSound(services, id);
  });

  test("can be given up: the entity is as it was, and free", async () => {
    const { propose, becomes, receiver, entityType } = await openType({ status: 410 });
    const id = await propose();
    await asAdmin.approve(id);
    await becomes(id, "failed");
    expect((await asMachine.abandon(id)).status).toBe(403);
    expect((await asAdmin.abandon(id)).body).toMatchObject({
      status: "approved",
      applyStatus: "abandoned",
    });
    expect((await asAdmin.retry(id)).status).toBe(409);
    receiver.answerWith({});
    const next = await propose({ payload: { price: 12 } });
    await asAdmin.approve(next);
    await becomes(next, "applied");
    expect((await asMachine.entity(entityType, "eu")).body).toMatchObject({
      entityVersion: 1,
      body: { price: 12 },
    });
  });

  test("an answer to a call that was given up meanwhile applies nothing", async () => {
    const { propose, entityType } = await openType();
    const gate = await openGate();
    await inPerson.changeType(entityType, { applierUrl: gate.url });
    const id = await propose();
    await asAdmin.approve(id);
    await gate.called();
    expect((await asAdmin.abandon(id)).body.applyStatus).toBe("abandoned");
    gate.release();
    await recorded(id, 1);
    expect((await asMachine.get(id)).body.applyStatus).toBe("abandoned");
    expect((await asMachine.entity(entityType, "eu")).status).toBe(404);
    gate.close();
  });
});

describe("types of entities", () => {
  test("are added, changed and given new secrets by admins alone", async () => {
    const { entityType, secret } = await openType();
    for (const api of [machine.api, stage.alice.api]) {
      const other = changesApi(api);
      expect((await other.addType({ name: "mine" })).status).toBe(403);
      expect((await other.changeType(entityType, { applierUrl: null })).status).toBe(403);
      expect((await other.rotateSecret(entityType)).status).toBe(403);
    }
    const rotated = await inPerson.rotateSecret(entityType);
    expect(rotated.body.applierSecret).toMatch(/^whsec_/);
    expect(rotated.body.applierSecret).not.toBe(secret);
    const listed = (await asMachine.types()).body.data;
    expect(listed.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["offer", "kpi", entityType]),
    );
    expect(JSON.stringify(listed)).not.toContain("whsec_");
  });

  test("after a rotation both secrets verify a call", async () => {
    const { entityType, secret, propose, receiver } = await openType();
    const { body } = await inPerson.rotateSecret(entityType);
    await asAdmin.approve(await propose());
    const [call] = await receiver.next(1);
    for (const known of [secret, body.applierSecret])
      expect(() =>
        new Webhook(known).verify(must(call).body, must(call).headers as Record<string, string>),
      ).not.toThrow();
  });

  test("without an applier are changed in the registry at once; a first applier comes with its secret", async () => {
    const { body } = await asAdmin.addType({ name: "plain" });
    expect(body).toMatchObject({ kind: "own", applierUrl: null, applierSecret: null });
    expect((await inPerson.rotateSecret("plain")).status).toBe(409);
    const proposed = await asMachine.propose({ entityType: "plain", entityId: "a" });
    expect((await asAdmin.approve(proposed.body.id)).body.applyStatus).toBe("applied");
    const given = await inPerson.changeType("plain", { applierUrl: "https://example.com/apply" });
    expect(given.body.applierSecret).toMatch(/^whsec_/);
    expect((await inPerson.changeType("plain", { applierUrl: null })).body).toMatchObject({
      applierUrl: null,
      applierSecret: null,
    });
  });

  test.each(["offer", "kpi", "with space", "", "1st"])("can't be called %j", async (name) => {
    const answer = await asAdmin.addType({ name });
    expect([answer.status, answer.error?.details?.fields?.[0]?.field]).toEqual([400, "name"]);
  });

  test("have one of a name", async () => {
    expect((await asAdmin.addType({ name: "twice" })).status).toBe(201);
    expect((await asAdmin.addType({ name: "twice" })).status).toBe(409);
    expect((await inPerson.changeType("nowhere", { applierUrl: null })).status).toBe(404);
  });
});

// Approvals that apply a change, changes that are never applied, and proof that a change is a request like any other.
import { verifyAudit } from "@sayso/core";
import { must } from "@sayso/must";
import {
  createOrganization,
  openStage,
  startReceiver,
  until,
  type TestPerson,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { expectSound } from "../../request-history.ts";
import { changesApi, theRule } from "./changes-api.ts";

const stage = await openStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { organization, owner, alice, machine, services } = stage;
const admin = await organization.addPerson({ role: "admin" });
const by = (who: Pick<TestPerson, "api">) => changesApi(who.api);
const [asMachine, asAdmin, asOwner, asAlice] = [by(machine), by(admin), by(owner), by(alice)];

let made = 0;
/** Returns an id that no other test uses. */
const fresh = () => `e${++made}`;
/** Registers a rule at version 1. */
async function register(
  body: Record<string, unknown> = { config: { threshold: 700, unit: "points" } },
) {
  const entityId = fresh();
  const put = await asAdmin.put("qualificationRule", entityId, { entityName: "Rule", body });
  expect(put.body).toMatchObject({ entityVersion: 1, body });
  return entityId;
}
const bodyOf = async (entityId: string) =>
  (await asMachine.entity("qualificationRule", entityId)).body;

describe("an approved change", () => {
  test("updates by merge patch: null removes, the rest stays, the version is one more", async () => {
    const entityId = await register();
    const { body: change } = await asMachine.propose({
      entityId,
      payload: { config: { threshold: 650, unit: null }, isNew: true },
    });
    expect(change).toMatchObject({
      status: "pending",
      entityVersion: 1,
      applyStatus: null,
      after: null,
    });
    expect((await bodyOf(entityId)).entityVersion).toBe(1);
    const after = { config: { threshold: 650 }, isNew: true };
    expect((await asAdmin.approve(change.id, "Fine")).body).toMatchObject({
      status: "approved",
      applyStatus: "applied",
      appliedVersion: 2,
      before: { config: { threshold: 700, unit: "points" } },
      after,
      comments: "Fine",
    });
    expect(await bodyOf(entityId)).toMatchObject({ entityVersion: 2, body: after });
  });

  test("creates, with nulls as they are, and what is there can't be created again", async () => {
    const entityId = fresh();
    const { body: change } = await asMachine.propose({
      entityId,
      action: "create",
      payload: { a: null },
    });
    const twin = await asMachine.propose({ entityId, action: "create", payload: { b: 1 } });
    expect(twin.status).toBe(201);
    expect((await asAdmin.approve(change.id)).status).toBe(200);
    expect(await bodyOf(entityId)).toMatchObject({ entityVersion: 1, body: { a: null } });
    expect((await asMachine.propose({ entityId, action: "create" })).error).toMatchObject({
      code: "CONFLICT",
    });
    expect((await asAdmin.approve(twin.body.id)).status).toBe(409);
  });

  test("deletes, and a version is never used twice", async () => {
    const entityId = await register();
    const { body: change } = await asMachine.propose({ entityId, action: "delete" });
    const { body: stale } = await asMachine.propose({ entityId, payload: { late: true } });
    expect((await asAdmin.approve(change.id)).body).toMatchObject({
      appliedVersion: 2,
      after: null,
    });
    expect((await asMachine.entity("qualificationRule", entityId)).status).toBe(404);
    expect((await asMachine.propose({ entityId })).status).toBe(404);
    expect((await asMachine.propose({ entityId, action: "delete" })).status).toBe(404);
    expect((await asAdmin.approve(stale.id)).status).toBe(409);
    const again = await asMachine.propose({ entityId, action: "create", payload: { again: true } });
    expect((await asAdmin.approve(again.body.id)).body).toMatchObject({ appliedVersion: 3 });
  });

  test("of what was never registered makes what the patch makes of nothing; to delete it is 404", async () => {
    const entityId = fresh();
    expect((await asMachine.propose({ entityId, action: "delete" })).status).toBe(404);
    const { body: change } = await asMachine.propose({ entityId, payload: { a: 1, b: null } });
    expect(change.entityVersion).toBe(0);
    await asAdmin.approve(change.id);
    expect(await bodyOf(entityId)).toMatchObject({ entityVersion: 1, body: { a: 1 } });
  });

  test("keeps __proto__ as data", async () => {
    const entityId = fresh();
    const payload = JSON.parse('{"__proto__":{"polluted":true},"a":1}') as object;
    const { body: change } = await asMachine.propose({ entityId, payload });
    expect((await asAdmin.approve(change.id)).status).toBe(200);
    const [row] = await services.sql<{ body: string }>(
      "select body::text from entities where entity_id = $1",
      [entityId],
    );
    expect(must(row).body).toBe('{"__proto__":{"polluted":true},"a":1}');
  });
});

describe("a change that was made for another version", () => {
  test("is 409 at its approval, says for which, applies nothing and stays pending", async () => {
    const entityId = await register();
    const [first, second] = [
      (await asMachine.propose({ entityId, payload: { by: "first" } })).body,
      (await asMachine.propose({ entityId, payload: { by: "second" } })).body,
    ];
    await asAdmin.approve(first.id);
    const refused = await asAdmin.approve(second.id);
    expect(refused.status).toBe(409);
    expect(refused.error).toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining("made for version 1 of") as string,
      details: { reason: "stale_version", made_for_version: 1, current_version: 2 },
    });
    expect((await asMachine.get(second.id)).body).toMatchObject({
      status: "pending",
      applyStatus: null,
    });
    expect(await bodyOf(entityId)).toMatchObject({ entityVersion: 2, body: { by: "first" } });
    const [{ votes, events }] = (await services.sql<{ votes: number; events: string[] }>(
      `select (select count(*)::int from votes where request_id = $1) as votes,
         array(select type from events where request_id = $1 order by sequence) as events`,
      [second.id],
    )) as [{ votes: number; events: string[] }];
    expect({ votes, events }).toEqual({
      votes: 0,
      events: ["approval.created", "approval.step_activated"],
    });
    expect((await asAdmin.reject(second.id)).body.status).toBe("rejected");
  });

  test("is refused when it is proposed, if the caller says what it was made for", async () => {
    const entityId = await register();
    expect((await asMachine.propose({ entityId, entityVersion: 1 })).status).toBe(201);
    for (const entityVersion of [0, 2])
      expect((await asMachine.propose({ entityId, entityVersion })).error).toMatchObject({
        details: { made_for_version: entityVersion, current_version: 1 },
      });
  });

  test("is what an admin's own writing makes of it", async () => {
    const entityId = await register();
    const { body: change } = await asMachine.propose({ entityId });
    const put = (entityVersion?: number) =>
      asAdmin.put("qualificationRule", entityId, { entityName: "Rule", body: {}, entityVersion });
    expect((await put(7)).status).toBe(409);
    expect((await put(1)).body.entityVersion).toBe(2);
    expect((await asAdmin.approve(change.id)).status).toBe(409);
    expect(
      (await asAlice.put("qualificationRule", entityId, { entityName: "R", body: {} })).status,
    ).toBe(403);
    expect(
      (await asMachine.put("qualificationRule", entityId, { entityName: "R", body: {} })).status,
    ).toBe(403);
  });
});

test("an application that breaks off in the middle leaves nothing half-done, and can be approved again", async () => {
  const { body: doomed } = await asMachine.propose({ entityId: "doomed", payload: { a: 1 } });
  const { body: beside } = await asMachine.propose({ entityId: fresh() });
  await services.sql(`
    create function no_room() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$;
    create trigger no_room before insert on entity_history for each row
    when (new.entity_id = 'doomed') execute function no_room()`);
  const [broken, fine] = await Promise.all([
    asAdmin.approve(doomed.id),
    admin.api.approve(beside.id),
  ]);
  expect([broken.status, fine.status]).toEqual([500, 200]);
  expect(broken.error).toMatchObject({ code: "INTERNAL_ERROR" });
  expect((await asMachine.get(doomed.id)).body).toMatchObject({
    status: "pending",
    applyStatus: null,
    before: null,
    after: null,
    stages: [{ status: "active", decidedBy: null }],
  });
  const left = await services.sql(
    `select from entities where entity_id = 'doomed' union all select from votes where request_id = $1
     union all select from events where request_id = $1 and sequence > 2`,
    [doomed.id],
  );
  expect(left).toEqual([]);
  await services.sql("drop function no_room cascade");
  expect((await asAdmin.approve(doomed.id)).body).toMatchObject({ applyStatus: "applied" });
  await expectSound(services, doomed.id, beside.id);
});

describe("who decides a change", () => {
  test("is never whoever asked for it, by whichever door and whatever the organization says of four eyes", async () => {
    const mine = (await asAdmin.propose({ entityId: fresh() })).body;
    const machines = (await asMachine.propose({ entityId: fresh() })).body;
    expect((await asAdmin.approve(mine.id)).error).toMatchObject({ code: "FORBIDDEN" });
    expect((await admin.api.approve(mine.id)).status).toBe(403);
    // The connection belongs to the owner, so the owner doesn't decide its change.
    expect((await asOwner.approve(machines.id)).status).toBe(403);
    expect((await owner.api.reject(machines.id)).status).toBe(403);
    const decider = await organization.addConnection({ canDecide: true, by: admin });
    expect((await by(decider).approve(mine.id)).status).toBe(403);
    // A machine doesn't decide by its owner's rank.
    expect((await by(decider).approve(machines.id)).status).toBe(403);
    const second = await organization.addPerson({ role: "admin" });
    expect((await by(second).approve(machines.id)).body.approverId).toBe(second.id);
  });

  test("is an admin by default; no other member, no machine", async () => {
    const { body: change } = await asMachine.propose({ entityId: fresh() });
    expect(change.stages).toMatchObject([
      { stageName: "Approval", requiredRole: "admin", status: "active" },
    ]);
    expect((await asAlice.approve(change.id)).error).toMatchObject({
      code: "FORBIDDEN",
      details: { required_role: "admin" },
    });
    expect((await alice.api.approve(change.id)).status).toBe(409);
    expect((await asMachine.approve(change.id)).status).toBe(403);
    expect((await asMachine.get(change.id)).body.status).toBe("pending");
  });

  test("are the stages, one after the other; the last one applies it", async () => {
    const { body: change } = await asMachine.propose({
      entityId: fresh(),
      stages: [
        { stageName: "review", requiredRole: "editor" },
        { stageName: "approve", requiredRole: "admin" },
      ],
    });
    const first = await asAlice.approve(change.id);
    expect(first.body).toMatchObject({
      status: "pending",
      approverId: null,
      applyStatus: null,
      stages: [{ status: "approved", decidedBy: alice.id }, { status: "active" }],
    });
    expect((await asAlice.approve(change.id)).status).toBe(403);
    expect((await asAdmin.approve(change.id)).body).toMatchObject({ applyStatus: "applied" });
    await expectSound(services, change.id);
  });

  test("may end it at any stage with one rejection", async () => {
    const { body: change } = await asMachine.propose({
      entityId: fresh(),
      stages: [
        { stageName: "review", requiredRole: "viewer" },
        { stageName: "approve", requiredRole: "admin" },
      ],
    });
    expect((await asAlice.reject(change.id, "No")).body).toMatchObject({
      status: "rejected",
      comments: "No",
      stages: [{ status: "rejected" }, { status: "skipped" }],
    });
    expect((await asAdmin.approve(change.id)).error).toMatchObject({ code: "INVALID_STATE" });
  });

  test("is warned about where nobody but the requester could", async () => {
    const lonely = await stage.organization.addConnection();
    const { body } = await by(lonely).propose({ entityId: fresh() });
    expect(body.warnings).toBeUndefined();
    const alone = await createOrganization(services, stage.server);
    const proposed = await by(await alone.addConnection()).propose();
    expect(proposed.body.warnings).toMatchObject([{ field: "stages" }]);
  });
});

describe("on the other surfaces a change", () => {
  test("is a request that is decided there, and then applied as well", async () => {
    const entityId = await register();
    const { body: change } = await asMachine.propose({ entityId, payload: { there: true } });
    expect((await alice.api.get(change.id)).body).toMatchObject({
      title: "Update qualificationRule Rule",
      status: "pending",
      action_type: "change.update",
      source: "changes",
      required_approvals: 1,
      metadata: { entityId, entityVersion: 1, payload: { there: true } },
    });
    expect((await admin.api.approve(change.id)).status).toBe(200);
    expect(await bodyOf(entityId)).toMatchObject({ entityVersion: 2, body: { there: true } });
    await expectSound(services, change.id);
  });

  test("conflicts there as here, and only for itself: its neighbours in a batch are decided", async () => {
    const entityId = await register();
    const stale = (await asMachine.propose({ entityId })).body.id;
    await asAdmin.put("qualificationRule", entityId, { entityName: "Rule", body: {} });
    const fine = (await asMachine.propose({ entityId: fresh() })).body.id;
    const plain = (await machine.api.create()).body.id;
    const { body } = await admin.api.batch({ ids: [plain, stale, fine], decision: "approve" });
    expect(body.results).toMatchObject([
      { id: plain, success: true },
      { id: stale, success: false, code: "CONFLICT" },
      { id: fine, success: true },
    ]);
  });

  test("can't be turned into another one", async () => {
    const { body: change } = await asMachine.propose({ entityId: fresh() });
    const revised = await machine.api.revise(change.id, { metadata: { payload: "harmless" } });
    expect([revised.status, revised.error?.details?.reason]).toEqual([409, "is_change"]);
    const arranged = await machine.api.setSteps(change.id, [{ approver_id: alice.id }]);
    expect([arranged.status, arranged.error?.details?.reason]).toEqual([409, "is_change"]);
  });

  test("that is withdrawn or stopped is rejected here", async () => {
    const { body: change } = await asMachine.propose({ entityId: fresh() });
    expect((await machine.api.cancel(change.id)).status).toBe(200);
    expect((await asMachine.get(change.id)).body).toMatchObject({
      status: "rejected",
      applyStatus: null,
    });
    const rejected = await asMachine.list({ status: "rejected" });
    expect(rejected.body.map(({ id }) => id)).toContain(change.id);
    expect((await asMachine.get((await machine.api.create()).body.id)).status).toBe(404);
  });

  test("has one callback, and its events come in order, change.applied after the decision", async () => {
    const from = (
      await owner.api.call<{ next_cursor: string }>("GET", "/api/v1/events", {
        query: { after: "latest" },
      })
    ).body;
    const { body: change } = await asMachine.propose({
      entityId: fresh(),
      callbackUrl: `${receiver.url}/done`,
    });
    await asAdmin.approve(change.id);
    const callback = await receiver.waitFor((r) => r.json.request_id === change.id);
    expect(callback.json).toMatchObject({ event: "approval.decided", status: "approved" });
    const types = async () => {
      const { body } = await alice.api.call<{
        data: { request_id: string; type: string; data: unknown }[];
      }>("GET", "/api/v1/events", { query: { after: from.next_cursor } });
      return body.data.filter((event) => event.request_id === change.id);
    };
    await until(async () => (await types()).length === 6, "the events have their places");
    const events = await types();
    expect(events.map(({ type }) => type)).toEqual([
      "approval.created",
      "approval.step_activated",
      "approval.vote_cast",
      "approval.step_decided",
      "approval.approved",
      "change.applied",
    ]);
    expect(must(events.at(-1)).data).toMatchObject({
      entity_type: "qualificationRule",
      action: "update",
      made_for_version: 0,
      entity_version: 1,
      before: null,
      after: theRule.payload,
    });
  });

  test("is told to those who subscribe to changes, and found in the feed by its type", async () => {
    const { status } = await machine.api.call("POST", "/api/v1/subscriptions", {
      body: { target_url: `${receiver.url}/told`, event_types: ["change.*"] },
    });
    expect(status).toBe(201);
    const { body: change } = await asMachine.propose({ entityId: fresh() });
    await asAdmin.approve(change.id);
    const reported = await receiver.waitFor(
      (r) => r.path === "/told" && r.json.request_id === change.id,
    );
    expect(reported.json).toMatchObject({
      type: "change.applied",
      actor: { kind: "person", id: admin.id },
      data: { entity_version: 1, after: theRule.payload },
      request: { id: change.id, status: "approved" },
    });
    const feed = await alice.api.call<{ data: { request_id: string }[] }>("GET", "/api/v1/events", {
      query: { types: "change.applied", limit: 100 },
    });
    expect(feed.body.data.map((event) => event.request_id)).toContain(change.id);
  });

  test("of a connection that may ask for other actions only is refused", async () => {
    const narrow = await organization.addConnection({ allowedActionTypes: ["deploy"] });
    expect((await by(narrow).propose({ entityId: fresh() })).status).toBe(403);
    const low = await organization.addConnection({ maxPriority: "low" });
    const { body } = await by(low).propose({ entityId: fresh() });
    expect((await low.api.get(body.id)).body.priority).toBe("low");
  });
});

describe("bad input", () => {
  test.each([
    ["an unknown type", { entityType: "rocket" }, "entityType"],
    ["an unknown action", { action: "explode" }, "action"],
    ["a payload that is no object", { payload: [1] }, "payload"],
    ["a payload that is too large", { payload: { text: "x".repeat(100_001) } }, "payload"],
    ["no stage", { stages: [] }, "stages"],
    [
      "an unknown role",
      { stages: [{ stageName: "a", requiredRole: "king" }] },
      "stages.0.requiredRole",
    ],
    ["a version that can't be", { entityVersion: -1 }, "entityVersion"],
    ["NUL in a payload", { payload: { a: "\0" } }, "payload.a"],
    ["a goal to be created", { entityType: "kpi", action: "create" }, "action"],
  ])("%s is a 400 that names the field and makes nothing", async (_, body, field) => {
    const count = async () =>
      must(
        (
          await services.sql<{ n: number }>(
            "select count(*)::int as n from requests where is_change",
          )
        )[0],
      ).n;
    const before = await count();
    const answer = await asMachine.propose({ entityId: fresh(), ...body });
    expect(answer.status).toBe(400);
    expect(answer.error).toMatchObject({ code: "BAD_REQUEST", details: { fields: [{ field }] } });
    expect(await count()).toBe(before);
  });

  test("an unknown goal is a 404", async () => {
    expect((await asMachine.propose({ entityType: "kpi", entityId: "nothing" })).status).toBe(404);
  });

  test("the same idempotency key gives the same change, with another body a conflict", async () => {
    const body = { entityId: fresh(), idempotencyKey: fresh() };
    const [first, again, other] = [
      await asMachine.propose(body),
      await asMachine.propose(body),
      await asMachine.propose({ ...body, payload: {} }),
    ];
    expect([first.status, again.status, other.status]).toEqual([201, 200, 409]);
    expect(again.body.id).toBe(first.body.id);
    await asAdmin.approve(first.body.id);
    // The key still returns the first change, although this change could not be created any more.
    expect((await asMachine.propose({ ...body, action: "update" })).body.id).toBe(first.body.id);
  });
});

describe("lists", () => {
  test("go on before the last change of a page, and are in the order of making", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++)
      ids.unshift((await asMachine.propose({ entityId: fresh() })).body.id);
    const first = await asMachine.list({ limit: 3 });
    const second = await asMachine.list({ limit: 2, before: must(first.body.at(-1)).id });
    expect([...first.body, ...second.body].map(({ id }) => id)).toEqual(ids);
  });

  test("are complete far beyond a first screen, without asking for more", async () => {
    const asked = await Promise.all(
      Array.from({ length: 60 }, () => asMachine.propose({ entityId: fresh() })),
    );
    const listed = new Set((await asMachine.list()).body.map(({ id }) => id));
    expect(asked.filter(({ body }) => !listed.has(body.id))).toEqual([]);
  });

  test("of entities go on after an id", async () => {
    for (const entityId of ["b/1", "a ü", "c"])
      await asAdmin.put("channel", entityId, { entityName: entityId, body: {} });
    const first = await asMachine.entities("channel", { limit: 2 });
    expect(first.body.data.map(({ entityId }) => entityId)).toEqual(["a ü", "b/1"]);
    const second = await asMachine.entities("channel", { after: first.body.nextAfter ?? "" });
    expect(second.body).toMatchObject({ data: [{ entityId: "c" }], nextAfter: null });
    expect((await asMachine.entity("channel", "b/1")).status).toBe(200);
  });
});

test("while the emergency stop is active nothing is proposed or approved, and what was pending is rejected", async () => {
  const stopped = await createOrganization(services, stage.server);
  const asker = by(await stopped.addConnection());
  const decider = by(await stopped.addPerson({ role: "admin" }));
  const { body: change } = await asker.propose();
  const stop = (active: boolean) =>
    stopped.owner.api.call("POST", "/api/v1/emergency-stop", { body: { active } });
  await stop(true);
  for (const answer of [await asker.propose(), await decider.approve(change.id)])
    expect([answer.status, answer.error?.code]).toEqual(
      answer.status === 503 ? [503, "EMERGENCY_STOP"] : [409, "INVALID_STATE"],
    );
  expect((await asker.propose()).status).toBe(503);
  expect((await asker.get(change.id)).body).toMatchObject({
    status: "rejected",
    applyStatus: null,
  });
  await stop(false);
  expect((await asker.entity("qualificationRule", "qr_001")).status).toBe(404);
  expect((await asker.propose()).status).toBe(201);
});

test("the audit trail of an entity has before, after, version and the chain's hashes, and holds together", async () => {
  const entityId = await register({ a: 1 });
  const { body: change } = await asMachine.propose({ entityId, payload: { a: 2 } });
  await asAdmin.approve(change.id);
  const read = async () => (await asAdmin.logs({ entityType: "qualificationRule", entityId })).body;
  await until(
    async () => (await read()).logs.every(({ integrityHash }) => integrityHash !== null),
    "both entries have their places",
  );
  const { logs, total } = await read();
  expect(total).toBe(2);
  expect(logs).toMatchObject([
    {
      action: "update",
      changeId: change.id,
      entityVersion: 2,
      before: { a: 1 },
      after: { a: 2 },
      userId: admin.id,
    },
    { action: "create", changeId: null, entityVersion: 1, before: null, after: { a: 1 } },
  ]);
  const feed = await services.sql<{ hash: string; previous: string }>(
    `select encode(f.hash, 'hex') as hash, encode(p.hash, 'hex') as previous from feed f
     join feed p on p.organization_id = f.organization_id and p.position = f.position - 1 where f.event_id = $1`,
    [must(logs[0]).id],
  );
  expect(feed).toEqual([{ hash: must(logs[0]).integrityHash, previous: must(logs[0]).prevHash }]);
  expect((await verifyAudit(services)).faults).toEqual([]);
  expect((await asMachine.logs()).status).toBe(403);
  expect((await asAlice.logs()).status).toBe(403);
});

test("nobody approves a change past its application, not even by the database's own function", async () => {
  const { body: change } = await asMachine.propose({ entityId: fresh() });
  await expect(
    services.sql("update requests set status = 'approved' where id = $1", [change.id]),
  ).rejects.toThrow("without being applied");
  await expect(
    services.sql("update requests set auto_action = 'approve' where id = $1", [change.id]),
  ).rejects.toThrow("change_waits_for_people");
  expect((await asMachine.get(change.id)).body.status).toBe("pending");
});

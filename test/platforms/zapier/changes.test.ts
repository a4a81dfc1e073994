// A Zap proposes a change, finds it, decides it, and is started by one.
import { must } from "@sayso/must";
import type { TestPerson } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changesApi, theRule } from "../../surfaces/changes/changes-api.ts";
import { openZapierStage, type AuthData, type ZapierStage } from "./connect.ts";
import { asBundle, thrownBy, shownError, type Item } from "./zapier.ts";

let stage: ZapierStage;
let admin: TestPerson;
let adminsAccount: AuthData;
let counter = 0;

beforeAll(async () => {
  stage = await openZapierStage();
  admin = await stage.organization.addPerson({ name: "Ada Admin", role: "admin" });
  adminsAccount = await stage.connect(admin);
});
afterAll(() => stage.close());

type Made = Item & { id: string; entityId: string };
type Account = Pick<AuthData, "access_token">;

const create = async (key: string, inputData: Item, authData: Account = stage.account) =>
  (await stage.zapier.run<Made>(`creates.${key}.operation.perform`, { inputData, authData }))
    .results;
const search = async (key: string, inputData: Item = {}) =>
  (await stage.zapier.run<Made[]>(`searches.${key}.operation.perform`, { inputData })).results;
const trigger = async <Results>(key: string, method: string, bundle = {}) =>
  (await stage.zapier.run<Results>(`triggers.${key}.operation.${method}`, bundle)).results;

/** Returns the fields as people fill them in, for an entity that no other test has. */
const proposal = (more: Item = {}) => ({
  ...theRule,
  entityId: `rule-${++counter}`,
  payload: '{"config": {"threshold": 650}}',
  ...more,
});
const propose = (more: Item = {}) => create("proposeChange", proposal(more));
/** Proposes a change as Bob without Zapier, so that Zapier can decide it. */
const askElsewhere = async (more: Item) => {
  const entityId = `rule-${++counter}`;
  const { status, body } = await changesApi(stage.bob.api).propose({
    entityId,
    payload: { config: { threshold: 650 } },
    ...more,
  });
  expect(status).toBe(201);
  return { id: body.id, entityId };
};
const resolve = (id: string, action: string, authData?: Account, comments = "") =>
  create("resolveChange", { id, action, comments }, authData);

const nowhere = "01930000-0000-7000-8000-000000000003";

describe("Propose Change, List Changes, Get Change and Resolve Change", () => {
  test("ask in stages, find it, read it, and apply it with the last approval", async () => {
    const made = await propose({
      entityVersion: "0",
      stages: [
        { stages_stageName: "Look", stages_requiredRole: "editor" },
        { stages_stageName: "Say", stages_requiredRole: "editor" },
      ],
    });
    expect(made).toMatchObject({
      status: "pending",
      requesterId: stage.bob.id,
      payload: '{"config":{"threshold":650}}',
      entityVersion: 0,
      applyStatus: null,
      applier_error: null,
    });
    const names = (JSON.parse(made.stages as string) as Item[]).map(({ stageName }) => stageName);
    expect(names).toEqual(["Look", "Say"]);
    expect(await search("listChanges", { limit: "1" })).toMatchObject([{ id: made.id }]);

    const alices = await stage.connect(stage.alice);
    // The app that asked decides nothing, in any person's name.
    expect(shownError(await thrownBy(resolve(made.id, "approve", alices))).status).toBe(403);
    const { id, entityId } = await askElsewhere({
      entityVersion: 0,
      stages: names.map((stageName) => ({ stageName, requiredRole: "editor" })),
    });
    expect(await resolve(id, "approve", alices)).toMatchObject({ id, status: "pending" });
    const approved = await resolve(id, "approve", adminsAccount, "Fine");
    expect(approved).toMatchObject({
      status: "approved",
      approverId: admin.id,
      comments: "Fine",
      applyStatus: "applied",
      appliedVersion: 1,
      before: null,
      after: '{"config":{"threshold":650}}',
    });
    expect(await search("getChange", { id })).toEqual([approved]);
    const { body } = await changesApi(admin.api).entity(theRule.entityType, entityId);
    expect(body).toMatchObject({ entityVersion: 1, body: { config: { threshold: 650 } } });
    expect(await search("listChanges")).not.toContainEqual(expect.objectContaining({ id }));
    expect((await search("listChanges", { status: "approved" }))[0]).toMatchObject({ id });
  });

  test("a run that is replayed asks once", async () => {
    const inputData = proposal({
      stages: [{ stages_stageName: "Say", stages_requiredRole: "editor" }],
    });
    const { id, entityId } = await create("proposeChange", inputData);
    expect((await create("proposeChange", inputData)).id).toBe(id);
    const ofIt = (await search("listChanges")).filter((one) => one.entityId === entityId);
    expect(ofIt).toHaveLength(1);
  });

  test("a decision that is replayed is made once", async () => {
    const { id, entityId } = await askElsewhere({
      stages: [{ stageName: "Say", requiredRole: "editor" }],
    });
    const rejected = await resolve(id, "reject", adminsAccount, "Too low");
    expect(rejected).toMatchObject({ status: "rejected", comments: "Too low", applyStatus: null });
    expect(await resolve(id, "reject", adminsAccount, "Too low")).toEqual(rejected);
    expect(shownError(await thrownBy(resolve(id, "approve", adminsAccount))).status).toBe(409);
    expect((await changesApi(admin.api).entity(theRule.entityType, entityId)).status).toBe(404);
  });
});

describe("refusals", () => {
  test("name the field and what is wrong with it, and change nothing", async () => {
    const { id } = await propose();
    const before = await search("listChanges");
    const wrong: [() => Promise<unknown>, RegExp][] = [
      [() => propose({ payload: "{" }), /^payload: must be a JSON object/],
      [
        () => propose({ entityType: "dreamt" }),
        /^entityType dreamt is not a type of this organization/,
      ],
      [() => propose({ action: "improve" }), /^action must/],
      [() => propose({ stages: [{ stages_stageName: "Look" }] }), /^stages\.0\.requiredRole/],
      [() => search("listChanges", { limit: "0" }), /^limit must/],
      [
        () => search("listChanges", { status: "pending", applyStatus: "failed" }),
        /^applyStatus is/,
      ],
      [() => resolve(id, "maybe", adminsAccount), /^action must/],
    ];
    for (const [step, message] of wrong) {
      const thrown = shownError(await thrownBy(step()));
      expect(thrown.status).toBe(400);
      expect(thrown.message).toMatch(message);
    }
    expect(await search("listChanges")).toEqual(before);
  });

  test("what isn't there, or is there in another version, is told in the server's words", async () => {
    const missing = { code: "NOT_FOUND", status: 404, message: "Change not found" };
    const read = search("getChange", { id: nowhere });
    expect(shownError(await thrownBy(read))).toEqual(missing);
    const decided = resolve(nowhere, "approve");
    expect(shownError(await thrownBy(decided))).toEqual(missing);
    const stale = shownError(await thrownBy(propose({ entityVersion: "7" })));
    expect(stale).toMatchObject({ code: "CONFLICT", status: 409 });
    expect(stale.message).toMatch(/version 7/);
  });

  test("an admin's stage is not decided by an app in the admin's name", async () => {
    const { id } = await propose();
    const refused = shownError(await thrownBy(resolve(id, "approve", adminsAccount)));
    expect(refused).toMatchObject({ code: "FORBIDDEN", status: 403 });
    expect(await search("getChange", { id })).toMatchObject([{ status: "pending" }]);
  });

  test("a machine decides only where an admin allowed it to, and is told so", async () => {
    const stages = [{ stages_stageName: "look", stages_requiredRole: "editor" }];
    const { id } = await propose({ stages });
    const machines = { access_token: stage.machine.key };
    const refused = shownError(await thrownBy(resolve(id, "approve", machines)));
    expect(refused).toMatchObject({ code: "FORBIDDEN", status: 403 });
    expect(refused.message).toMatch(/may ask, but not decide.*can_decide/);
    expect(await search("getChange", { id })).toMatchObject([
      { status: "pending", applyStatus: null },
    ]);
    const { key } = await stage.organization.addConnection({ canDecide: true, by: admin });
    const ofAdmins = await propose();
    const byRank = shownError(
      await thrownBy(resolve(ofAdmins.id, "approve", { access_token: key })),
    );
    expect(byRank).toMatchObject({ code: "FORBIDDEN", status: 403 });
    expect(await resolve(id, "approve", { access_token: key })).toMatchObject({
      status: "approved",
      approverId: admin.id,
      applyStatus: "applied",
    });
  });

  test("neither does whoever asked, nor a member where an admin has to", async () => {
    const { id } = await create("proposeChange", proposal(), adminsAccount);
    const own = shownError(await thrownBy(resolve(id, "approve", adminsAccount)));
    expect(own).toMatchObject({ code: "FORBIDDEN", status: 403 });
    const members = shownError(await thrownBy(resolve(id, "approve")));
    expect(members).toMatchObject({ code: "FORBIDDEN", status: 403 });
    expect(members.message).toMatch(/role admin/);
    expect(await search("getChange", { id })).toMatchObject([{ status: "pending" }]);
  });
});

describe("Change Applied", () => {
  test("starts a Zap once, of a change that was applied and of no other", async () => {
    const targetUrl = `${stage.zapier.hooks.url}/hooks/standard/changes/`;
    const hook = await trigger<Made>("changeApplied", "performSubscribe", { targetUrl });
    const arrival = (id: string) =>
      stage.zapier.hooks.waitFor(
        ({ path, json }) => targetUrl.endsWith(path) && json.request_id === id,
      );
    const [rejected, pending, applied] = [await propose(), await propose(), await propose()];
    const ids: unknown[] = [rejected.id, pending.id, applied.id];
    const poll = async () =>
      (await trigger<Item[]>("changeAppliedPolled", "perform")).filter((one) =>
        ids.includes(one.request_id),
      );
    await changesApi(admin.api).reject(rejected.id);
    await changesApi(admin.api).approve(applied.id, "Yes");

    const bundle = { subscribeData: hook, ...asBundle(await arrival(applied.id)) };
    const [item, ...others] = await trigger<Item[]>("changeApplied", "perform", bundle);
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      type: "change.applied",
      request_id: applied.id,
      request_status: "approved",
      request_decided_by_name: "Ada Admin",
      request_decision_comment: "Yes",
    });
    expect(JSON.parse(must(item).data as string)).toMatchObject({
      entity_id: applied.entityId,
      made_for_version: 0,
      entity_version: 1,
      after: { config: { threshold: 650 } },
    });
    expect(await trigger("changeApplied", "perform", bundle)).toEqual([]);

    expect(await poll()).toEqual([item]);

    await changesApi(admin.api).approve(pending.id);
    await arrival(pending.id);
    expect((await poll()).map((one) => one.request_id)).toEqual([pending.id]);
    const called = stage.zapier.hooks.requests.map(({ json }) => json);
    expect(called).not.toContainEqual(expect.objectContaining({ request_id: rejected.id }));
    expect(new Set(called.map(({ type }) => type))).toEqual(new Set(["change.applied"]));
    await trigger("changeApplied", "performUnsubscribe", { subscribeData: hook });
  });
});

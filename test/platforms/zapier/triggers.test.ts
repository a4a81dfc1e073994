import { must } from "@sayso/must";
import app from "zapier-sayso";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Received } from "@sayso/testkit";
import { changesApi, theRule } from "../../surfaces/changes/changes-api.ts";
import { openZapierStage, type ZapierStage } from "./connect.ts";
import { later } from "./later.ts";
import { asBundle, thrownBy, shownError, type Item, type ZapBundle } from "./zapier.ts";

let stage: ZapierStage;
let counter = 0;
let targetUrl: string;

beforeAll(async () => {
  stage = await openZapierStage();
});
afterAll(() => stage.close());
beforeEach(() => {
  stage.zapier.hooks.answerWith({});
  targetUrl = `${stage.zapier.hooks.url}/hooks/standard/123/${++counter}/`;
});

type Hook = Item & { id: string; secret: string; event_types: string[] };

const run = async <Results>(key: string, method: string, bundle: ZapBundle = {}) =>
  (await stage.zapier.run<Results>(`triggers.${key}.operation.${method}`, bundle)).results;
const subscribe = (key: string, inputData: Item = {}) =>
  run<Hook>(key, "performSubscribe", { targetUrl, inputData });
const unsubscribe = (key: string, subscribeData: object) =>
  run<Item>(key, "performUnsubscribe", { targetUrl, subscribeData });
const messageFor = (type: string, url = targetUrl): Promise<Received> =>
  stage.zapier.hooks.waitFor(({ path, json }) => url.endsWith(path) && json.type === type);
const start = (key: string, subscribeData: Hook, message: ZapBundle, inputData: Item = {}) =>
  run<Item[]>(key, "perform", { subscribeData, inputData, ...message });

const statusOf = async ({ id }: Hook) =>
  (await stage.owner.api.call("GET", `/api/v1/subscriptions/${id}`)).status;

const asks = (more: Item = {}) => stage.machine.api.create({ priority: "low", ...more });
type Goal = { id: string; key_results: { id: string }[] };
const goals = (method: string, path: string, body: Item) =>
  stage.owner.api.call<Goal>(method, `/api/v1/${path}`, { body });
const steps = { steps: [{ name: "First", approver_id: "" }] };

/** The cause of each trigger, and the fields of its items. */
const causes: Record<string, { type: string; cause: () => Promise<unknown>; says: Item }> = {
  requestCreated: {
    type: "approval.created",
    cause: () => asks(),
    says: { request_status: "pending", actor_name: "machine", outcome: null },
  },
  requestDecided: {
    type: "approval.rejected",
    cause: async () => stage.alice.api.reject((await asks()).body.id, "No"),
    says: {
      request_status: "rejected",
      outcome: "rejected",
      may_go_on: false,
      outcome_message: "“Deploy v2” was rejected by Alice Approver: No",
      request_decision_comment: "No",
    },
  },
  requestApproved: {
    type: "approval.approved",
    cause: async () => stage.alice.api.approve((await asks()).body.id, "Yes"),
    says: { request_status: "approved", outcome: "approved", may_go_on: true },
  },
  voteCast: {
    type: "approval.vote_cast",
    cause: async () =>
      stage.alice.api.approve((await asks({ required_approvals: 2 })).body.id, "One"),
    says: { request_status: "pending", data_decision: "approve", data_comment: "One" },
  },
  stepActivated: {
    type: "approval.step_activated",
    cause: async () => {
      const { body } = await asks();
      const [first] = steps.steps;
      return stage.machine.api.setSteps(body.id, [{ ...first, approver_id: stage.alice.id }]);
    },
    says: { request_status: "pending" },
  },
  commentAdded: {
    type: "approval.commented",
    cause: async () => stage.alice.api.comment((await asks()).body.id, "Why?"),
    says: { actor_name: "Alice Approver", data_body: "Why?" },
  },
  deliveryFailed: {
    type: "delivery.failed",
    cause: async () => {
      stage.zapier.hooks.answerWith(({ path }) => ({ status: path === "/gone" ? 410 : 200 }));
      const { body } = await asks({ callback_url: `${stage.zapier.hooks.url}/gone` });
      return stage.alice.api.approve(body.id);
    },
    says: { request_id: null, data_status: "gone", data_status_code: 410 },
  },
  kpiUpdated: {
    type: "kpi.updated",
    cause: async () => {
      const { body } = await goals("POST", "kpis", { name: "Signups", target: 10, current: 1 });
      return goals("POST", `kpis/${body.id}/updates`, { value: 2, comment: "Up" });
    },
    says: { data_name: "Signups", data_previous_value: 1, data_new_value: 2, data_comment: "Up" },
  },
  checkInRecorded: {
    type: "checkin.recorded",
    cause: async () => {
      const key_results = [{ title: "Answer within a day", start: 0, target: 100 }];
      const { body } = await goals("POST", "okrs", { title: "Be quick", type: "org", key_results });
      const [result] = body.key_results;
      return goals("POST", `key-results/${must(result).id}/checkins`, {
        value: 40,
        status: "on_track",
      });
    },
    says: { data_title: "Answer within a day", data_value: 40, data_status: "on_track" },
  },
  objectiveCreated: {
    type: "objective.created",
    cause: () => goals("POST", "okrs", { title: "Be kind", type: "org" }),
    says: { data_title: "Be kind", data_type: "org" },
  },
  changeApplied: {
    type: "change.applied",
    cause: async () => {
      const inputData = { ...theRule, payload: '{"config": {"threshold": 650}}' };
      const step = "creates.proposeChange.operation.perform";
      const { results } = await stage.zapier.run<{ id: string }>(step, { inputData });
      return changesApi(stage.owner.api).approve(results.id, "Yes");
    },
    says: {
      request_status: "approved",
      request_decision_comment: "Yes",
      data: expect.stringContaining('"after":{"config":{"threshold":650}}'),
    },
  },
};

const shown = Object.values(app.triggers).filter(({ display }) => !display.hidden);
const hooks = shown.filter(({ operation }) => operation.type === "hook").map(({ key }) => key);

test("every trigger is a hook, has a twin that polls, and is made to fire below", () => {
  const twins = hooks.flatMap((key) => [key, `${key}Polled`]);
  expect(shown.map(({ key }) => key).sort()).toEqual(twins.sort());
  expect(Object.keys(causes).sort()).toEqual(hooks.sort());
});

describe.each(Object.entries(causes))("%s", (key, { type, cause, says }) => {
  test("starts a Zap for each event, once, whether called, listed or polled", async () => {
    const hook = await subscribe(key);
    await cause();
    const message = await messageFor(type);
    const [item, ...others] = await start(key, hook, asBundle(message));
    expect(others).toEqual([]);
    expect(item).toMatchObject({ ...says, id: message.json.id, type });
    // Sayso sends a message again if it got no confirmation.
    expect(await start(key, hook, asBundle(message))).toEqual([]);

    const listed = await run<Item[]>(key, "performList");
    expect(listed[0]).toEqual(item);
    const polled = await run<Item[]>(`${key}Polled`, "perform");
    expect(polled[0]).toEqual(item);
    expect(polled.filter(({ id }) => id === must(item).id)).toHaveLength(1);
    const fields = must(app.triggers[key]).operation.outputFields as { key: string }[];
    expect(Object.keys(must(item))).toEqual(fields.map((field) => field.key));
    expect(Object.keys(must(must(app.triggers[key]).operation.sample))).toEqual(
      Object.keys(must(item)),
    );
    expect(await statusOf(hook)).toBe(200);
    await unsubscribe(key, hook);
    expect(await statusOf(hook)).toBe(404);
  });
});

describe("a subscription", () => {
  test("made twice is one, ended twice is ended", async () => {
    const first = await subscribe("requestDecided");
    const again = await subscribe("requestDecided");
    expect([again.id, again.secret]).toEqual([first.id, first.secret]);
    expect(await statusOf(first)).toBe(200);
    expect(await unsubscribe("requestDecided", first)).toEqual({});
    expect(await unsubscribe("requestDecided", again)).toEqual({});
    expect(await statusOf(first)).toBe(404);
  });

  test("hears only of the decisions and requests that were chosen", async () => {
    const inputData = { types: ["approval.approved"], priority: ["critical"], action_type: [] };
    const hook = await subscribe("requestDecided", inputData);
    expect(hook).toMatchObject({
      event_types: ["approval.approved"],
      filter: { priority: ["critical"] },
    });
    const chosen = (await asks({ priority: "critical" })).body;
    for (const id of [(await asks()).body.id, chosen.id]) await stage.alice.api.approve(id);
    const message = await messageFor("approval.approved");
    expect(message.json.request_id).toBe(chosen.id);
    for (const method of ["performList"] as const)
      expect(
        (await run<Item[]>("requestDecided", method, { inputData })).map((item) => [
          item.type,
          item.request_priority,
        ]),
      ).toEqual([["approval.approved", "critical"]]);
    await unsubscribe("requestDecided", hook);
  });

  test("ends by itself where Zapier answers that the Zap is gone", async () => {
    const hook = await subscribe("requestCreated");
    const path = `/api/v1/subscriptions/${hook.id}`;
    stage.zapier.hooks.answerWith({ status: 410 });
    await asks();
    await messageFor("approval.created");
    await expect
      .poll(async () => (await stage.owner.api.call<Item>("GET", path)).body.disabled_reason)
      .toBe("gone");
    expect(await unsubscribe("requestCreated", hook)).toEqual({});
  });

  test("an event that isn't declared is refused by its name", async () => {
    const thrown = await thrownBy(subscribe("requestDecided", { types: ["approval.dreamt"] }));
    expect(shownError(thrown)).toMatchObject({ code: "VALIDATION_ERROR", status: 400 });
    expect(shownError(thrown).message).toMatch(/event_types/);
  });
});

describe("a message", () => {
  test("that Sayso didn't sign starts nothing", async () => {
    const hook = await subscribe("requestCreated");
    await asks();
    const { rawRequest, cleanedRequest } = asBundle(await messageFor("approval.created"));
    const altered = {
      ...rawRequest,
      content: must(must(rawRequest).content).replace("pending", "approved"),
    };
    const unsigned = { ...rawRequest, headers: { "Content-Type": "application/json" } };
    for (const one of [altered, unsigned])
      expect(await start("requestCreated", hook, { rawRequest: one, cleanedRequest })).toEqual([]);
    expect(await start("requestCreated", hook, { cleanedRequest })).toEqual([]);
    const foreign = { ...hook, secret: `whsec_${"A".repeat(43)}=` };
    expect(await start("requestCreated", foreign, { rawRequest, cleanedRequest })).toEqual([]);
    expect(await start("requestCreated", hook, { rawRequest, cleanedRequest })).toHaveLength(1);
    await unsubscribe("requestCreated", hook);
  });

  test("that Zapier is late with still starts the Zap", async () => {
    const hook = await subscribe("requestCreated");
    await asks();
    const message = asBundle(await messageFor("approval.created"));
    const started = await later(86_400_000, () => start("requestCreated", hook, message));
    expect(started).toHaveLength(1);
    await unsubscribe("requestCreated", hook);
  });

  test("is handed on where Zapier's cache is out of order, better twice than never", async () => {
    const hook = await subscribe("requestCreated");
    await asks();
    const message = asBundle(await messageFor("approval.created"));
    const broken = new Proxy({}, { get: () => "{", has: () => true });
    const { results } = await stage.zapier.run<Item[]>(
      "triggers.requestCreated.operation.perform",
      { subscribeData: hook, ...message },
      { zcacheTestObj: broken } as object,
    );
    expect(results).toHaveLength(1);
    await unsubscribe("requestCreated", hook);
  });
});
